"""What actions on access share: wrong tries counted one after the other, and all sessions of somebody closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fablab.db import Model
from fablab.people import secrets
from fablab.people.models import Lockout, Person
from fablab.people.models_access import OpenSession
from fablab.people.models_tokens import Token
from fablab.people.rules_secrets import DEVICES, Tries, after_wrong

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


@dataclass(frozen=True)
class Counted:
    """Under which digests tries are counted: those of every unknown device together, those of this one alone."""

    shared: str
    own: str | None


def counted(identifier: str, device: str | None) -> Counted:
    """Where tries on an identifier ("handle:renard-42") from a device (None: it shows no cookie) are counted."""
    own = secrets.identifier_digest(f"{identifier}@{device}") if device else None
    return Counted(secrets.identifier_digest(identifier), own)


def tries_of(session: Session, where: Counted, now: datetime) -> Lockout:
    """The count that weighs this try, locked: the device's own if it is known to the identifier, else the shared one.

    Whoever knows the identifier only, anywhere, so never locks out a device from which its holder has entered.
    """
    if where.own:
        known = select(Lockout).where(Lockout.identifier_digest == where.own).with_for_update()
        row = session.scalars(known, execution_options={"populate_existing": True}).one_or_none()
        if row is not None:
            return row
    return locked_tries(session, where.shared, now)


def tries_in(row: Lockout) -> Tries:
    """What a row says, for the rules."""
    return Tries(row.tries, row.locked_until, row.day_tries, row.day_began_at)


def count_wrong(row: Lockout, now: datetime) -> Tries:
    """One more wrong try; gives the count after it."""
    tries = after_wrong(tries_in(row), now)
    row.tries, row.locked_until, row.last_try_at = tries.count, tries.locked_until, now
    row.day_tries, row.day_began_at = tries.day_count, tries.day_began
    return tries


def count_right(session: Session, row: Lockout, where: Counted, now: datetime) -> None:
    """A right secret: the wrong ones in a row are forgotten (not the day's), and the device is known from now on."""
    row.tries, row.locked_until = 0, None
    if row.identifier_digest == where.own:
        row.last_try_at = now
    else:
        know(session, where, now)


def know(session: Session, where: Counted, now: datetime) -> None:
    """Somebody entered from this device; of those known to the identifier, only the latest few stay so."""
    if not where.own:
        return
    new = insert_into(session, Lockout).values(
        identifier_digest=where.own, device_of=where.shared, tries=0, day_tries=0, last_try_at=now
    )
    session.execute(new.on_conflict_do_nothing())
    known = select(Lockout.identifier_digest).where(Lockout.device_of == where.shared)
    latest = known.order_by((Lockout.identifier_digest == where.own).desc(), Lockout.last_try_at.desc())
    older = session.scalars(latest.offset(DEVICES)).all()
    if older:
        session.execute(delete(Lockout).where(Lockout.identifier_digest.in_(older)))


def identifiers(person: Person) -> list[str]:
    """Everything under which tries of somebody are counted."""
    by_handle = [f"handle:{person.handle}", f"kiosk:{person.handle}"] if person.handle else []
    by_email = [f"email:{person.email}"] if person.email else []
    return [*by_handle, *by_email, f"second:{person.public_id}", f"kiosk:{person.public_id}"]


def close_everywhere(session: Session, person: Person, now: datetime) -> None:
    """End all open sessions and keys for programs of somebody, and every link not used yet; no device is known."""
    person.enter_version += 1
    digests = [secrets.identifier_digest(one) for one in identifiers(person)]
    session.execute(delete(Lockout).where(Lockout.device_of.in_(digests)))
    theirs = (OpenSession.person_id == person.id, OpenSession.closed_at.is_(None), OpenSession.ends_at > now)
    session.execute(update(OpenSession).where(*theirs).values(closed_at=now))
    working = (Token.person_id == person.id, Token.ended_at.is_(None))
    session.execute(update(Token).where(*working).values(ended_at=now))
