"""The whole catalogue: every part's file together, against the house."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import catalogue as bookings_catalogue
from bookings import queries, upkeep_again
from bookings.models import LIVE, Booking
from bookings.official_calendar import Disagreement, disagreements
from fablab import clock, house, journal
from fablab.catalogue import DATA_STATUSES, Catalogue, find, read
from fablab.catalogue_items import Difference
from fablab.catalogue_parts import FIRST_LOAD, differences, items_of, stores_of, take
from fablab.catalogue_stores import Lacking
from fablab.db import transaction
from fablab.i18n import _
from fablab.people import catalogue as people_catalogue
from fablab.people.models import Person
from fablab.refusals import refuse
from machines import catalogue as machines_catalogue
from pathways import catalogue as pathways_catalogue
from rooms import catalogue as rooms_catalogue
from rooms.room_hours import room_hours

#: in the order in which things can be made: what is pointed at comes first
PARTS = (
    bookings_catalogue.PART,
    people_catalogue.PART,
    pathways_catalogue.PART,
    machines_catalogue.PART,
    rooms_catalogue.ROOMS_PART,
    rooms_catalogue.ACTIVITIES_PART,
)
SOURCES = [part.source for part in PARTS]
STORES = stores_of(PARTS)


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The shipped files, read once: they do not change while the program runs."""
    return read(SOURCES)


def keep_files(path: Path) -> None:
    """Keep a copy of the files a house was made of, all six, as its own: what its page compares with from then on."""
    given, _lost = find(path, SOURCES)
    if len(given) < len(SOURCES):
        return
    folder = _own_folder()
    folder.mkdir(mode=0o750, exist_ok=True)
    for name, file in given.items():
        (folder / name).write_bytes(file.read_bytes())


def own() -> Catalogue:
    """The house's own files; the shipped ones in a house that was made of them."""
    files = [_own_folder() / source.name for source in SOURCES]
    if not all(file.exists() for file in files):
        return shipped()
    return _read_own(_own_folder(), tuple(file.stat().st_mtime_ns for file in files))


def _own_folder() -> Path:
    return Path(current_app.instance_path) / "catalogue"


@lru_cache(maxsize=1)
def _read_own(folder: Path, _written: tuple[int, ...]) -> Catalogue:
    return read(SOURCES, folder)


def is_loaded(session: Session) -> bool:
    """Whether a first load has been made."""
    return FIRST_LOAD in house.read(session, FIRST_LOAD)


def missing(catalogue: Catalogue) -> list[str]:
    """Names of the files that were not given."""
    return [source.name for source in SOURCES if source.name not in catalogue.given]


def load_first(catalogue: Catalogue, *, by: Person | None, now: datetime) -> int:
    """Everything the files say, in one transaction; the number of items. Raises Refused after a first load."""
    today = clock.local_day(now)
    with transaction() as session:
        if is_loaded(session):
            raise refuse("catalogue_loaded", _("Le catalogue est déjà chargé."))
        found = differences(session, STORES, items_of(PARTS, catalogue, today))
        take(session, STORES, found, now)
        house.write(session, FIRST_LOAD, today.isoformat(), data_status="documented")
        journal.note(session, "catalogue.load", "house_setting", None, by=by, now=now, items=len(found))
        return len(found)


def compare(session: Session, catalogue: Catalogue, now: datetime) -> list[Difference]:
    """Where the files and the house disagree."""
    return differences(session, STORES, items_of(PARTS, catalogue, clock.local_day(now)))


def take_differences(catalogue: Catalogue, keys: list[str], *, by: Person | None, now: datetime) -> list[str]:
    """Take the file's word for these keys; those that no longer differ are left out. Returns the keys taken.

    Bookings to come are asked again, since hours, ages or machines may have changed under them.
    Raises Refused when one needs something that neither the house has nor the keys bring.
    """
    with transaction() as session:
        queries.lock_house(session)
        chosen = [difference for difference in compare(session, catalogue, now) if difference.key in keys]
        try:
            take(session, STORES, chosen, now)
        except Lacking as lacking:
            sentence = _("Il faut aussi prendre «\u00a0%(code)s\u00a0», que la maison n’a pas.", code=lacking)
            raise refuse("catalogue_lacking", sentence) from lacking
        taken = [difference.key for difference in chosen]
        journal.note(session, "catalogue.take", "house_setting", None, by=by, now=now, keys=taken)
        if taken:
            coming = select(Booking).where(Booking.status.in_(LIVE), Booking.ends_at > now)
            upkeep_again.ask_again(session, session.scalars(coming), now)
        return taken


def marks(catalogue: Catalogue, today: date) -> dict[str, int]:
    """How many items of the files are sourced, documented, of a named kind, invented."""
    found = Counter(item.values.get("data_status") for item in items_of(PARTS, catalogue, today))
    return {status: found[status] for status in DATA_STATUSES}


def calendar_disagreements(catalogue: Catalogue) -> list[Disagreement]:
    """Where house.yaml and the official calendar differ."""
    calendar = catalogue.data("house.yaml")["calendar"]
    ours, bounds = bookings_catalogue.own_calendar(catalogue.data("house.yaml"))
    return disagreements(ours, bounds, zone=calendar["zone"])


def calendar_notes(catalogue: Catalogue) -> list[str]:
    """The same, as lines to print."""
    return [f"calendar: {disagreement}" for disagreement in calendar_disagreements(catalogue)]


def summary(catalogue: Catalogue, today: date) -> Iterator[str]:
    """The house's check figures, as lines to print. The files must be without fault."""
    house_data, rooms_data = catalogue.data("house.yaml"), catalogue.data("rooms.yaml")
    pathways_data, activities_data = catalogue.data("pathways.yaml"), catalogue.data("activities.yaml")
    structures_data = catalogue.data("structures.yaml")
    places = " + ".join(f"{p['code']} {p['places_per_year']}" for p in pathways_data["pathways"])
    yield f"pathways: {sum(p['places_per_year'] for p in pathways_data['pathways'])} places a year ({places})"
    stages = sum(len(p["stages"]) for p in pathways_data["pathways"])
    yield (
        f"training: {len(pathways_data['pathways'])} pathways, {stages} stages, "
        f"{len(pathways_data['competencies'])} competencies, {len(pathways_data['safety_badges'])} safety badges"
    )
    yield f"machines: {len(catalogue.data('machines.yaml')['machines'])}"
    totals = activities_data["totals"]
    bands = " / ".join(str(people) for people in totals["attendance"].values())
    yield f"activities: {totals['activities']} weekly offers, {totals['visitors_per_week']} visitors a week ({bands})"
    organisations = len(structures_data["structures"]) + len(structures_data["associations"])
    yield f"structures: {organisations} regular organisations, {len(structures_data['schemes'])} schemes"
    lent = sum(room["area_m2"] for room in rooms_data["rooms"])
    others = sum(space["area_m2"] for space in house_data["other_spaces"])
    yield f"areas: {len(rooms_data['rooms'])} rooms {lent} m² + other spaces {others} m² = {lent + others} m²"
    series = sum(len(entries) for entries in rooms_data["annual_series"]["by_structure"].values())
    yield f"annual series: {series}"
    for month, hours in room_hours(house_data, rooms_data, activities_data).items():
        yield f"room-hours {month}: {hours['total']:g}"
    yield from calendar_notes(catalogue)
