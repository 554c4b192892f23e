"""What actions on access share: wrong tries counted one after the other, and all sessions of somebody closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fablab.db import Model
from fablab.people.models import Lockout, Person
from fablab.people.models_access import OpenSession

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(session: Session, model: type[Model]) -> Any:
    """An INSERT of the session's own engine, which may be told what to do when the row is there already."""
    return _INSERT[session.get_bind().dialect.name](model)


def locked_tries(session: Session, digest: str, now: datetime) -> Lockout:
    """The count of tries on an identifier, made when there is none, kept from every other worker until the end."""
    insert = insert_into(session, Lockout)
    none_yet = insert.values(identifier_digest=digest, tries=0, last_try_at=now, locked_until=None)
    # Nothing changes where there is one, but it is locked, in the same statement: no job forgets it in between.
    same = {"identifier_digest": digest}
    found = none_yet.on_conflict_do_update(index_elements=["identifier_digest"], set_=same).returning(Lockout)
    row: Lockout = session.scalars(found, execution_options={"populate_existing": True}).one()
    return row


def close_everywhere(session: Session, person: Person, now: datetime) -> None:
    """End all open sessions of somebody, and every link that was sent to them and not used."""
    person.enter_version += 1
    theirs = (OpenSession.person_id == person.id, OpenSession.closed_at.is_(None), OpenSession.ends_at > now)
    session.execute(update(OpenSession).where(*theirs).values(closed_at=now))
