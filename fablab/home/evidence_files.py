"""The files of evidence beside the rows that name them: what is there without a row, what a row misses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fablab import kept_files
from fablab.db import db
from machines import queries_docs, queries_repair
from pathways import queries_evidence
from rooms import queries_papers

#: a file younger than that may wait for its row: a photo is written before what names it
JUST_WRITTEN = timedelta(hours=1)


@dataclass(frozen=True)
class Apart:
    """Keys of files that no row names, and keys that rows name without any file."""

    without_row: tuple[str, ...]
    without_file: tuple[str, ...]


def apart(session: Session, now: datetime) -> Apart:
    """What does not fit together between the folder and the database."""
    # The folder first: a file added meanwhile is then known by its row, one deleted meanwhile is said once too often.
    there = dict(kept_files.everything())
    named = queries_evidence.all_keys(session) | queries_repair.all_keys(session)
    named |= queries_docs.all_keys(session) | queries_papers.all_keys(session)
    settled = (now - JUST_WRITTEN).timestamp()
    alone = (key for key, written in there.items() if key not in named and written < settled)
    return Apart(tuple(sorted(alone)), tuple(sorted(named - set(there))))


def look(now: datetime) -> str:
    """The job: how many files have no row, and how many rows no file."""
    found = apart(db.session(), now)
    db.session().rollback()
    return f"{len(found.without_row)} unexpected, {len(found.without_file)} missing"


def sweep(now: datetime) -> int:
    """Delete the files that no row names; how many pieces they were."""
    found = apart(db.session(), now).without_row
    db.session().rollback()
    kept_files.remove(found)
    return len(found)
