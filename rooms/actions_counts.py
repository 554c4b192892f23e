"""Counting who comes to an activity or through the door, by age band, and taking it back. One transaction each."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from fablab import clock
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import queries_activities, rules_counts
from rooms.models_counts import VisitorCount
from rooms.values_activities import BANDS, Offer


def count_one(offer: Offer | None, band: str, by: Person, now: datetime) -> VisitorCount:
    """One person more today, of an age band; without an activity, through the door. Raises Refused."""
    with transaction() as session:
        today = clock.local_day(now)
        before = _locked(session, offer, today)
        _require_held(session, offer, today, now)
        return _add(session, offer, today, band, 1, before, by, now)


def set_counts(offer: Offer | None, day: date, totals: Mapping[str, int], by: Person, now: datetime) -> None:
    """So many came on a day, by age band: what differs from the count so far is added or taken off. Raises Refused."""
    with transaction() as session:
        before = _locked(session, offer, day)
        _require_held(session, offer, day, now)
        for band in BANDS:
            if difference := totals.get(band, 0) - before[band]:
                _add(session, offer, day, band, difference, before, by, now)


def take_back(count: VisitorCount, by: Person, now: datetime) -> None:
    """Counted by mistake; taken back already, nothing changes. Raises Refused."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(count)
        if count.taken_back_at is not None:
            return
        totals = queries_activities.counted(session, count.day, count.day)[(count.activity_id, count.day)]
        after = totals[count.band] - count.people
        found = rules_counts.count_refusals(count.day, clock.local_day(now), held=True) + rules_counts.too_few(after)
        if found:
            raise Refused(found)
        count.taken_back_at = now
        note(session, "visitors.take_back", "visitor_count", count.id, by=by, now=now)


def _locked(session: Session, offer: Offer | None, day: date) -> dict[str, int]:
    """What is counted so far; two who count at once take turns."""
    engine.lock_house(session)
    none = dict.fromkeys(BANDS, 0)
    return queries_activities.counted(session, day, day).get((offer.id if offer else None, day), none)


def _require_held(session: Session, offer: Offer | None, day: date, now: datetime) -> None:
    held = offer is None or any(one.offer.id == offer.id for one in queries_activities.held_between(session, day, day))
    if found := rules_counts.count_refusals(day, clock.local_day(now), held=held):
        raise Refused(found)


def _add(
    session: Session, offer: Offer | None, day: date, band: str, people: int, before: Mapping[str, int], by: Person,
    now: datetime,
) -> VisitorCount:  # fmt: skip
    if found := rules_counts.too_few(before[band] + people):
        raise Refused(found)
    line = VisitorCount(
        activity_id=offer.id if offer else None, day=day, band=band, people=people, counted_at=now, counted_by_id=by.id
    )
    session.add(line)
    session.flush()
    note(session, "visitors.count", "visitor_count", line.id, by=by, now=now, people=people)
    return line
