"""machines.yaml: the Fablab's hours, its rules for bookings and its machines."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings.catalogue_stores import one_window
from bookings.models import Place, Resource
from fablab.catalogue import Catalogue, Document, References, Source
from fablab.catalogue_agreeing import WRONG, agreeing, coded, numbered, pairs, under
from fablab.catalogue_items import Item, setting
from fablab.catalogue_parts import Part
from fablab.catalogue_records import read_whole, status_of
from fablab.catalogue_stores import Link, Table, by_code
from machines.catalogue_shape import SHAPE
from machines.models import Machine
from pathways.models import Badge, BadgeOpening

NAME = "machines.yaml"


def read(document: Document, references: References) -> None:
    """Read the file; the Fablab's space becomes known as a place for activities."""
    read_whole(SHAPE, document, references)
    with agreeing():
        references.define("fablab", under(document.data, "fablab", "space"), document, ("fablab", "space"))


def check(catalogue: Catalogue) -> None:
    """What must agree: ages, slots, hours, and the badges of pathways.yaml."""
    document = catalogue.documents[NAME]
    for season in ("school_term", "school_holidays"):
        _check_week(catalogue, document, season)
    _check_gauge(catalogue, document)
    for index, machine in numbered(under(document.data, "machines")):
        if machine is not WRONG:
            _check_machine(document, ("machines", index), machine)
            _check_badge(catalogue, document, ("machines", index), machine)
    _check_openings(catalogue, document)


def _check_week(catalogue: Catalogue, document: Document, season: str) -> None:
    open_hours = under(catalogue.documents["house.yaml"].data, "opening_hours", season)
    for weekday, windows in pairs(under(document.data, "fablab", season)):
        here = ("fablab", season, weekday)
        for index, window in numbered(windows):
            with agreeing():
                if window["start"] >= window["end"]:
                    document.fault((*here, index, "end"), "a time after the start")
            with agreeing():
                day = open_hours[weekday]
                if day is None or window["start"] < day["start"] or window["end"] > day["end"]:
                    expected = f"{day['start']:%H:%M} to {day['end']:%H:%M}" if day else "nothing"
                    document.fault((*here, index), f"hours when the house is open: {expected}", _span(window))
        for (_before, before), (index, after) in pairwise(numbered(windows)):
            with agreeing():
                if after["start"] < before["end"]:
                    document.fault((*here, index, "start"), f"{before['end']:%H:%M} or later, after the window before")


def _span(window: Mapping[str, time]) -> str:
    return f"{window['start']:%H:%M} to {window['end']:%H:%M}"


def _check_gauge(catalogue: Catalogue, document: Document) -> None:
    most = under(catalogue.documents["house.yaml"].data, "place", "gauge")
    with agreeing():
        if under(document.data, "fablab", "gauge") > most:
            document.fault(("fablab", "gauge"), f"at most {most}, the gauge of the house")


def _check_machine(document: Document, here: tuple[str | int, ...], machine: dict[str, Any]) -> None:
    for before, after in combinations(("min_age_beside", "min_age_in_room", "min_age_autonomous"), 2):
        with agreeing():
            if None not in (machine[before], machine[after]) and machine[before] > machine[after]:
                document.fault((*here, after), f"at least {machine[before]}, the {before}")
    slot, step = machine["slot"], under(document.data, "booking_rules", "step_minutes")
    with agreeing():
        if slot["min_minutes"] > slot["max_minutes"]:
            document.fault((*here, "slot", "max_minutes"), f"at least {slot['min_minutes']}, the min_minutes")
    with agreeing():
        if slot["max_minutes"] > slot["max_weekly_minutes"]:
            document.fault((*here, "slot", "max_weekly_minutes"), f"at least {slot['max_minutes']}, the max_minutes")
    for name in ("min_minutes", "max_minutes"):
        with agreeing():
            if slot[name] % step:
                document.fault((*here, "slot", name), f"a number of steps of {step} minutes")


def _check_badge(
    catalogue: Catalogue, document: Document, here: tuple[str | int, ...], machine: dict[str, Any]
) -> None:
    badges = coded(under(catalogue.documents["pathways.yaml"].data, "safety_badges"))
    with agreeing():
        if machine["badge"] not in badges:
            return
        badge = badges[machine["badge"]]
        with agreeing():
            if machine["code"] not in badge["opens"]:
                document.fault((*here, "badge"), f"a badge of pathways.yaml that opens {machine['code']}")
        if badge["min_age"] > machine["min_age_beside"]:
            expected = f"at least {badge['min_age']}, the min_age of {badge['code']}"
            document.fault((*here, "min_age_beside"), expected)


def _check_openings(catalogue: Catalogue, document: Document) -> None:
    pathways = catalogue.documents["pathways.yaml"]
    machines = coded(under(document.data, "machines"))
    for index, badge in numbered(under(pathways.data, "safety_badges")):
        for place, code in numbered(under(badge, "opens")):
            with agreeing():
                if code in machines and machines[code]["badge"] != badge["code"]:
                    expected = f"a machine whose badge is {badge['code']} (that of {code} is {machines[code]['badge']})"
                    pathways.fault(("safety_badges", index, "opens", place), expected)


def items(catalogue: Catalogue, today: date) -> list[Item]:
    """The Fablab's gauge and hours, the rules, and the machines."""
    data = catalogue.data(NAME)
    return [*_fablab(data), *_settings(data), *_machines(data)]


def _fablab(data: dict[str, Any]) -> Iterator[Item]:
    fablab = data["fablab"]
    yield Item("place", fablab["space"], {"gauge": fablab["gauge"]})
    yield Item(
        "space", fablab["space"], {"place": fablab["space"], "step_minutes": data["booking_rules"]["step_minutes"]}
    )
    for season, key in (("school", "school_term"), ("holidays", "school_holidays")):
        mark = status_of(data, f"fablab.{key}")
        for weekday, hours in fablab[key].items():
            windows = [one_window(one["start"], one["end"], one["type"], one["nth_weekdays"], mark) for one in hours]
            yield Item("opening_hours", f"{fablab['space']}.{season}.{weekday}", {"windows": windows})


def _settings(data: dict[str, Any]) -> Iterator[Item]:
    mark = status_of(data, "booking_rules")
    for name, rule in data["booking_rules"].items():
        yield setting(f"machines.rules.{name}", rule, mark)
    for name, rule in data["fablab"]["supervision"].items():
        yield setting(f"machines.rules.{name}", rule, status_of(data, "fablab.supervision"))
    yield setting("machines.fablab", data["fablab"]["space"], status_of(data, "fablab"))
    yield setting("machines.supervision_levels", data["supervision_levels"], status_of(data, "supervision_levels"))


def _machines(data: dict[str, Any]) -> Iterator[Item]:
    apart = ("code", "slot")
    for position, machine in enumerate(data["machines"]):
        values = {name: value for name, value in machine.items() if name not in apart}
        values |= {f"slot.{name}": value for name, value in machine["slot"].items()}
        values |= {"place": data["fablab"]["space"], "step_minutes": data["booking_rules"]["step_minutes"]}
        yield Item("machine", machine["code"], values, once={"position": position})


class Opener(Link):
    """The badge of a machine, which it alone opens."""

    def settle(self, session: Session, row: Machine) -> None:
        """Let the badge, and no other, open the machine."""
        for opening in session.scalars(select(BadgeOpening).where(BadgeOpening.resource_id == row.id)):
            session.delete(opening)
        session.flush()
        session.add(BadgeOpening(badge_id=row.badge.id, resource_id=row.id))


class Spaces(Table):
    """A bookable floor bears the name of its place."""

    def make(self, item: Item) -> Any:
        """A new floor."""
        return Resource(code=item.code, name=item.code, simple_name=item.code)

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Make the floor, named as its place."""
        super().add(session, item, now)
        row = by_code(session, Resource, item.code)
        row.name = row.simple_name = row.place.name
        session.flush()


SPACES = Spaces(
    "space",
    Resource,
    {"place": Link("place", Place), "step_minutes": "step_minutes"},
    options=[joinedload(Resource.place)],
)
MACHINES = Table(
    "machine",
    Machine,
    {
        "name": "name",
        "plain_name": "simple_name",
        "family": "family",
        "pictogram": "pictogram",
        "risk": "risk",
        "min_age_beside": "min_age_beside",
        "min_age_in_room": "min_age_in_room",
        "min_age_autonomous": "min_age_autonomous",
        "regulated_work": "regulated_work",
        "constant_watch": "constant_watch",
        "slot.min_minutes": "min_minutes",
        "slot.max_minutes": "max_minutes",
        "slot.max_weekly_minutes": "max_week_minutes",
        "slot.past_closing": "past_closing",
        "preparation_minutes": "preparation",
        "cleaning_minutes": "turnaround",
        "allowed_materials": "materials_allowed",
        "forbidden_materials": "materials_forbidden",
        "protection": "protections",
        "checks": "checks",
        "data_status": "data_status",
        "step_minutes": "step_minutes",
        "place": Link("place", Place),
        "badge": Opener("badge", Badge),
    },
    options=[joinedload(Machine.place), joinedload(Machine.badge)],
)

SHIPPED = Path(__file__).parent / "data" / NAME
PART = Part(Source(NAME, SHIPPED, SHAPE, read, check), items, (SPACES, MACHINES))
