"""The board of the open lab, for the team: who is here, on what, until when, beside whom; what is left to close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from bookings.queries_house import house_of
from bookings.rules import may_begin
from bookings.rules_late import is_missed
from bookings.values import Slot
from bookings.views import SUPERVISION
from fablab import clock
from fablab.home import today
from fablab.i18n import _, lazy
from machines.queries import rules_of
from machines.queries_lab import adults_between
from machines.queries_past_closing import past_closing
from pathways.models import TrainingSession
from pathways.models_own_pace import Visit
from pathways.queries_crowd import crowd
from pathways.queries_own_pace_list import visits_of_day
from pathways.queries_sessions import floor

#: age band of an adult -> how it is said
ADULTS = {"18_24": lazy("18 à 24 ans"), "25_59": lazy("25 à 59 ans"), "60_more": lazy("60 ans et plus")}
TEMPLATE = "home/open_lab.html"
#: how long before the open lab ends what is left to close is shown
CLOSING = timedelta(minutes=30)


@dataclass(frozen=True)
class OnMachine:
    """Somebody on a machine: who watches over them, and whether their time is over."""

    booking: Booking
    with_whom: str
    over: bool

    @property
    def runs_on(self) -> bool:
        """Whether it goes on when everybody leaves, as somebody agreed."""
        return self.booking.there_until is not None


@dataclass(frozen=True)
class Closing:
    """What is left before everybody leaves."""

    people: Sequence[Visit]
    machines: Sequence[OnMachine]
    lessons: Sequence[TrainingSession]

    def __bool__(self) -> bool:
        return bool(self.people or self.machines or self.lessons)


def context(session: Session, now: datetime) -> dict[str, Any]:
    """Everything the board prints; the number of statements does not grow with the facts."""
    bookings = _bookings_of_day(session, now)
    duty = today.on_duty(session, now)
    in_room = ", ".join(one.names for one in duty if one.in_room and one.slot.start <= now)
    on_machines = [
        OnMachine(one, _with_whom(one, in_room), one.ends_at <= now) for one in bookings if one.status == "checked_in"
    ]
    busy = {one.booking.holder_id for one in on_machines}
    here = [one for one in visits_of_day(session, now) if one.left_at is None]
    day = today.day_of(now)
    ended = _closing_at(session, now)
    return {
        "now": now,
        "past_closing": past_closing(session, now),
        "crowd": crowd(session, now),
        "on_machines": on_machines,
        "expected": _expected(session, [one for one in bookings if one.status != "checked_in"], now),
        "here": [one for one in here if one.person_id not in busy],
        "in_room": in_room,
        "adults": [(band, ADULTS[band], count) for band, count in adults_between(session, day.start, day.end).items()],
        "closing": Closing(here, on_machines, _unsaved(session, now)) if ended and ended <= now + CLOSING else None,
    }


def left_to_close(session: Session, now: datetime) -> Closing:
    """Who is still at the open lab, which machines are in use, which calls nobody saved: three statements."""
    here = [one for one in visits_of_day(session, now) if one.left_at is None]
    in_use = [one for one in _bookings_of_day(session, now) if one.status == "checked_in"]
    return Closing(here, [OnMachine(one, "", one.ends_at <= now) for one in in_use], _unsaved(session, now))


def _bookings_of_day(session: Session, now: datetime) -> Sequence[Booking]:
    """People's own bookings of the day that are expected or begun, soonest first: one statement."""
    span = today.day_of(now)
    return session.scalars(
        select(Booking)
        .where(Booking.kind == "own", Booking.status.in_(("confirmed", "checked_in")))
        .where(Booking.starts_at >= span.start, Booking.starts_at < span.end)
        .options(joinedload(Booking.resource), joinedload(Booking.holder), joinedload(Booking.agreed_by))
        .order_by(Booking.starts_at, Booking.id)
    ).all()


def _expected(session: Session, bookings: Sequence[Booking], now: datetime) -> list[today.Expected]:
    wait = timedelta(minutes=rules_of(session).late_minutes)
    return [
        today.Expected(
            one,
            may_begin(one.status, Slot(one.starts_at, one.ends_at), now, suspended=one.suspended),
            is_missed(one.kind, one.status, one.starts_at, one.created_at, wait, now),
        )
        for one in bookings
        if one.ends_at > now
    ]


def _with_whom(booking: Booking, in_room: str) -> str:
    """«un animateur à côté : Samir»: the level of supervision, and who is in the room for it."""
    level = str(SUPERVISION.get(booking.supervision or "", ""))
    if booking.supervision in ("beside", "in_room") and in_room:
        return _("%(level)s\u00a0: %(names)s", level=level, names=in_room)
    return level


def _closing_at(session: Session, now: datetime) -> datetime | None:
    """When the last open lab of the day ends; None on a day without one."""
    ground, day = floor(session), clock.local_day(now)
    windows = (house_of(session).open(ground.place_id, "open_lab", day, day) if ground else None) or ()
    return max((window.end for window in windows if clock.local_day(window.start) == day), default=None)


def _unsaved(session: Session, now: datetime) -> Sequence[TrainingSession]:
    """Sessions of the day that are over and whose attendance nobody saved."""
    span = today.day_of(now)
    found = select(TrainingSession).where(
        TrainingSession.status == "planned",
        TrainingSession.attendance_at.is_(None),
        TrainingSession.starts_at >= span.start,
        TrainingSession.ends_at <= now,
    )
    return session.scalars(found.options(joinedload(TrainingSession.group)).order_by(TrainingSession.starts_at)).all()
