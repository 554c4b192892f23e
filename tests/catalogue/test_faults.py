# ruff: noqa: E501 - a table reads best with one fault a line
"""Faults in catalogue files: each by file, line, field, found and expected; all at once; nothing loaded."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings.models import Holiday, Place, Resource
from fablab.catalogue import Catalogue, Fault, read
from fablab.db import transaction
from fablab.home import catalogue as house_catalogue
from fablab.home.catalogue import SOURCES
from fablab.people.models import Structure
from tests.conftest import NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped files, copied where they may be spoilt."""
    for source in SOURCES:
        shutil.copy(source.shipped, tmp_path / source.name)
    return tmp_path


def spoil(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first occurrence of a text; the number of its line."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, old
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults(folder: Path) -> list[Fault]:
    return read(SOURCES, folder).faults


#: file, text, what it becomes, field, found, expected, lines below the text
TABLE = [
    # shape
    ("house.yaml", "  gauge: 295", "  gauge: many", "place.gauge", "“many”", "a whole number from 1 to 100000", 0),
    ("house.yaml", "  gauge: 295", "  gauge: true", "place.gauge", "“true”", "a whole number from 1 to 100000", 0),
    ("house.yaml", "  city: Chambéry", "  town: Chambéry", "place.town", "the unknown key “town”", "one of name", 0),
    ("house.yaml", "  city: Chambéry\n", "", "place.city", "nothing", "a text of at most 80 characters", -1),
    ("house.yaml", "  city: Chambéry", '  city: "  "', "place.city", "nothing", "a text of at most 80 characters", 0),
    ("house.yaml", 'opened: "2018-04"', 'opened: "2018-14"', "place.opened", "“2018-14”", "a month like", 0),
    ("house.yaml", 'start: "2026-10-17"', 'start: "2026-10-47"', "calendar.school_holidays[0].start", "47”", "a date", 0),
    ("house.yaml", 'start: "08:30"', "start: 13:30", "opening_hours.school_term.monday.start", "“13:30”", "in quotes", 0),
    ("house.yaml", "    monday: {", "    mondy: {", "opening_hours.school_term.mondy", "the key “mondy”", "one of monday", 0),
    ("house.yaml", "place.gauge:", "place.gage:", "data_status.place.gage", "“place.gage”", "a key of this file", 0),
    ("house.yaml", "opening_hours: invented", "opening_hours: guessed", "data_status.opening_hours", "“guessed”", "one of", 0),
    ("house.yaml", "version: 1", "version: 2", "version", "“2”", "1", 0),
    ("machines.yaml", "risk: high", "risk: extreme", "machines[0].risk", "“extreme”", "one of low, medium, high", 0),
    ("machines.yaml", "protection: [", "protecton: [", "machines[0].protecton", "“protecton”", "“protection”", 0),
    ("machines.yaml", "checks: [", "checks: {a: [", "(file)", "while parsing", "well-formed YAML", None),
    ("machines.yaml", "    risk: high\n", "    risk: high\n    risk: low\n", "machines[0].risk", "the key again", "once", 1),
    ("structures.yaml", "resident: true", "resident: oui", "structures[0].resident", "“oui”", "true or false", 0),
    ("structures.yaml", "type: resident", "type: resdent", "structures[1].type", "“resdent”", "one of municipal", 0),
    ("pathways.yaml", 'color: "#0B7A75"', "color: green", "pathways[0].color", "“green”", "a colour like", 0),
    # codes
    ("structures.yaml", "code: ST-002", "code: ST-001", "structures[1].code", "“ST-001”", "used once (first in", 0),
    ("machines.yaml", "badge: BS-LASER", "badge: BS-LAZER", "machines[0].badge", "“BS-LAZER”", "code of a safety badge", 0),
    ("pathways.yaml", "{code: SEC-01, level: 2}", "{code: SEC-99, level: 2}", "safety_badges[0].competencies[0].code",
     "“SEC-99”", "the code of a competency", 0),
    ("pathways.yaml", "evidence: observation", "evidence: dream", "competencies[0].evidence", "“dream”", "evidence kind", 0),
    ("activities.yaml", "structure: AS-001", "structure: AS-999", "activities[0].structure", "“AS-999”", "a structure", 0),
    ("activities.yaml", "location: SAL-02", "location: ESP-02", "activities[0].location", "“ESP-02”", "room or fablab", 0),
    ("rooms.yaml", "    ST-001:", "    ST-777:", "annual_series.by_structure.ST-777", "“ST-777”", "a structure", 0),
    # what must agree
    ("house.yaml", "total_area_m2: 1200", "total_area_m2: 1300", "place.total_area_m2", "“1300”", "1200, the", 0),
    ("house.yaml", "min_age: 15, max_age: 24", "min_age: 16, max_age: 24", "place.age_bands[1].min_age", "“16”", "nobody", 0),
    ("house.yaml", "share: 0.35", "share: 0.45", "place.age_bands", "shares that do not", "add up to 1", None),
    ("house.yaml", "weekly_offers: 41", "weekly_offers: 40", "place.weekly_offers", "“40”", "41, the activities", 0),
    ("house.yaml", "organisations: 100", "organisations: 200", "associations", "106 with", "at least 200", None),
    ("pathways.yaml", "places_per_year: 280", "places_per_year: 270", "totals.places_per_year", "“500”", "490", None),
    ("pathways.yaml", "    hours: 12\n", "    hours: 13\n", "pathways[0].hours", "“13”", "12, the sessions", 0),
    ("pathways.yaml", "        hours: 2\n", "        hours: 3\n", "pathways[0].stages[0].hours", "“3”", "2, its sessions", 0),
    ("pathways.yaml", "sessions: [2, 3]", "sessions: [3, 2]", "pathways[0].stages", "1, 3, 2, 4, 5, 6", "sessions 1 to 6", None),
    ("pathways.yaml", "group: {min: 8, max: 12", "group: {min: 13, max: 12", "pathways[0].group.max", "“12”", "at least 13", 0),
    ("pathways.yaml", "aimed_badges: [BS-ATELIER, BS-VINYLE, BS-PRESSE]", "aimed_badges: [BS-ATELIER, BS-LASER, BS-PRESSE]",
     "pathways[0].aimed_badges[1]", "“BS-LASER”", "do not bring MAC-05 at 2", 0),
    ("pathways.yaml", "prerequisites: [BS-ATELIER]", "prerequisites: [BS-VINYLE]", "safety_badges[1].prerequisites[0]",
     "“BS-VINYLE”", "does not need this one", 0),
    ("machines.yaml", "min_age_in_room: 16", "min_age_in_room: 13", "machines[0].min_age_in_room", "“13”", "at least 14", 0),
    ("machines.yaml", "max_minutes: 120, max_weekly", "max_minutes: 130, max_weekly", "machines[0].slot.max_minutes",
     "“130”", "steps of 30 minutes", 0),
    ("machines.yaml", 'end: "12:00", type: group', 'end: "14:00", type: group', "fablab.school_term.tuesday[1].start",
     "“13:30”", "14:00 or later", 1),
    ("machines.yaml", "gauge: 19", "gauge: 300", "fablab.gauge", "“300”", "at most 295", 0),
    ("machines.yaml", "min_age_beside: 14", "min_age_beside: 11", "machines[0].min_age_beside", "“11”", "at least 12", 0),
    ("machines.yaml", "badge: BS-LASER", "badge: BS-3D", "machines[0].badge", "“BS-3D”", "that opens LAS-01", 0),
    ("rooms.yaml", "safety_gauge: 19\n", "safety_gauge: 25\n", "rooms[5].safety_gauge", "“25”", "a single exit", 0),
    ("rooms.yaml", "area_m2: 104", "area_m2: 105", "place.lendable_area_m2", "“500”", "501, the area of all rooms", None),
    ("rooms.yaml", "area_m2: 54, safety", "area_m2: 55, safety", "parts[0].area_m2", "“55”", "at most 104", 0),
    ("rooms.yaml", "safety_gauge: 19, usual_capacity: 18, exits: 1", "safety_gauge: 85, usual_capacity: 18, exits: 2",
     "parts[0].safety_gauge", "“85”", "at most 100 with the other parts of SAL-01", 0),
    ("rooms.yaml", "code: SAL-01B, of: SAL-01", "code: SAL-01B, of: SAL-02", "parts[0].of", "“SAL-01”",
     "a hall of two parts or more", -1),
    ("rooms.yaml", 'end: "11:00", frequency: weekly, in_school_holidays: true, people: 10',
     'end: "11:00", frequency: weekly, in_school_holidays: true, people: 20',
     "annual_series.by_structure.ST-001[0].people", "“20”", "at most 19", 0),
    ("rooms.yaml", "total: 2503", "total: 2500", "room_hours_check[2].total", "“2500”", "2503, the hours", 0),
    ("activities.yaml", "visitors_per_week: 420", "visitors_per_week: 421", "totals.visitors_per_week", "“421”", "420", 0),
    ("activities.yaml", '"3_15": 147', '"3_15": 148', "totals.attendance.3_15", "“148”", "147", 0),
    ("activities.yaml", "min_age: 3, max_age: 5", "min_age: 6, max_age: 5", "activities[0].audience.max_age", "“5”", "6", 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "field", "found", "expected", "below"), TABLE)
def test_a_fault_says_file_line_field_found_and_expected(
    folder: Path, name: str, old: str, new: str, field: str, found: str, expected: str, below: int | None
) -> None:
    line = spoil(folder, name, old, new)
    named = [fault for fault in faults(folder) if fault.field == field]
    assert named, [str(fault) for fault in faults(folder)]
    fault = named[0]
    assert found in fault.found
    assert expected in fault.expected
    if below is not None:
        assert (Path(fault.file).name, fault.line) == (name, line + below if below >= 0 else fault.line)


def test_a_series_that_meets_another_says_where_the_other_is(folder: Path) -> None:
    spoil(
        folder,
        "rooms.yaml",
        '{room: SAL-08, weekday: monday, start: "09:00"',
        '{room: SAL-09, weekday: monday, start: "09:00"',
    )
    found = [fault for fault in faults(folder) if "SAL-09 is free" in fault.expected]
    assert found
    assert "rooms.yaml:" in found[0].expected


def test_all_faults_of_all_files_come_at_once(folder: Path) -> None:
    spoil(folder, "house.yaml", "  gauge: 295", "  gauge: many")
    spoil(folder, "machines.yaml", "risk: high", "risk: extreme")
    spoil(folder, "machines.yaml", "badge: BS-3D", "badge: BS-4D")
    spoil(folder, "structures.yaml", "resident: true", "resident: oui")
    spoil(folder, "activities.yaml", '"3_15": 147', '"3_15": 148')
    fields = {fault.field for fault in faults(folder)}
    assert {
        "place.gauge", "machines[0].risk", "machines[2].badge", "structures[0].resident", "totals.attendance.3_15"
    } <= fields  # fmt: skip


@pytest.mark.parametrize(
    ("content", "found", "expected"),
    [
        (b"", "nothing", "a mapping"),
        (b"- a\n- b\n", "a list", "a mapping with version"),
        (b"\xff\xfe", "other bytes", "UTF-8"),
        (b"version: 1\n\tplace: x\n", "tab", "well-formed YAML"),
        (b"version: 1\n---\nversion: 1\n", "document", "well-formed YAML"),
        (b"a: &x {}\nb: *x\n", "a YAML alias", "the value itself"),
        (b"version: !!python/object:os.system {}\n", "a mapping", "1"),
        (b"version: 2026-13-45\n", "2026-13-45", "a plain value"),
        (b'x: "\\x00\x00"\n', "character", "well-formed YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(folder: Path, content: bytes, found: str, expected: str) -> None:
    (folder / "house.yaml").write_bytes(content)
    lines = [fault for fault in faults(folder) if fault.file.endswith("house.yaml")]
    assert any(found in fault.found and expected in fault.expected for fault in lines), [str(one) for one in lines]


def test_an_unknown_file_and_a_file_found_twice_are_faults(folder: Path) -> None:
    (folder / "machine.yaml").write_text("version: 1\n")
    (folder / "other").mkdir()
    shutil.copy(folder / "rooms.yaml", folder / "other" / "rooms.yaml")
    assert {(Path(fault.file).name, fault.found) for fault in faults(folder)} == {
        ("machine.yaml", "machine.yaml"),
        ("rooms.yaml", "the file again"),
    }


def test_a_single_file_is_completed_by_the_shipped_ones(folder: Path) -> None:
    assert read(SOURCES, folder / "machines.yaml").faults == []
    spoil(folder, "machines.yaml", "badge: BS-LASER", "badge: BS-LAZER")
    assert [fault.field for fault in read(SOURCES, folder / "machines.yaml").faults] == ["machines[0].badge"]


def test_the_command_prints_every_fault_and_loads_nothing(app: Flask, session: Session, folder: Path) -> None:
    line = spoil(folder, "machines.yaml", "risk: high", "risk: extreme")
    spoil(folder, "structures.yaml", "resident: true", "resident: oui")
    for command in ("check", "load"):
        result = app.test_cli_runner().invoke(args=["catalogue", command, str(folder)])
        assert result.exit_code == 1
        expected = f"machines.yaml:{line} machines[0].risk: found “extreme”, expected one of low, medium, high"
        assert expected in result.output
        assert "structures[0].resident" in result.output
    assert session.scalar(select(func.count()).select_from(Structure)) == 0


def test_a_load_that_fails_half_way_leaves_nothing(session: Session) -> None:
    with transaction() as writing:
        place = Place(code="OLD", name="Ailleurs")
        writing.add(Resource(code="SAL-01", name="Ancienne", simple_name="Ancienne", kind="space", place=place))
    shipped: Catalogue = read(SOURCES)
    with pytest.raises(IntegrityError):
        house_catalogue.load_first(shipped, by=None, now=NOW)
    for model in (Structure, Holiday):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    assert not house_catalogue.is_loaded(session)


@pytest.mark.parametrize(
    ("spoilt", "fields"),
    [
        (
            {
                "machines.yaml": [
                    ('start: "09:00", end: "12:00"', 'start: "18:00", end: "14:00"'),
                    ("gauge: 19", "gauge: x"),
                ]
            },
            {"fablab.gauge", "fablab.school_term.tuesday[0].end"},
        ),
        (
            {"machines.yaml": [("min_age_in_room: 16", "min_age_in_room: 13"), ("risk: high", "risk: extreme")]},
            {"machines[0].min_age_in_room", "machines[0].risk"},
        ),
        (
            {
                "pathways.yaml": [
                    ("group: {min: 8, max: 12", "group: {min: 13, max: 12"),
                    ("    hours: 12\n", "    hours: x\n"),
                ]
            },
            {"pathways[0].group.max", "pathways[0].hours"},
        ),
        (
            {"rooms.yaml": [("safety_gauge: 19\n", "safety_gauge: 25\n"), ("area_m2: 104", "area_m2: x")]},
            {"rooms[5].safety_gauge", "rooms[0].area_m2"},
        ),
        (
            {"house.yaml": [("total_area_m2: 1200", "total_area_m2: 1300"), ("  gauge: 295", "  gauge: many")]},
            {"place.total_area_m2", "place.gauge"},
        ),
    ],
)
def test_a_fault_hides_no_other_of_the_same_thing(
    folder: Path, spoilt: dict[str, list[tuple[str, str]]], fields: set[str]
) -> None:
    for name, changes in spoilt.items():
        for old, new in changes:
            spoil(folder, name, old, new)
    assert fields <= {fault.field for fault in faults(folder)}


def test_an_empty_file_hides_no_fault_of_another(folder: Path) -> None:
    (folder / "house.yaml").write_text("")
    spoil(folder, "pathways.yaml", "evidence: observation", "evidence: telepathie")
    spoil(folder, "machines.yaml", 'start: "09:00", end: "12:00"', 'start: "18:00", end: "14:00"')
    fields = {fault.field for fault in faults(folder)}
    assert {"(file)", "competencies[0].evidence", "fablab.school_term.tuesday[0].end"} <= fields
