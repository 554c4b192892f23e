"""Days off added to the house's calendar and taken away; bookings to come are asked again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import queries
from bookings.models import Holiday
from fablab import journal
from fablab.db import transaction
from fablab.home.settings_actions import OWN_WORD, ask_again
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused, refuse

LONGEST = timedelta(days=100)


@dataclass(frozen=True)
class Days:
    """Days off, first and last included."""

    kind: str
    name: str
    starts_on: date
    ends_on: date


def refusals(days: Days) -> list[Refusal]:
    """Why these days cannot be a holiday, whatever the calendar holds."""
    if days.ends_on < days.starts_on:
        return [Refusal("ends_first", _("La fin vient après le début."), field="ends_on")]
    if days.ends_on - days.starts_on > LONGEST:
        return [Refusal("too_long", _("Cent jours au plus."), field="ends_on")]
    return []


def add_days(days: Days, by: Person, now: datetime) -> None:
    """Add days off; bookings to come are asked again. Raises Refused: ends_first, too_long, days_cross."""
    if found := refusals(days):
        raise Refused(found)
    with transaction() as session:
        queries.lock_house(session)
        crossing = (Holiday.kind == days.kind) & (Holiday.starts_on <= days.ends_on)
        other = session.scalar(select(Holiday.name).where(crossing & (Holiday.ends_on >= days.starts_on)).limit(1))
        if other:
            sentence = _("Ces jours croisent «\u00a0%(name)s\u00a0»\u00a0: les retirer d’abord.", name=other)
            raise refuse("days_cross", sentence, field="starts_on")
        span = {"starts_on": days.starts_on, "ends_on": days.ends_on}
        session.add(Holiday(kind=days.kind, name=days.name, source="house", data_status=OWN_WORD, **span))
        _note(session, "calendar.add", days, by, now)


def take_away(holiday: Holiday, by: Person, now: datetime) -> None:
    """Take days off away; bookings to come are asked again."""
    holiday_id = holiday.id
    with transaction() as session:
        queries.lock_house(session)
        row = session.get(Holiday, holiday_id)
        if row is not None:  # else somebody was faster
            days = Days(row.kind, row.name, row.starts_on, row.ends_on)
            session.delete(row)
            _note(session, "calendar.remove", days, by, now)


def _note(session: Session, verb: str, days: Days, by: Person, now: datetime) -> None:
    span: dict[str, Any] = {"starts_on": days.starts_on.isoformat(), "ends_on": days.ends_on.isoformat()}
    journal.note(session, verb, "holiday", None, by=by, now=now, kind=days.kind, name=days.name, **span)
    session.flush()
    ask_again(session, now)
