"""The verbs of keys and access badges: handed over, given back, lost, cancelled. One transaction each; Refused."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from bookings import queries as engine
from fablab import clock
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.rules_forms import form_used
from rooms import queries, queries_keys, rules_keys
from rooms.models_keys import AccessKey
from rooms.values import Reader, Tenant, tell
from rooms.values_keys import folded


@dataclass(frozen=True)
class Handed:
    """What is handed over: which, to whom, until when."""

    kind: str
    label: str
    held_by: str
    due: date | None
    key: str


def hand_over(tenant: Tenant, handed: Handed, by: Person, now: datetime) -> AccessKey:
    """Hand a key over to somebody that the organisation named; once only by the key of its form."""
    with transaction() as session:
        engine.lock_house(session)
        if before := session.scalar(select(AccessKey).where(AccessKey.request_key == handed.key)):
            if (before.structure_id, before.kind, before.label) != (tenant.id, handed.kind, handed.label):
                raise Refused([form_used()])
            return before
        other = queries_keys.one_out(session, handed.kind, handed.label)
        name = _who_has(session, other, by) if other else None
        if found := rules_keys.handing_refusals(name, handed.due, clock.local_day(now)):
            raise Refused(found)
        made = AccessKey(
            structure_id=tenant.id,
            kind=handed.kind,
            label=handed.label,
            folded=folded(handed.label),
            held_by=handed.held_by,
            due_on=handed.due,
            request_key=handed.key,
            given_at=now,
            given_by_id=by.id,
        )
        session.add(made)
        session.flush()
        _note(session, "access_key.hand_over", made, by, now)
    return made


def give_back(key: AccessKey, by: Person, now: datetime) -> None:
    """It came back, a lost one too. Twice, once."""
    with transaction() as session:
        _freshen(session, key)
        if key.returned_at is not None:
            return
        if found := rules_keys.ended_refusals(queries_keys.state_of(key, clock.local_day(now))):
            raise Refused(found)
        key.returned_at, key.returned_by_id = now, by.id
        _note(session, "access_key.give_back", key, by, now)


def lose(key: AccessKey, by: Person, now: datetime) -> None:
    """The organisation says that it is lost. Twice, once."""
    with transaction() as session:
        _freshen(session, key)
        if key.lost_on is not None and key.returned_at is None:
            return
        if found := rules_keys.ended_refusals(queries_keys.state_of(key, clock.local_day(now))):
            raise Refused(found)
        key.lost_on, key.lost_by_id = clock.local_day(now), by.id
        _note(session, "access_key.lose", key, by, now)


def cancel(key: AccessKey, by: Person, now: datetime) -> None:
    """What is lost opens nothing any more: the badge is cancelled, or the lock changed. Twice, once."""
    with transaction() as session:
        _freshen(session, key)
        if key.cancelled_at is not None:
            return
        if found := rules_keys.cancelling_refusals(queries_keys.state_of(key, clock.local_day(now))):
            raise Refused(found)
        key.cancelled_at, key.cancelled_by_id = now, by.id
        _note(session, "access_key.cancel", key, by, now)


def take_back(key: AccessKey, step: str, by: Person, now: datetime) -> None:
    """The last thing noted was a mistake: not back, not cancelled, not lost after all. Raises Refused: out again.

    ``step`` is that thing, as whoever acts read it («returned», «cancelled», «lost»): twice, once.
    """
    with transaction() as session:
        _freshen(session, key)
        today = clock.local_day(now)
        if step not in ("returned", "cancelled", "lost") or queries_keys.state_of(key, today) != step:
            return
        if step != "lost" and (other := queries_keys.one_out(session, key.kind, key.label)):
            raise Refused(rules_keys.handing_refusals(_who_has(session, other, by), None, today))
        if step == "returned":
            key.returned_at = key.returned_by_id = None
        elif step == "cancelled":
            key.cancelled_at = key.cancelled_by_id = None
        else:
            key.lost_on = key.lost_by_id = None
        _note(session, "access_key.take_back", key, by, now)


def forget_holders(before: datetime) -> int:
    """Forget who had what ended, or was lost and never cancelled, before a moment. Says how many."""
    with transaction() as session:
        last = func.coalesce(AccessKey.returned_at, AccessKey.cancelled_at)
        # Nobody may ever cancel what is lost: it counts from the day that it was.
        over = or_(last < before, and_(last.is_(None), AccessKey.lost_on < clock.local_day(before)))
        old = update(AccessKey).where(over, AccessKey.held_by.is_not(None)).values(held_by=None)
        return len(session.scalars(old.returning(AccessKey.id)).all())


def _freshen(session: Session, key: AccessKey) -> None:
    engine.lock_house(session)
    session.refresh(key)


def _who_has(session: Session, key: AccessKey, by: Person) -> str:
    """Who has a key, for whoever acts: the person, else the organisation under its mask."""
    tenant = queries.tenants(session)[key.structure_id]
    reader = Reader(team=True, unmasked=by.may("structure.unmasked"))
    return key.held_by or tell(tenant, None, reader).who


def _note(session: Session, verb: str, key: AccessKey, by: Person, now: datetime) -> None:
    note(session, verb, "structure", key.structure_id, by=by, now=now, kind=key.kind)
