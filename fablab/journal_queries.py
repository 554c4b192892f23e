"""Finding acts again: by whom or what they touch, by act, by day. Every search is a few seeks, whatever the size."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from fablab.db import UtcDateTime
from fablab.journal import About, JournalAbout, JournalEntry


@dataclass(frozen=True)
class Mark:
    """Where a page of the journal ends: the next one begins just before."""

    at: datetime
    entry_id: int


@dataclass(frozen=True)
class Wanted:
    """What is looked for: everything that is said must fit. ``since`` counts, ``until`` no longer does.

    ``about`` finds the thing itself and all that touches it; of a person also what they did.
    """

    about: About | None = None
    verb: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: Mark | None = None


def find(session: Session, wanted: Wanted, limit: int) -> Sequence[JournalEntry]:
    """The latest entries that fit, latest first."""
    latest = select(JournalEntry).order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(limit)
    if wanted.about is None:
        return session.scalars(latest.where(*_fits(wanted))).all()
    # Each way to be found is sought apart, as far as the page goes: one «or» would read the whole journal.
    ways = [way.limit(limit).subquery() for way in _ways(wanted, wanted.about)]
    found = union_all(*[select(way.c.entry_id) for way in ways]).subquery()
    return session.scalars(latest.where(JournalEntry.id.in_(select(found.c.entry_id)))).all()


def touched(session: Session, entries: Sequence[JournalEntry]) -> dict[int, list[tuple[str, int]]]:
    """What else these entries touch, by entry, in a steady order."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    asked: Collection[int] = [entry.id for entry in entries]
    lines = select(JournalAbout.entry_id, JournalAbout.thing, JournalAbout.thing_id).where(
        JournalAbout.entry_id.in_(asked)
    )
    for entry_id, thing, thing_id in session.execute(lines.order_by(JournalAbout.thing, JournalAbout.thing_id)):
        found[entry_id].append((thing, thing_id))
    return found


def _ways(wanted: Wanted, about: About) -> list[Select[Any]]:
    thing, thing_id = about
    entry = select(JournalEntry.id.label("entry_id"))
    entry = entry.order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    fits = _fits(wanted)
    ways: list[Select[Any]] = [entry.where(JournalEntry.thing == thing, JournalEntry.thing_id == thing_id, *fits)]
    if thing == "person":
        ways.append(entry.where(JournalEntry.actor_id == thing_id, *fits))
    line = select(JournalAbout.entry_id).where(JournalAbout.thing == thing, JournalAbout.thing_id == thing_id)
    line = line.where(*_when(wanted, JournalAbout.at, JournalAbout.entry_id))
    if wanted.verb:
        line = line.join(JournalEntry, JournalEntry.id == JournalAbout.entry_id).where(_is(wanted.verb))
    ways.append(line.order_by(JournalAbout.at.desc(), JournalAbout.entry_id.desc()))
    return ways


def _fits(wanted: Wanted) -> list[ColumnElement[bool]]:
    named = [_is(wanted.verb)] if wanted.verb else []
    return named + _when(wanted, JournalEntry.at, JournalEntry.id)


def _is(verb: str) -> ColumnElement[bool]:
    return JournalEntry.verb == verb


def _when(wanted: Wanted, at: Any, id_: Any) -> list[ColumnElement[bool]]:
    found = []
    if wanted.since:
        found.append(at >= wanted.since)
    if wanted.until:
        found.append(at < wanted.until)
    if wanted.before:
        mark = tuple_(literal(wanted.before.at, UtcDateTime()), literal(wanted.before.entry_id))
        found.append(tuple_(at, id_) < mark)
    return found
