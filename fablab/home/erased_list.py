"""The list of who was erased, in the folder of the backups: what a backup made before must not bring back.

One line a person, the unguessable id and the day; no name. It is copied away with the backups; ``flask restore`` reads
it there, and in the folder of the backup that it brings back.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from fablab import clock
from fablab.home import nightly

NAME = "erased.txt"


def add(public_ids: Iterable[str], now: datetime) -> None:
    """Write these people down, for good. Raises OSError."""
    path = nightly.folder() / NAME
    lines = "".join(f"{one} {clock.local_day(now).isoformat()}\n" for one in public_ids)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def read(*others: Path) -> set[str]:
    """The unguessable ids of this house's list, and of those in other folders."""
    found: set[str] = set()
    for folder in {nightly.folder(), *others}:
        path = folder / NAME
        if path.exists():
            found.update(line.split(" ")[0] for line in path.read_text(encoding="ascii").splitlines() if line)
    return found
