"""Factories of the Fablab: its place and hours, machines, shifts. Each commits; pass only what the test is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bookings.models import OpeningRule, Place, Resource
from bookings.upkeep_closures import Laid
from fablab import clock
from fablab.db import db, transaction
from fablab.people.models import Person
from machines import actions_repair
from machines.models import Machine, Shift
from machines.values_repair import Report
from pathways.models import Award, Badge, BadgeOpening
from pathways.sent_pieces import new_key

#: weekday, opens, closes, use: the Fablab in school weeks, as in the catalogue
SCHOOL_HOURS = (
    (1, "09:00", "12:00", "group"), (1, "13:30", "16:30", "group"), (1, "16:30", "19:30", "open_lab"),
    (2, "10:00", "12:00", "group"), (2, "13:30", "18:00", "open_lab"),
    (3, "09:00", "12:00", "group"), (3, "13:30", "16:30", "group"), (3, "17:00", "20:00", "open_lab"),
    (4, "09:00", "12:00", "group"), (4, "13:30", "16:30", "group"), (4, "16:30", "19:00", "open_lab"),
    (5, "10:00", "13:00", "open_lab"),
)  # fmt: skip
HOLIDAY_HOURS = tuple(
    hours for day in (1, 2, 3) for hours in ((day, "10:00", "12:30", "group"), (day, "14:00", "17:30", "open_lab"))
)
HOUSE_OPENS, HOUSE_CLOSES = time(8, 30), time(22)


@dataclass(frozen=True)
class Fablab:
    """The house, the Fablab in it, and the Fablab's floor that group sessions take."""

    house: Place
    place: Place
    floor: Resource


def make_fablab(*, gauge: int = 19) -> Fablab:
    """A house of 295 people and its Fablab with the catalogue's hours."""
    with transaction() as session:
        house = Place(code="HOUSE", name="La Dynamo", gauge=295)
        place = Place(code="FABLAB", name="Fablab", gauge=gauge, parent=house)
        floor = Resource(code="ESP-01", name="Fablab", simple_name="Le Fablab", kind="space", place=place)
        session.add_all([house, place, floor])
        session.flush()
        for season in ("school", "holidays"):
            for weekday in range(6):
                session.add(_rule(house, season, weekday, HOUSE_OPENS, HOUSE_CLOSES, "open"))
        for season, hours in (("school", SCHOOL_HOURS), ("holidays", HOLIDAY_HOURS)):
            for weekday, opens, closes, use in hours:
                nth = [1, 3] if weekday == 5 else []
                rule = _rule(place, season, weekday, time.fromisoformat(opens), time.fromisoformat(closes), use)
                rule.nth = nth
                session.add(rule)
    return Fablab(house, place, floor)


def _rule(place: Place, season: str, weekday: int, opens: time, closes: time, use: str) -> OpeningRule:
    return OpeningRule(place=place, season=season, weekday=weekday, opens=opens, closes=closes, use=use, nth=[])


def make_badge(code: str = "BS-VINYLE", name: str = "Découpe vinyle", **fields: object) -> Badge:
    """A safety badge, or the one that already has this code."""
    found = db.session().scalars(select(Badge).where(Badge.code == code)).one_or_none()
    if found is not None:
        return found
    with transaction() as session:
        badge = Badge(code=code, name=name, kind="safety", validity_months=12, **fields)
        session.add(badge)
    return badge


def make_machine(
    fablab: Fablab,
    code: str = "VIN-01",
    *,
    badge: Badge | None = None,
    ages: tuple[int, int | None, int | None] = (8, 11, 15),
    **fields: object,
) -> Machine:
    """A low-risk machine of the Fablab opened by a badge; ``ages``: beside, in the room, autonomous."""
    badge = badge or make_badge()
    with transaction() as session:
        values: dict[str, object] = {
            "name": f"Machine {code}",
            "simple_name": f"La machine {code}",
            "family": "vinyl",
            "pictogram": "vinyl",
            "risk": "low",
            "regulated_work": False,
            "constant_watch": False,
            "max_week_minutes": 180,
            "max_minutes": 120,
            "turnaround": 5,
            "preparation": 5,
            "past_closing": None,
            "materials_allowed": ["vinyle adhésif"],
            "materials_forbidden": [],
            "protections": [],
            "checks": ["lame réglée"],
        }
        beside, in_room, autonomous = ages
        machine = Machine(
            code=code,
            place_id=fablab.place.id,
            badge_id=badge.id,
            min_age_beside=beside,
            min_age_in_room=in_room,
            min_age_autonomous=autonomous,
            **(values | fields),
        )
        session.add(machine)
        session.flush()
        session.add(BadgeOpening(badge_id=badge.id, resource_id=machine.id))
    return machine


def break_down(machine: Machine, what: str, back_on: date | None, by: Person, now: datetime) -> Laid:
    """Somebody of the team says a grave problem: the machine is out of use from now on."""
    reported = actions_repair.report_grave(machine, Report("wear", what, False, new_key()), None, back_on, by, now)
    if reported.laid is None:
        raise ValueError("it was out already")
    return reported.laid


def make_shift(person: Person, place: Place, starts_at: datetime, ends_at: datetime) -> Shift:
    """An adult of the team is there: ``place`` the Fablab (in the room) or the house (in the building)."""
    with transaction() as session:
        shift = Shift(person_id=person.id, place_id=place.id, starts_at=starts_at, ends_at=ends_at)
        session.add(shift)
    return shift


def on(day: date, hour: str) -> datetime:
    """The UTC moment of a wall time in Chambéry: on(date(2026, 11, 25), "14:00")."""
    return clock.at(day, time.fromisoformat(hour))


def give_badge(person: Person, badge: Badge, **fields: Any) -> Award:
    """A badge handed over a month ago, valid for a year; ``fields`` are columns of Award."""
    awarded_at = fields.pop("awarded_at", clock.now() - timedelta(days=30))
    with transaction() as session:
        award = Award(
            **{
                "key": f"{person.id}:{badge.id}:{awarded_at:%s}",
                "person_id": person.id,
                "badge_id": badge.id,
                "badge_name": badge.name,
                "proof": [],
                "awarded_at": awarded_at,
                "expires_at": awarded_at + timedelta(days=365),
                **fields,
            }
        )
        session.add(award)
    return award
