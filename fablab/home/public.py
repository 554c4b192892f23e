"""What the public home says of the house: its pathways, and when anyone may come to the Fablab."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings import queries_closures
from bookings.queries_house import house_of
from bookings.values import Slot
from fablab import clock
from fablab.i18n import _, say_day, say_hour
from machines.queries_cards import machines_in_use
from pathways.models import Pathway, PathwayVersion

DAYS_SHOWN = 7
#: three rows of three
PICTOGRAMS_SHOWN = 9


def pathways_offered(session: Session) -> Sequence[PathwayVersion]:
    """The published version of each pathway, in the house's order."""
    published = (
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published")
        .options(joinedload(PathwayVersion.pathway))
    )
    return session.scalars(published.order_by(Pathway.position, Pathway.id)).all()


def pictograms(session: Session, today: date) -> list[str]:
    """The pictograms of the machines in use, each once, in the house's order."""
    shown = dict.fromkeys(machine.pictogram for machine in machines_in_use(session, today))
    return list(shown)[:PICTOGRAMS_SHOWN]


def open_labs(session: Session, now: datetime) -> list[tuple[str, str]]:
    """The open labs of the coming seven days, in words: («mardi 24 novembre», «de 16 h 30 à 19 h 30»).

    Closures and public holidays are taken out; a day without any is left out.
    """
    today = clock.local_day(now)
    last = today + timedelta(days=DAYS_SHOWN - 1)
    places = {window.place_id for window in house_of(session).windows if window.use == "open_lab"}
    kept = [slot for place in places for slot in queries_closures.open_slots(session, place, "open_lab", today, last)]
    return [(say_day(slot.start), _hours(slot)) for slot in sorted(kept)]


def _hours(slot: Slot) -> str:
    return _("de %(start)s à %(end)s", start=say_hour(slot.start), end=say_hour(slot.end))
