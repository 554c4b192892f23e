"""What must agree about rooms: areas, gauges, applicants, and that no two series or activities meet in a room."""

from collections.abc import Iterator, Mapping
from datetime import time
from itertools import pairwise
from typing import Any

from fablab.catalogue import Catalogue, Document, Trail
from fablab.catalogue_agreeing import agreeing, coded, numbered, pairs, under

#: people allowed in a room with a single way out (ERP rules, 5th category: under 20 people)
SINGLE_EXIT = 19


def check_rooms(catalogue: Catalogue) -> None:
    """Each room on its own, and their areas together."""
    document, house = catalogue.documents["rooms.yaml"], catalogue.documents["house.yaml"]
    rooms = under(document.data, "rooms")
    for index, room in numbered(rooms):
        _check_room(document, ("rooms", index), room)
    with agreeing():
        area = sum(room["area_m2"] for room in rooms)
        if area != under(house.data, "place", "lendable_area_m2"):
            house.fault(("place", "lendable_area_m2"), f"{area}, the area of all rooms")


def _check_room(document: Document, here: Trail, room: Any) -> None:
    _check_people(document, here, room)
    with agreeing():
        if room["min_hours"] > room["max_hours"]:
            document.fault((*here, "max_hours"), f"at least {room['min_hours']:g}, the min_hours")


def _check_people(document: Document, here: Trail, room: Any) -> None:
    with agreeing():
        if room["usual_capacity"] > room["safety_gauge"]:
            document.fault((*here, "usual_capacity"), f"at most {room['safety_gauge']}, the safety_gauge")
    with agreeing():
        if room["exits"] == 1 and room["safety_gauge"] > SINGLE_EXIT:
            document.fault((*here, "safety_gauge"), f"at most {SINGLE_EXIT}, since there is a single exit")


def check_parts(catalogue: Catalogue) -> None:
    """A divisible hall has two parts at least, which together are no larger and hold no more people than it."""
    document = catalogue.documents["rooms.yaml"]
    halls, together = coded(under(document.data, "rooms")), under(document.data, "parts")
    for index, part in numbered(together):
        here = ("parts", index)
        _check_people(document, here, part)
        with agreeing():
            same = [one for one in together if one["of"] == part["of"]]
            if len(same) < 2:
                document.fault((*here, "of"), f"a hall of two parts or more; {part['of']} has one")
            for name in ("area_m2", "safety_gauge"):
                most = halls[part["of"]][name]
                if sum(one[name] for one in same) > most:
                    document.fault((*here, name), f"at most {most} with the other parts of {part['of']}")


def check_applicants(catalogue: Catalogue) -> None:
    """Conditions that are papers have their paper; dates of the campaign follow each other."""
    document = catalogue.documents["rooms.yaml"]
    rules = under(document.data, "booking_rules")
    with agreeing():
        papers = {paper["code"] for paper in rules["papers"]}
        for index, applicant in numbered(rules["applicants"]):
            for place, condition in numbered(under(applicant, "conditions")):
                here = ("booking_rules", "applicants", index, "conditions", place)
                with agreeing():
                    if condition in ("convention", "insurance", "deposit") and condition not in papers:
                        document.fault(here, "a paper of papers")
    campaign = under(rules, "annual_slots", "campaign")
    for before, after in pairwise(("opens", "closes", "decided")):
        with agreeing():
            if campaign[before] > campaign[after]:
                document.fault(
                    ("booking_rules", "annual_slots", "campaign", after), f"{campaign[before]} or later, after {before}"
                )


def check_tariffs(catalogue: Catalogue) -> None:
    """One price for a kind of room and a kind of organisation; each kind of room has one for all the others."""
    document = catalogue.documents["rooms.yaml"]
    rules = under(document.data, "booking_rules")
    with agreeing():
        seen: set[tuple[str, str | None]] = set()
        for index, row in numbered(under(rules, "tariffs")):
            here = ("booking_rules", "tariffs", index)
            if (pair := (row["room_category"], row["type"])) in seen:
                document.fault(here, "one row for a kind of room and a kind of organisation")
            seen.add(pair)
        for index, row in numbered(under(rules, "tariffs")):
            if (row["room_category"], None) not in seen:
                document.fault(("booking_rules", "tariffs", index), "a row without type for the same room_category")


def check_series(catalogue: Catalogue) -> None:
    """Series and activities fit the rooms and the opening hours, and no two meet."""
    rooms, house = catalogue.documents["rooms.yaml"], catalogue.documents["house.yaml"]
    known = coded(under(rooms.data, "rooms"))
    allowed = under(rooms.data, "booking_rules", "annual_slots", "frequencies")
    entries = list(_entries(catalogue, known))
    for document, here, entry in entries:
        _check_times(house, document, here, entry)
        with agreeing():
            if entry.get("frequency", "weekly") not in allowed:
                document.fault((*here, "frequency"), "one of the frequencies of booking_rules.annual_slots")
        with agreeing():
            if entry.get("people", 0) > known[entry["room"]]["safety_gauge"]:
                expected = f"at most {known[entry['room']]['safety_gauge']}, the safety_gauge of {entry['room']}"
                document.fault((*here, "people"), expected)
    _check_overlaps(known, entries)


def _entries(catalogue: Catalogue, known: Mapping[str, Any]) -> Iterator[tuple[Document, Trail, dict[str, Any]]]:
    """Everything weekly that takes a known room: series, then activities."""
    rooms, activities = catalogue.documents["rooms.yaml"], catalogue.documents["activities.yaml"]
    for structure, series in pairs(under(rooms.data, "annual_series", "by_structure")):
        for number, entry in numbered(series):
            with agreeing():
                if entry["room"] in known:
                    yield rooms, ("annual_series", "by_structure", structure, number), entry
    for number, activity in numbered(under(activities.data, "activities")):
        with agreeing():
            if activity["location"] in known:
                yield activities, ("activities", number), activity | {"room": activity["location"]}


def _check_times(house: Document, document: Document, here: Trail, entry: dict[str, Any]) -> None:
    with agreeing():
        if entry["start"] >= entry["end"]:
            document.fault((*here, "end"), "a time after the start")
            return
        day = under(house.data, "opening_hours", "school_term")[entry["weekday"]]
        if day is None or entry["start"] < day["start"] or entry["end"] > day["end"]:
            hours = f"{day['start']:%H:%M} to {day['end']:%H:%M}" if day else "closed that day"
            document.fault(
                here, f"a time when the house is open ({hours})", f"{entry['start']:%H:%M} to {entry['end']:%H:%M}"
            )


def _check_overlaps(known: Mapping[str, Any], entries: list[tuple[Document, Trail, dict[str, Any]]]) -> None:
    by_day: dict[tuple[str, str], list[tuple[Document, Trail, dict[str, Any]]]] = {}
    for found in entries:
        with agreeing():
            by_day.setdefault((found[2]["room"], found[2]["weekday"]), []).append(found)
    for (code, _weekday), day in by_day.items():
        for place, (document, here, entry) in enumerate(day):
            for other_document, there, other in day[:place]:
                with agreeing():
                    if _meet(entry, other, known[code]["gap_minutes"]):
                        other_line = f"{other_document.file}:{other_document.line(there)}"
                        expected = f"a time when {code} is free, gap_minutes kept (taken in {other_line})"
                        document.fault(here, expected, _span(entry))


def _span(entry: dict[str, Any]) -> str:
    return f"{entry['start']:%H:%M} to {entry['end']:%H:%M}"


def _meet(one: dict[str, Any], other: dict[str, Any], gap_minutes: int) -> bool:
    """Whether two weekly entries of one room and weekday may ever take it together."""
    often = {one.get("frequency", "weekly"), other.get("frequency", "weekly")}
    if often == {"even_weeks", "odd_weeks"}:
        return False
    if len(often) == 2 and all(word.startswith("monthly") for word in often):
        return False
    return all(_minutes(a["start"]) < _minutes(b["end"]) + gap_minutes for a, b in ((one, other), (other, one)))


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def check_activities(catalogue: Catalogue) -> None:
    """Totals of activities, ages, and the gauge of their room."""
    document, house = catalogue.documents["activities.yaml"], catalogue.documents["house.yaml"]
    rooms = catalogue.documents["rooms.yaml"]
    activities, totals = under(document.data, "activities"), under(document.data, "totals")
    for index, activity in numbered(activities):
        _check_activity(rooms, document, ("activities", index), activity)
    with agreeing():
        if totals["activities"] != len(activities):
            document.fault(("totals", "activities"), f"{len(activities)}, the activities below")
    for band, people in pairs(under(totals, "attendance")):
        with agreeing():
            counted = sum(activity["attendance"].get(band, 0) for activity in activities)
            if people != counted:
                document.fault(("totals", "attendance", band), f"{counted}, the people of all activities")
    with agreeing():
        visitors = sum(sum(activity["attendance"].values()) for activity in activities)
        with agreeing():
            if totals["visitors_per_week"] != visitors:
                document.fault(("totals", "visitors_per_week"), f"{visitors}, the people of all activities")
        if under(house.data, "place", "visitors_per_week") > visitors:
            house.fault(("place", "visitors_per_week"), f"at most {visitors}, the people of activities.yaml")
    with agreeing():
        if under(house.data, "place", "weekly_offers") != len(activities):
            house.fault(("place", "weekly_offers"), f"{len(activities)}, the activities of activities.yaml")


def _check_activity(rooms: Document, document: Document, here: Trail, activity: Any) -> None:
    audience = under(activity, "audience")
    with agreeing():
        ages = (audience["min_age"], audience["max_age"])
        if None not in ages and ages[0] > ages[1]:
            document.fault((*here, "audience", "max_age"), f"at least {ages[0]}, the min_age")
    with agreeing():
        if audience["min_age"] is None and audience["who"] is None:
            document.fault((*here, "audience"), "a min_age or who")
    with agreeing():
        if activity["start"] >= activity["end"]:
            document.fault((*here, "end"), "a time after the start")
    with agreeing():
        known = coded(under(rooms.data, "rooms"))
        people = sum(activity["attendance"].values())
        if activity["type"] != "drop_in" and activity["location"] in known:
            gauge = known[activity["location"]]["safety_gauge"]
            if people > gauge:
                document.fault((*here, "attendance"), f"at most {gauge} people, the safety_gauge", f"{people} people")
