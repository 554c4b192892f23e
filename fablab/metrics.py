"""Counts of requests by route and status, added up over the web server's processes, and the text Prometheus reads.

Each process writes its own counts into a file of instance/run/ every few seconds; whoever is asked adds the files up.
Thirty lines of ours rather than the client library: with several processes that one needs such a folder too, a setting
before the first import, and cleaning up after each process that ends.
"""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

WRITES_EVERY = 2.0
_KEY_SEPARATOR = "\t"

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_milliseconds: Counter[str] = Counter()
_state: dict[str, float] = {"written": 0.0}
_folder: list[Path] = []


def keep_in(folder: Path | None) -> None:
    """From now on this process counts its requests and writes them there; None: it does not count."""
    with _lock:
        _folder[:] = [folder] if folder else []
        _counts.clear()
        _milliseconds.clear()


def begin_anew(folder: Path) -> None:
    """Forget what an earlier run of the server counted."""
    for old in folder.glob("requests-*.json"):
        old.unlink(missing_ok=True)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """One more request. A disk that is full costs the counts, never the answer."""
    if not _folder:
        return
    with _lock:
        key = _KEY_SEPARATOR.join((method, route, str(status)))
        _counts[key] += 1
        _milliseconds[key] += int(seconds * 1000)
        if time.monotonic() - _state["written"] >= WRITES_EVERY:
            _state["written"] = time.monotonic()
            _write(_folder[0])


def _write(folder: Path) -> None:
    path = folder / f"requests-{os.getpid()}.json"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps({"counts": _counts, "milliseconds": _milliseconds}), encoding="utf-8")
        partial.replace(path)
    except OSError:
        return


def request_lines() -> list[str]:
    """The requests of every process, in Prometheus's words. This process's own are written first."""
    if not _folder:
        return []
    counts: Counter[str] = Counter()
    milliseconds: Counter[str] = Counter()
    with _lock:
        _write(_folder[0])
    for path in _folder[0].glob("requests-*.json"):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        counts.update(found["counts"])
        milliseconds.update(found["milliseconds"])
    seconds = {_labels(key): value / 1000 for key, value in milliseconds.items()}
    return [
        *lines("requests_total", "counter", "requests answered", {_labels(key): n for key, n in counts.items()}),
        *lines("request_seconds_total", "counter", "seconds spent answering", seconds),
    ]


def _labels(key: str) -> str:
    method, route, status = key.split(_KEY_SEPARATOR)
    return labels(method=method, route=route, status=status)


def labels(**values: str) -> str:
    """{name="value"}, with what Prometheus wants escaped."""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in values.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def lines(name: str, kind: str, meaning: str, values: Mapping[str, float]) -> Iterable[str]:
    """A metric of this house: its help, its kind, a line for each set of labels."""
    yield f"# HELP dynamo_{name} {meaning}"
    yield f"# TYPE dynamo_{name} {kind}"
    for said, value in sorted(values.items()):
        yield f"dynamo_{name}{said} {value:g}" if value < 1e6 else f"dynamo_{name}{said} {value:.0f}"
