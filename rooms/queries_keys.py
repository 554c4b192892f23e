"""What is read of keys and access badges: those that are out, those of one organisation, how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from rooms.models_keys import AccessKey
from rooms.values_keys import State, folded, state

_OUT = and_(AccessKey.returned_at.is_(None), AccessKey.cancelled_at.is_(None))


@dataclass(frozen=True)
class KeyLine:
    """A key or badge, and where it stands."""

    key: AccessKey
    state: State


@dataclass(frozen=True)
class KeyCount:
    """How many keys and badges are out, and how many of them should be back or are lost."""

    out: int = 0
    late: int = 0
    lost: int = 0


def state_of(key: AccessKey, today: date) -> State:
    """Where a key stands today."""
    return state(
        due=key.due_on,
        lost=key.lost_on is not None,
        returned=key.returned_at is not None,
        cancelled=key.cancelled_at is not None,
        today=today,
    )


def out(session: Session, today: date) -> list[KeyLine]:
    """Everything that is out, with the organisations: lost first, then late, then by day due. One statement."""
    found = session.scalars(
        select(AccessKey).where(_OUT).options(joinedload(AccessKey.structure)).order_by(AccessKey.due_on, AccessKey.id)
    )
    lines = [KeyLine(one, state_of(one, today)) for one in found]
    order = ("lost", "late", "out")
    return sorted(lines, key=lambda one: (order.index(one.state), one.key.due_on or date.max, one.key.label))


def ended(session: Session) -> Sequence[AccessKey]:
    """The last keys that came back or were cancelled. One statement."""
    last = func.coalesce(AccessKey.returned_at, AccessKey.cancelled_at)
    found = select(AccessKey).where(~_OUT).options(joinedload(AccessKey.structure))
    return session.scalars(found.order_by(last.desc(), AccessKey.id.desc()).limit(20)).all()


def held_by(session: Session, structure_ids: Sequence[int], today: date) -> dict[int, list[KeyLine]]:
    """What organisations hold, by organisation, in the order it was handed over. One statement."""
    found = select(AccessKey).where(_OUT, AccessKey.structure_id.in_(structure_ids)).order_by(AccessKey.id)
    lines: dict[int, list[KeyLine]] = {}
    for one in session.scalars(found):
        lines.setdefault(one.structure_id, []).append(KeyLine(one, state_of(one, today)))
    return lines


def count(session: Session, today: date) -> KeyCount:
    """How many are out. One statement."""
    lost = AccessKey.lost_on.is_not(None)
    late = and_(~lost, AccessKey.due_on < today)
    row = session.execute(
        select(
            func.count(AccessKey.id), func.count(AccessKey.id).filter(late), func.count(AccessKey.id).filter(lost)
        ).where(_OUT)
    ).one()
    return KeyCount(*row)


def due_today(session: Session, today: date) -> list[KeyLine]:
    """What should be back by tonight and is not, with the organisations. One statement."""
    found = select(AccessKey).where(_OUT, AccessKey.lost_on.is_(None), AccessKey.due_on <= today)
    loaded = found.options(joinedload(AccessKey.structure)).order_by(AccessKey.due_on, AccessKey.id)
    return [KeyLine(one, state_of(one, today)) for one in session.scalars(loaded)]


def by_public_id(session: Session, public_id: str) -> AccessKey | None:
    """A key with its organisation; None for none."""
    found = select(AccessKey).where(AccessKey.public_id == public_id)
    return session.scalar(found.options(joinedload(AccessKey.structure)))


def one_out(session: Session, kind: str, label: str) -> AccessKey | None:
    """The key or badge of this name that is out now, with its organisation; None: none is."""
    found = select(AccessKey).where(_OUT, AccessKey.kind == kind, AccessKey.folded == folded(label))
    return session.scalar(found.options(joinedload(AccessKey.structure)))
