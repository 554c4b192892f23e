"""What gunicorn serves during a measure: the house, and beside it the smallest page that Flask can make."""

import os
import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from fablab import clock
from fablab.app import create_app

house = create_app(Path(os.environ["BENCH_INSTANCE"]))
hello = Flask("hello")
said = threading.local()


@hello.get("/hello")
def world() -> str:
    """The floor: what no page of this server can beat."""
    return "Hello, world!"


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The house, or hello; it says how many statements a request cost when BENCH_COUNT asks for it."""
    if environ["PATH_INFO"] == "/hello":
        return hello(environ, start_response)
    said.count = 0

    def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Statements", str(said.count))], *rest)

    return house(environ, started if COUNTING else start_response)


def _hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    # PostgreSQL's driver says BEGIN and COMMIT itself: they are left out on both engines.
    if not statement.startswith(("BEGIN", "PRAGMA")):
        said.count = getattr(said, "count", 0) + 1


if "BENCH_AHEAD" in os.environ:
    # The house is measured as it will be so many seconds from now, at an hour when it is open.
    _now, _ahead = clock.now, timedelta(seconds=int(os.environ["BENCH_AHEAD"]))
    clock.now = lambda: _now() + _ahead
COUNTING = "BENCH_COUNT" in os.environ
if COUNTING:
    event.listen(Engine, "before_cursor_execute", _hear)
