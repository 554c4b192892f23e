"""house.yaml: the place, its gauges, its opening hours and its calendar."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bookings.catalogue_stores import CLOSURES, HOLIDAYS, HOURS, PLACES, one_window
from bookings.official_calendar import OfficialHoliday, merged
from fablab.catalogue import Catalogue, Document, References, Source, Trail
from fablab.catalogue_agreeing import agreeing, numbered, pairs, under
from fablab.catalogue_items import Item, setting
from fablab.catalogue_parts import Part
from fablab.catalogue_records import Keyed, Many, Maybe, Optional, Record, Statuses, read_whole, status_of
from fablab.catalogue_shapes import WEEKDAYS, Choice, Clock, Code, Day, Flag, Month, Number, Pattern, Text, Whole

NAME = "house.yaml"

#: the code of the place that holds all others
HOUSE = "HOUSE"

PHONE = r"\+?\d{10,14}"
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
SCHOOL_YEAR = Pattern(r"20\d\d-20\d\d", 'a school year like "2026-2027"')
PERIOD = Record(start=Day(), end=Day())
_HOURS = Keyed("weekday", Choice(*WEEKDAYS), Maybe(Record(start=Clock(), end=Clock())), every=WEEKDAYS)

SHAPE = Record(
    version=Choice(1),
    data_status=Statuses(),
    place=Record(
        name=Text(160),
        city=Text(80),
        short_name=Optional(Text(40)),
        mark=Optional(Text(40)),
        workshop=Optional(Text(60)),
        welcome=Optional(Text(200)),
        welcome_english=Optional(Text(200, typeset=False)),
        address=Optional(Text(200)),
        phone=Optional(Pattern(PHONE, 'a phone number like "0479000000"')),
        email=Optional(Pattern(EMAIL, "an e-mail address")),
        publisher=Optional(Text(120)),
        publication_director=Optional(Text(120)),
        host=Optional(Text(200)),
        public_service=Optional(Flag()),
        dpo=Optional(Text(200)),
        accessibility_contact=Optional(Text(200)),
        opened=Month(),
        total_area_m2=Whole(1),
        lendable_area_m2=Whole(1),
        room_hours_per_month=Whole(),
        visitors_per_week=Whole(),
        regular_organisations=Whole(),
        weekly_offers=Whole(),
        age_bands=Many(
            Record(
                code=Code("age_band"),
                label=Text(40),
                min_age=Whole(0, 120),
                max_age=Maybe(Whole(0, 120)),
                share=Number(0, 1),
            ),
            least=1,
        ),
        governance=Text(),
        time_zone=Text(40, typeset=False),
        gauge=Whole(1),
    ),
    opening_hours=Record(
        school_term=_HOURS,
        school_holidays=_HOURS,
        yearly_closures=Many(Record(start=Day(), end=Day(), reason=Text())),
    ),
    other_spaces=Many(Record(code=Code("space"), name=Text(160), area_m2=Whole(1))),
    calendar=Record(
        zone=Choice("A", "B", "C"),
        school_year=SCHOOL_YEAR,
        term_starts=Day(),
        school_holidays=Many(Record(name=Text(80), start=Day(), end=Day())),
        public_holidays=Many(Record(date=Day(), name=Text(80))),
        bridge_closures=Many(Record(date=Day(), name=Text(80))),
    ),
)


def read(document: Document, references: References) -> None:
    """Read the file."""
    read_whole(SHAPE, document, references)


def check(catalogue: Catalogue) -> None:
    """What must agree inside the file: areas, age bands, hours and dates."""
    document = catalogue.documents[NAME]
    _check_place(document)
    _check_hours(document)
    _check_calendar(document)


def _check_place(document: Document) -> None:
    place = under(document.data, "place")
    with agreeing():
        others = sum(space["area_m2"] for space in under(document.data, "other_spaces"))
        if place["lendable_area_m2"] + others != place["total_area_m2"]:
            expected = f"{place['lendable_area_m2'] + others}, the lendable area and the other spaces together"
            document.fault(("place", "total_area_m2"), expected)
    for (_index, band), (index, following) in pairwise(numbered(under(place, "age_bands"))):
        with agreeing():
            if band["max_age"] is None or band["max_age"] + 1 != following["min_age"]:
                here = ("place", "age_bands", index, "min_age")
                document.fault(here, "the age after the end of the band before, nobody twice")
    with agreeing():
        if abs(sum(band["share"] for band in place["age_bands"]) - 1) > 0.001:
            document.fault(("place", "age_bands"), "shares that add up to 1", "shares that do not")


def _check_hours(document: Document) -> None:
    hours = under(document.data, "opening_hours")
    for season in ("school_term", "school_holidays"):
        for weekday, window in pairs(under(hours, season)):
            with agreeing():
                if window and window["start"] >= window["end"]:
                    document.fault(("opening_hours", season, weekday, "end"), "a time after the start")
    for index, closure in numbered(under(hours, "yearly_closures")):
        with agreeing():
            if closure["start"] > closure["end"]:
                document.fault(("opening_hours", "yearly_closures", index, "end"), "a date on or after the start")


def _check_calendar(document: Document) -> None:
    calendar = under(document.data, "calendar")
    _within(document, ("calendar", "term_starts"), calendar, under(calendar, "term_starts"))
    holidays = numbered(under(calendar, "school_holidays"))
    for index, holiday in holidays:
        here = ("calendar", "school_holidays", index)
        with agreeing():
            if holiday["start"] > holiday["end"]:
                document.fault((*here, "end"), "a date on or after the start")
        for name in ("start", "end"):
            _within(document, (*here, name), calendar, under(holiday, name))
    for (_index, before), (index, holiday) in pairwise(holidays):
        with agreeing():
            if holiday["start"] <= before["end"]:
                document.fault(("calendar", "school_holidays", index, "start"), "a date after the holidays before")
    for name in ("public_holidays", "bridge_closures"):
        for index, day in numbered(under(calendar, name)):
            _within(document, ("calendar", name, index, "date"), calendar, under(day, "date"))


def _within(document: Document, here: Trail, calendar: Any, day: Any) -> None:
    """The day must be one of the calendar's school year."""
    with agreeing():
        first, last = school_year_bounds(calendar["school_year"])
        if not first <= day <= last:
            document.fault(here, f"a date of the school year, {first} to {last}")


def school_year_bounds(school_year: str) -> tuple[date, date]:
    """First and last day of "2026-2027": 1 September to 31 August."""
    return date(int(school_year[:4]), 9, 1), date(int(school_year[5:]), 8, 31)


def own_calendar(data: dict[str, Any]) -> tuple[list[OfficialHoliday], tuple[date, date]]:
    """The house's own holidays, and the first and last day for which they speak."""
    calendar = data["calendar"]
    mark = status_of(data, "calendar.school_holidays")
    school = [
        OfficialHoliday("school", day["name"], day["start"], day["end"], "house", mark)
        for day in calendar["school_holidays"]
    ]
    mark = status_of(data, "calendar.public_holidays")
    public = [
        OfficialHoliday("public", day["name"], day["date"], day["date"], "house", mark)
        for day in calendar["public_holidays"]
    ]
    return school + public, school_year_bounds(calendar["school_year"])


def items(catalogue: Catalogue, today: date) -> list[Item]:
    """Places, opening hours, holidays, closures, and the house's settings."""
    data = catalogue.data(NAME)
    return [*_places(data), *_hours(data), *_holidays(data, today), *_closures(data), *_settings(data)]


def _places(data: dict[str, Any]) -> Iterator[Item]:
    place = data["place"]
    whole = {"name": place["name"], "gauge": place["gauge"], "area_m2": place["total_area_m2"], "inside": None}
    yield Item("place", HOUSE, {**whole, "data_status": status_of(data, "place")})
    for space in data["other_spaces"]:
        values = {"name": space["name"], "area_m2": space["area_m2"], "inside": HOUSE}
        yield Item("place", space["code"], {**values, "data_status": status_of(data, "other_spaces")})


def _hours(data: dict[str, Any]) -> Iterator[Item]:
    for season, key in (("school", "school_term"), ("holidays", "school_holidays")):
        for weekday, hours in data["opening_hours"][key].items():
            mark = status_of(data, f"opening_hours.{key}")
            windows = [one_window(hours["start"], hours["end"], "open", [], mark)] if hours else []
            yield Item("opening_hours", f"{HOUSE}.{season}.{weekday}", {"windows": windows})


def _holidays(data: dict[str, Any], today: date) -> Iterator[Item]:
    ours, bounds = own_calendar(data)
    for day in merged(ours, bounds, zone=data["calendar"]["zone"], since=today.year - 1):
        values = {"name": day.name, "ends_on": day.ends_on, "source": day.source, "data_status": day.data_status}
        yield Item("holiday", f"{day.kind}.{day.starts_on}", values)


def _closures(data: dict[str, Any]) -> Iterator[Item]:
    for day in data["calendar"]["bridge_closures"]:
        values = {"place": HOUSE, "first_on": day["date"], "last_on": day["date"], "reason": day["name"]}
        yield Item("closure", f"bridge.{day['date']}", values)
    for closure in data["opening_hours"]["yearly_closures"]:
        values = {"place": HOUSE, "first_on": closure["start"], "last_on": closure["end"], "reason": closure["reason"]}
        yield Item("closure", f"yearly.{closure['start']}", values)


def _settings(data: dict[str, Any]) -> Iterator[Item]:
    for key, value in data["place"].items():
        if key not in ("gauge", "total_area_m2") and value is not None:
            yield setting(f"house.{key}", value, status_of(data, f"place.{key}"))
    for key in ("zone", "school_year", "term_starts"):
        yield setting(f"calendar.{key}", data["calendar"][key], status_of(data, f"calendar.{key}"))


def days_of(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


SHIPPED = Path(__file__).parent / "data" / NAME
PART = Part(Source(NAME, SHIPPED, SHAPE, read, check), items, (PLACES, HOURS, HOLIDAYS, CLOSURES))
