"""rooms.yaml and activities.yaml: rooms, the rules for booking them, annual series, weekly activities."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bookings.catalogue import HOUSE, PERIOD, SCHOOL_YEAR
from fablab.catalogue import DATA_STATUSES, Catalogue, Document, References, Source
from fablab.catalogue_items import Item, setting
from fablab.catalogue_parts import Part
from fablab.catalogue_records import Keyed, Many, Maybe, Optional, Record, Statuses, read_whole, status_of
from fablab.catalogue_shapes import WEEKDAYS, Choice, Clock, Code, Day, Flag, Month, Number, Ref, Shape, Text, Whole
from fablab.people.catalogue import STRUCTURE_TYPES
from rooms.catalogue_checks import (
    check_activities,
    check_applicants,
    check_parts,
    check_rooms,
    check_series,
    check_tariffs,
)
from rooms.catalogue_stores import ACTIVITIES, PARTS, ROOMS, SERIES
from rooms.room_hours import check_room_hours
from rooms.values_repeating import FREQUENCIES

NAME = "rooms.yaml"
ACTIVITIES_NAME = "activities.yaml"

CATEGORIES = (*("great_hall", "dance", "activities", "training", "computers", "meeting", "music", "office", "kitchen"),)
_HOURS = Number(0.5, 24)


def _labelled(**shapes: Shape | Optional) -> Record:
    """A rule in fields, with the house's own words for it."""
    return Record(**shapes, label=Text())


_ROOM = Record(
    code=Code("room", r"[A-Z0-9-]{2,20}"),
    name=Text(160),
    category=Choice(*CATEGORIES),
    area_m2=Whole(1),
    floor=Whole(-5, 50),
    safety_gauge=Whole(1),
    usual_capacity=Whole(1),
    exits=Whole(1, 20),
    step_free=Flag(),
    hearing_loop=Optional(Flag(), False),
    equipment=Many(Text()),
    uses=Many(Text()),
    instructions=Optional(Text(300)),
    noise=Choice("low", "medium", "loud"),
    step_minutes=Whole(5, 240),
    min_hours=_HOURS,
    max_hours=_HOURS,
    gap_minutes=Whole(0, 240),
    approval=Choice("coordination", "automatic_with_convention"),
    competing=Optional(Flag(), False),
    inventory=Choice("none", "on_report", "entry_and_exit"),
    data_status=Choice(*DATA_STATUSES),
)

_PART = Record(
    code=Code("part", r"[A-Z0-9-]{2,20}"),
    of=Ref("room"),
    name=Text(160),
    area_m2=Whole(1),
    safety_gauge=Whole(1),
    usual_capacity=Whole(1),
    exits=Whole(1, 20),
    data_status=Choice(*DATA_STATUSES),
)

_RULES = Record(
    applicants=Many(
        Record(
            type=Choice(*STRUCTURE_TYPES),
            rank=Maybe(Whole(1, 20)),
            free=Flag(),
            conditions=Many(
                Choice("convention", "insurance", "general_interest", "seat_in_town", "deposit", "committee_agreement")
            ),
            refused=Optional(Flag(), False),
            season_hours=Optional(Whole(1, 8784)),
        )
    ),
    tariffs=Optional(
        Many(
            Record(
                room_category=Choice(*CATEGORIES),
                type=Optional(Choice(*STRUCTURE_TYPES)),
                hour_eur=Number(0, 10_000),
            )
        ),
        [],
    ),
    papers=Many(
        Record(
            code=Code("paper"),
            label=Text(),
            validity=_labelled(lasts=Choice("school_year", "date_on_paper", "until_changed", "one_booking")),
            alert_days=Optional(Many(Whole(0, 400), least=1), []),
            blocks_new_bookings=Optional(Flag(), False),
            amount_eur=Optional(Whole(0, 100_000)),
        )
    ),
    annual_slots=Record(
        period=PERIOD,
        campaign=Record(opens=Day(), closes=Day(), decided=Day()),
        frequencies=Many(Choice(*FREQUENCIES), least=1),
        in_school_holidays=_labelled(chosen_by=Choice("structure", "house"), needs_confirmation=Flag()),
        on_public_holidays=_labelled(dropped=Flag()),
        withdrawal=_labelled(unreported_absences=Whole(1, 100), within_months=Whole(1, 24)),
    ),
    one_off=Record(min_notice_days=Whole(0, 400), horizon_days=Whole(1, 800), free_cancellation_hours=Whole(0, 1000)),
    setup_time=_labelled(inside_slot=Flag()),
    cleaning=_labelled(ticked_at_end=Flag()),
    keys=Record(
        handover=_labelled(against_signature=Flag(), to=Choice("person_named_by_structure")),
        tracking=Many(Choice("handed_on", "returned_on", "lost"), least=1),
        badge_limited_to_slot=Flag(),
    ),
    headcount_required=Flag(),
    refuse_headcount_above=Choice("safety_gauge", "usual_capacity"),
)

SHAPE = Record(
    version=Choice(1),
    data_status=Statuses(),
    rooms=Many(_ROOM),
    parts=Optional(Many(_PART), []),
    booking_rules=_RULES,
    annual_series=Record(
        period=PERIOD,
        by_structure=Keyed(
            "structure",
            Ref("structure"),
            Many(
                Record(
                    room=Ref("room"),
                    weekday=Choice(*WEEKDAYS),
                    start=Clock(),
                    end=Clock(),
                    frequency=Choice(*FREQUENCIES),
                    in_school_holidays=Flag(),
                    people=Whole(1, 1000),
                    purpose=Text(),
                ),
                least=1,
            ),
        ),
    ),
    typical_month_one_offs=Many(
        Record(
            purpose=Text(),
            applicant=Choice(*STRUCTURE_TYPES),
            room_category=Choice(*CATEGORIES),
            hours=_HOURS,
            people=Whole(1, 1000),
            count=Whole(1, 100),
        )
    ),
    room_hours_check=Many(
        Record(month=Month(), activities=Number(), annual_series=Number(), one_off=Number(), total=Number())
    ),
)

_AUDIENCE = Record(
    min_age=Optional(Whole(0, 120)),
    max_age=Optional(Whole(0, 120)),
    with_adult=Optional(Flag(), False),
    who=Optional(Choice("parents", "youth_and_residents")),
    label=Text(80),
)
_ATTENDANCE = Keyed("age band", Ref("age_band"), Whole())

ACTIVITIES_SHAPE = Record(
    version=Choice(1),
    data_status=Statuses(),
    school_year=SCHOOL_YEAR,
    period=PERIOD,
    totals=Record(activities=Whole(), visitors_per_week=Whole(), attendance=_ATTENDANCE),
    activities=Many(
        Record(
            code=Code("activity", r"[A-Z0-9-]{2,20}"),
            title=Text(),
            type=Choice("activity", "service", "drop_in"),
            structure=Ref("structure"),
            location=Ref("room", "fablab"),
            weekday=Choice(*WEEKDAYS),
            start=Clock(),
            end=Clock(),
            audience=_AUDIENCE,
            registration=Choice("required", "open", "appointment_or_walk_in"),
            in_school_holidays=Flag(),
            attendance=_ATTENDANCE,
        )
    ),
)


def read(document: Document, references: References) -> None:
    """Read rooms.yaml."""
    read_whole(SHAPE, document, references)


def check(catalogue: Catalogue) -> None:
    """Areas, gauges, papers, and the time of series."""
    check_rooms(catalogue)
    check_parts(catalogue)
    check_applicants(catalogue)
    check_tariffs(catalogue)
    check_series(catalogue)


def read_activities(document: Document, references: References) -> None:
    """Read activities.yaml."""
    read_whole(ACTIVITIES_SHAPE, document, references)


def check_activities_file(catalogue: Catalogue) -> None:
    """Totals and hours of activities, then the room-hours that everything makes together."""
    check_activities(catalogue)
    check_room_hours(catalogue)


def items(catalogue: Catalogue, today: date) -> list[Item]:
    """Rooms, annual series, and the rules for booking rooms."""
    data = catalogue.data(NAME)
    return [*_rooms(data), *_parts(data), *_series(data), *_settings(data)]


def _rooms(data: dict[str, Any]) -> Iterator[Item]:
    apart = ("code", "min_hours", "max_hours")
    for position, room in enumerate(data["rooms"]):
        values = {name: value for name, value in room.items() if name not in apart}
        values |= {"min_minutes": round(room["min_hours"] * 60), "max_minutes": round(room["max_hours"] * 60)}
        yield Item("room", room["code"], values | {"place": HOUSE}, once={"position": 100 + position})


def _parts(data: dict[str, Any]) -> Iterator[Item]:
    """The parts of divisible halls: what a file does not say of one is said of its hall."""
    halls = {item.code: item for item in _rooms(data)}
    for part in data["parts"]:
        hall = halls[part["of"]]
        own = {name: value for name, value in part.items() if name not in ("code", "of")}
        yield Item("hall_part", part["code"], {**hall.values, **own, "of": part["of"]}, once=hall.once)


def _series(data: dict[str, Any]) -> Iterator[Item]:
    period = data["annual_series"]["period"]
    for structure, entries in data["annual_series"]["by_structure"].items():
        for number, entry in enumerate(entries, start=1):
            values = {"structure": structure, **entry, "first_on": period["start"], "last_on": period["end"]}
            yield Item("series", f"{structure}.{number}", values | {"weekday": WEEKDAYS.index(entry["weekday"])})


def _settings(data: dict[str, Any]) -> Iterator[Item]:
    for name, rule in data["booking_rules"].items():
        yield setting(f"rooms.rules.{name}", rule, status_of(data, f"booking_rules.{name}"))
    for name in ("typical_month_one_offs", "room_hours_check"):
        yield setting(f"rooms.{name}", data[name], status_of(data, name))


def activity_items(catalogue: Catalogue, today: date) -> list[Item]:
    """The weekly activities, and what they add up to."""
    data = catalogue.data(ACTIVITIES_NAME)
    found = []
    for activity in data["activities"]:
        values = {name: value for name, value in activity.items() if name not in ("code", "audience")}
        values |= {f"audience.{name}": value for name, value in activity["audience"].items()}
        values |= {"weekday": WEEKDAYS.index(activity["weekday"]), "data_status": status_of(data, "activities")}
        found.append(Item("activity", activity["code"], values))
    for name in ("school_year", "period", "totals"):
        found.append(setting(f"activities.{name}", data[name], status_of(data, name)))
    return found


_FOLDER = Path(__file__).parent / "data"
ROOMS_PART = Part(Source(NAME, _FOLDER / NAME, SHAPE, read, check), items, (ROOMS, PARTS, SERIES))
ACTIVITIES_PART = Part(
    Source(ACTIVITIES_NAME, _FOLDER / ACTIVITIES_NAME, ACTIVITIES_SHAPE, read_activities, check_activities_file),
    activity_items,
    (ACTIVITIES,),
)
