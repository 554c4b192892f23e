"""What must agree about rooms: areas, gauges, applicants, and that no two series or activities meet in a room."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from fablab.catalogue import Catalogue, Document, Trail

#: people allowed in a room with a single way out (ERP rules, 5th category: under 20 people)
SINGLE_EXIT = 19


def check_rooms(catalogue: Catalogue) -> None:
    """Each room on its own, and their areas together."""
    document, house = catalogue.documents["rooms.yaml"], catalogue.documents["house.yaml"]
    if not isinstance(document.data, dict) or not isinstance(document.data.get("rooms"), list):
        return
    for index, room in enumerate(document.data["rooms"]):
        if document.sound("rooms", index):
            _check_room(document, ("rooms", index), room)
    if document.sound("rooms") and house.sound("place", "lendable_area_m2"):
        area = sum(room["area_m2"] for room in document.data["rooms"])
        if area != house.data["place"]["lendable_area_m2"]:
            house.fault(("place", "lendable_area_m2"), f"{area}, the area of all rooms")


def _check_room(document: Document, here: Trail, room: dict[str, Any]) -> None:
    if room["usual_capacity"] > room["safety_gauge"]:
        document.fault((*here, "usual_capacity"), f"at most {room['safety_gauge']}, the safety_gauge")
    if room["exits"] == 1 and room["safety_gauge"] > SINGLE_EXIT:
        document.fault((*here, "safety_gauge"), f"at most {SINGLE_EXIT}, since there is a single exit")
    if room["min_hours"] > room["max_hours"]:
        document.fault((*here, "max_hours"), f"at least {room['min_hours']:g}, the min_hours")


def check_applicants(catalogue: Catalogue) -> None:
    """Conditions that are papers have their paper; dates of the campaign follow each other."""
    document = catalogue.documents["rooms.yaml"]
    if not document.sound("booking_rules"):
        return
    rules = document.data["booking_rules"]
    papers = {paper["code"] for paper in rules["papers"]}
    for index, applicant in enumerate(rules["applicants"]):
        for place, condition in enumerate(applicant["conditions"]):
            if condition in ("convention", "insurance", "deposit") and condition not in papers:
                document.fault(("booking_rules", "applicants", index, "conditions", place), "a paper of papers")
    campaign = rules["annual_slots"]["campaign"]
    for before, after in pairwise(("opens", "closes", "decided")):
        if campaign[before] > campaign[after]:
            here = ("booking_rules", "annual_slots", "campaign", after)
            document.fault(here, f"{campaign[before]} or later, after {before}")


def check_series(catalogue: Catalogue) -> None:
    """Series and activities fit the rooms and the opening hours, and no two meet."""
    rooms, house = catalogue.documents["rooms.yaml"], catalogue.documents["house.yaml"]
    if not (rooms.sound("rooms") and rooms.sound("annual_series") and rooms.sound("booking_rules", "annual_slots")):
        return
    known = {room["code"]: room for room in rooms.data["rooms"]}
    allowed = rooms.data["booking_rules"]["annual_slots"]["frequencies"]
    entries = list(_entries(catalogue))
    for document, here, entry in entries:
        _check_times(house, document, here, entry)
        if entry.get("frequency", "weekly") not in allowed:
            document.fault((*here, "frequency"), "one of the frequencies of booking_rules.annual_slots")
        if entry.get("people", 0) > known[entry["room"]]["safety_gauge"]:
            expected = f"at most {known[entry['room']]['safety_gauge']}, the safety_gauge of {entry['room']}"
            document.fault((*here, "people"), expected)
    _check_overlaps(known, entries)


def _entries(catalogue: Catalogue) -> Iterator[tuple[Document, Trail, dict[str, Any]]]:
    """Everything weekly that takes a room: series, then activities."""
    rooms, activities = catalogue.documents["rooms.yaml"], catalogue.documents["activities.yaml"]
    for structure, series in rooms.data["annual_series"]["by_structure"].items():
        for number, entry in enumerate(series):
            yield rooms, ("annual_series", "by_structure", structure, number), entry
    if activities.sound("activities"):
        codes = {room["code"] for room in rooms.data["rooms"]}
        for number, activity in enumerate(activities.data["activities"]):
            if activity["location"] in codes:
                yield activities, ("activities", number), activity | {"room": activity["location"]}


def _check_times(house: Document, document: Document, here: Trail, entry: dict[str, Any]) -> None:
    if entry["start"] >= entry["end"]:
        document.fault((*here, "end"), "a time after the start")
    elif house.sound("opening_hours"):
        day = house.data["opening_hours"]["school_term"][entry["weekday"]]
        if day is None or entry["start"] < day["start"] or entry["end"] > day["end"]:
            hours = f"{day['start']:%H:%M} to {day['end']:%H:%M}" if day else "closed that day"
            document.fault(
                here, f"a time when the house is open ({hours})", f"{entry['start']:%H:%M} to {entry['end']:%H:%M}"
            )


def _check_overlaps(known: dict[str, Any], entries: list[tuple[Document, Trail, dict[str, Any]]]) -> None:
    by_day: dict[tuple[str, str], list[tuple[Document, Trail, dict[str, Any]]]] = {}
    for found in entries:
        by_day.setdefault((found[2]["room"], found[2]["weekday"]), []).append(found)
    for (code, _weekday), day in by_day.items():
        gap = timedelta(minutes=known[code]["gap_minutes"])
        for place, (document, here, entry) in enumerate(day):
            for other_document, there, other in day[:place]:
                if _meet(entry, other, gap):
                    other_line = f"{other_document.file}:{other_document.line(there)}"
                    expected = f"a time when {code} is free, gap_minutes kept (taken in {other_line})"
                    document.fault(here, expected, _span(entry))


def _span(entry: dict[str, Any]) -> str:
    return f"{entry['start']:%H:%M} to {entry['end']:%H:%M}"


def _meet(one: dict[str, Any], other: dict[str, Any], gap: timedelta) -> bool:
    """Whether two weekly entries of one room and weekday may ever take it together."""
    often = {one.get("frequency", "weekly"), other.get("frequency", "weekly")}
    if often == {"even_weeks", "odd_weeks"}:
        return False
    if len(often) == 2 and all(word.startswith("monthly") for word in often):
        return False
    day = date(2000, 1, 3)
    starts, ends = [[datetime.combine(day, entry[name]) for entry in (one, other)] for name in ("start", "end")]
    return starts[0] < ends[1] + gap and starts[1] < ends[0] + gap


def check_activities(catalogue: Catalogue) -> None:
    """Totals of activities, ages, and the gauge of their room."""
    document, house = catalogue.documents["activities.yaml"], catalogue.documents["house.yaml"]
    rooms = catalogue.documents["rooms.yaml"]
    if not isinstance(document.data, dict) or not isinstance(document.data.get("activities"), list):
        return
    for index, activity in enumerate(document.data["activities"]):
        if document.sound("activities", index):
            _check_activity(rooms, document, ("activities", index), activity)
    if not (document.sound("activities") and document.sound("totals")):
        return
    activities, totals = document.data["activities"], document.data["totals"]
    if totals["activities"] != len(activities):
        document.fault(("totals", "activities"), f"{len(activities)}, the activities below")
    for band, people in totals["attendance"].items():
        counted = sum(activity["attendance"].get(band, 0) for activity in activities)
        if people != counted:
            document.fault(("totals", "attendance", band), f"{counted}, the people of all activities")
    visitors = sum(sum(activity["attendance"].values()) for activity in activities)
    if totals["visitors_per_week"] != visitors:
        document.fault(("totals", "visitors_per_week"), f"{visitors}, the people of all activities")
    if house.sound("place"):
        _check_house(house, len(activities), visitors)


def _check_activity(rooms: Document, document: Document, here: Trail, activity: dict[str, Any]) -> None:
    audience = activity["audience"]
    ages = (audience["min_age"], audience["max_age"])
    if None not in ages and ages[0] > ages[1]:
        document.fault((*here, "audience", "max_age"), f"at least {ages[0]}, the min_age")
    if audience["min_age"] is None and audience["who"] is None:
        document.fault((*here, "audience"), "a min_age or who")
    if activity["start"] >= activity["end"]:
        document.fault((*here, "end"), "a time after the start")
    if rooms.sound("rooms") and activity["type"] != "drop_in":
        people = sum(activity["attendance"].values())
        gauge = next((r["safety_gauge"] for r in rooms.data["rooms"] if r["code"] == activity["location"]), people)
        if people > gauge:
            document.fault((*here, "attendance"), f"at most {gauge} people, the safety_gauge", f"{people} people")


def _check_house(house: Document, offers: int, visitors: int) -> None:
    place = house.data["place"]
    if place["weekly_offers"] != offers:
        house.fault(("place", "weekly_offers"), f"{offers}, the activities of activities.yaml")
    if place["visitors_per_week"] > visitors:
        house.fault(("place", "visitors_per_week"), f"at most {visitors}, the people of activities.yaml")
