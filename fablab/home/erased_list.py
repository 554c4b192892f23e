"""The list of who was erased, in the folder of the backups: what a backup made before must not bring back.

One line a person, the unguessable id and the day; no name. «about» is written before the database keeps an erasure,
«done» after: one without the other was cut off in between. The list is copied away with the backups; ``flask restore``
reads it there, and in the folder of the backup that it brings back.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from fablab import clock
from fablab.home import nightly

NAME = "erased.txt"
ABOUT, DONE = "about", "done"


def add(word: str, public_ids: Iterable[str], now: datetime) -> None:
    """Write these people down, for good. Raises OSError."""
    path = nightly.folder() / NAME
    lines = "".join(f"{word} {one} {clock.local_day(now).isoformat()}\n" for one in public_ids)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def read(*others: Path) -> set[str]:
    """The unguessable ids of whom this house's list, and those in other folders, say erased."""
    return {one for word, one in _lines(*others) if word == DONE}


def doubtful(*others: Path) -> set[str]:
    """Of whom it is not known: the erasure was begun, and nothing says that it was kept."""
    return {one for word, one in _lines(*others) if word == ABOUT} - read(*others)


def _lines(*others: Path) -> Iterator[tuple[str, str]]:
    for folder in {nightly.folder(), *others}:
        path = folder / NAME
        if path.exists():
            for line in path.read_text(encoding="ascii").splitlines():
                word, one, *_day = line.split(" ")
                yield word, one
