"""The weekly activities as they are read: all of them; which are really held; how many came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings import queries_closures
from bookings.models import Resource
from bookings.queries_house import house_of
from bookings.values import Slot
from fablab import clock, house
from fablab.people.models import Structure
from rooms.models import Activity
from rooms.models_counts import VisitorCount
from rooms.values_activities import BANDS, Held, Offer

#: the setting of the season in which activities are held
PERIOD = "activities.period"


def offers(session: Session) -> dict[str, Offer]:
    """Every activity by code, in the order of the week. A sensitive holder is named to nobody. One statement."""
    rows = session.execute(
        select(Activity, Structure.name, Structure.sensitive, Resource.id, Resource.name)
        .join(Structure, Structure.id == Activity.structure_id)
        .join(Resource, Resource.id == Activity.resource_id)
        .order_by(Activity.weekday, Activity.opens, Activity.code)
    ).all()
    return {
        one.code: Offer(
            one.id, one.code, one.title, one.kind, "" if sensitive else holder, room_id, room, one.weekday, one.opens,
            one.closes, one.audience, one.audience_kind, one.min_age, one.max_age, one.with_adult, one.enrolment,
            one.in_holidays, dict(one.visitors),
        )
        for one, holder, sensitive, room_id, room in rows
    }  # fmt: skip


def held_between(session: Session, first: date, last: date) -> list[Held]:
    """The activities really held over some days, last included: in their season, when the house is open.

    Closed days, public holidays and closures of the house or of the room are left out; in school holidays only what
    goes on then, within the hours of then. Three statements at most.
    """
    period = house.settings(session).get(PERIOD) or {}
    known, things = house_of(session), offers(session).values()
    begins = max(first, _day(period.get("start"), first))
    ends = min(last, _day(period.get("end"), last))
    top = next((spot.id for spot in known.spots.values() if spot.parent_id is None), None)
    if begins > ends or top is None or not things:
        return []
    opened = queries_closures.open_slots(session, top, "open", begins, ends)
    span = Slot(clock.day_bounds(begins)[0], clock.day_bounds(ends)[1])
    shut, _broken = queries_closures.shut_by_resource(session, [(one.room_id, top) for one in things], span)
    days = (begins + timedelta(days=number) for number in range((ends - begins).days + 1))
    found = [Held(one, Slot(clock.at(day, one.opens), clock.at(day, one.closes)), day)
             for day in days for one in things
             if one.weekday == day.weekday() and (one.in_holidays or known.season(day) == "school")]  # fmt: skip
    return [one for one in found if _open_for(one, opened) and not _over(one, shut.get(one.offer.room_id, ()))]


def next_dates(session: Session, offer: Offer, today: date, count: int = 4) -> list[Held]:
    """The next dates of an activity, within four months."""
    found = held_between(session, today, today + timedelta(days=120))
    return [one for one in found if one.offer.id == offer.id][:count]


def counted(session: Session, first: date, last: date) -> dict[tuple[int | None, date], dict[str, int]]:
    """How many were counted over some days: by activity (None: at the door) and day, by age band. One statement."""
    rows = session.execute(
        select(VisitorCount.activity_id, VisitorCount.day, VisitorCount.band, func.sum(VisitorCount.people))
        .where(VisitorCount.day >= first, VisitorCount.day <= last, VisitorCount.taken_back_at.is_(None))
        .group_by(VisitorCount.activity_id, VisitorCount.day, VisitorCount.band)
    )
    found: dict[tuple[int | None, date], dict[str, int]] = {}
    for activity_id, day, band, people in rows:
        found.setdefault((activity_id, day), dict.fromkeys(BANDS, 0))[band] = int(people)
    return found


def count_of(session: Session, count_id: int) -> VisitorCount | None:
    """One line of the counts."""
    return session.get(VisitorCount, count_id)


def sums(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Several counts together, by age band."""
    every = list(counts)
    return {band: sum(one.get(band, 0) for one in every) for band in BANDS}


def _open_for(held: Held, opened: Sequence[Slot]) -> bool:
    return any(slot.covers(held.slot) for slot in opened)


def _over(held: Held, shut: Iterable[Slot]) -> bool:
    return any(one.overlaps(held.slot) for one in shut)


def _day(said: object, default: date) -> date:
    return date.fromisoformat(str(said)) if said else default
