"""Being told: what somebody chooses, and what the team says it told by voice."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update

from fablab import journal
from fablab.db import transaction
from fablab.notices import GROUPS, WAYS
from fablab.outbox import Message
from fablab.people import upkeep
from fablab.people.models import Person


def choose(person: Person, ways: Mapping[str, str], now: datetime) -> None:
    """By which way somebody is told, group by group; a group that is not asked keeps its way."""
    with transaction() as session:
        upkeep.lock(session, person)
        _choose(person, ways)


def choose_with_address(person: Person, address: str | None, ways: Mapping[str, str], now: datetime) -> None:
    """The same, and where letters go from now on; None: nowhere."""
    with transaction() as session:
        upkeep.lock(session, person)
        _choose(person, ways)
        if upkeep.write_to(person, address):
            journal.note(session, "account.address", "person", person.id, by=person, now=now)


def mark_told(message_id: int, by: Person, now: datetime) -> bool:
    """Somebody of the team told what a message says. False when it is told already, or is nobody's to tell."""
    with transaction() as session:
        waiting = (Message.id == message_id) & Message.call_for.is_not(None) & Message.called_at.is_(None)
        told = update(Message).where(waiting).values(called_at=now, called_by_id=by.id).returning(Message.person_id)
        about = journal.people(session.scalars(told))
        if not about:
            return False
        journal.note(session, "message.told", "message", message_id, by=by, now=now, about=about)
        return True


def unmark_told(message_id: int, by: Person, now: datetime) -> bool:
    """It was not told after all. False when nobody said that it was."""
    with transaction() as session:
        ticked = (Message.id == message_id) & Message.call_for.is_not(None) & Message.called_at.is_not(None)
        again = update(Message).where(ticked).values(called_at=None, called_by_id=None).returning(Message.person_id)
        about = journal.people(session.scalars(again))
        if not about:
            return False
        journal.note(session, "message.untold", "message", message_id, by=by, now=now, about=about)
        return True


def _choose(person: Person, ways: Mapping[str, str]) -> None:
    known = {group: way for group, way in ways.items() if group in GROUPS and way in WAYS}
    # What is usual is not written: a group that comes later begins as usual too.
    chosen = {**(person.told_by or {}), **known}
    person.told_by = {group: way for group, way in chosen.items() if way != "letter"} or None
