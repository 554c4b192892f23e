"""What is planned to look after machines, when it is time again, and the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from bookings.models import Booking, Claim
from fablab import clock
from machines.models import Machine
from machines.models_care import Care, CareLine
from machines.queries_year import seconds_between
from machines.values_care import Due, Rhythm, due

#: how many lines of a log a page shows: the machine's own, and the log's
A_FEW, SHOWN = 4, 40


@dataclass(frozen=True)
class Planned:
    """Something planned on a machine: since when it counts, and when it is time again."""

    care: Care
    since: datetime
    due: Due


def planned(session: Session, machine_ids: Collection[int], now: datetime) -> list[Planned]:
    """What is planned on these machines, with each machine and the stop for it, in their order. One statement."""
    return _planned(session, Care.machine_id.in_(machine_ids), now)


def planned_as(session: Session, care: Care, now: datetime) -> Planned | None:
    """When one of them is time again; None: it is planned no more."""
    return next(iter(_planned(session, Care.id == care.id, now)), None)


def all_due(session: Session, now: datetime) -> list[Care]:
    """What it is time to do on the machines of the house, with each machine, in their order. One statement."""
    in_use = or_(Machine.retired_on.is_(None), Machine.retired_on > clock.local_day(now))
    return [one.care for one in _planned(session, in_use, now) if one.due.state == "due"]


def _planned(session: Session, which: ColumnElement[bool], now: datetime) -> list[Planned]:
    done = select(CareLine.care_id, func.max(CareLine.written_at).label("at"))
    done = done.where(CareLine.care_id.is_not(None), CareLine.taken_back_at.is_(None)).group_by(CareLine.care_id)
    last = done.subquery()
    since = func.coalesce(last.c.at, Care.counts_from)
    length = seconds_between(session.get_bind().dialect.name, Booking.ends_at, Booking.starts_at)
    # What really ran: young people's uses once they are over, and the hours of sessions that took it along.
    ran = or_(Booking.status == "done", and_(Booking.kind == "session", Booking.status == "confirmed"))
    used = select(func.coalesce(func.sum(length), 0)).select_from(Claim).join(Claim.booking)
    used = used.where(Claim.resource_id == Care.machine_id, Claim.starts_at >= since, Booking.ends_at <= now)
    used = used.where(ran, Booking.suspended.is_(False), Care.every_hours.is_not(None)).correlate(Care, last)
    found = select(Care, since, used.scalar_subquery()).join(Care.machine).outerjoin(last, last.c.care_id == Care.id)
    found = found.where(which, Care.stopped_at.is_(None))
    found = found.order_by(Machine.position, Machine.id, Care.name, Care.id)
    found = found.options(contains_eager(Care.machine), joinedload(Care.closure))
    today = clock.local_day(now)
    return [
        Planned(
            care, at, due(Rhythm(care.every_days, care.every_hours), clock.local_day(at), int(seconds) // 60, today)
        )
        for care, at, seconds in session.execute(found)
    ]


def last_done(session: Session, care: Care) -> datetime | None:
    """When it was last noted as done; None: never."""
    found = select(func.max(CareLine.written_at))
    return session.scalar(found.where(CareLine.care_id == care.id, CareLine.taken_back_at.is_(None)))


def lines_of(session: Session, machine_id: int, most: int = SHOWN) -> Sequence[CareLine]:
    """The log of a machine, the latest first, with who wrote and what was done; not what was taken back."""
    found = select(CareLine).where(CareLine.machine_id == machine_id, CareLine.taken_back_at.is_(None))
    found = found.order_by(CareLine.written_at.desc(), CareLine.id.desc()).limit(most)
    return session.scalars(found.options(joinedload(CareLine.written_by), joinedload(CareLine.care))).all()


def care_by_public_id(session: Session, public_id: str) -> Care | None:
    """Something planned, with its machine and the stop for it."""
    found = select(Care).where(Care.public_id == public_id)
    return session.scalar(found.options(joinedload(Care.machine), joinedload(Care.closure)))


def line_by_public_id(session: Session, public_id: str) -> CareLine | None:
    """A line of a log, with its machine."""
    return session.scalar(select(CareLine).where(CareLine.public_id == public_id).options(joinedload(CareLine.machine)))


def line_by_key(session: Session, key: str) -> CareLine | None:
    """The line that a form wrote."""
    return session.scalar(select(CareLine).where(CareLine.request_key == key))
