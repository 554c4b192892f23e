"""Room-hours of a month from the catalogue alone: weekly activities, annual series, one-off bookings.

The figure that the house publishes is 2500 room-hours in a full school month. It is computed here from the files,
without the database, so that a change in them shows at once.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from bookings.catalogue import days_of
from fablab.catalogue import Catalogue
from fablab.catalogue_agreeing import agreeing
from fablab.catalogue_shapes import WEEKDAYS
from rooms.values_repeating import falls_on


class HouseDays:
    """The days of the house as the files tell them: days closed, school holidays and their opening hours."""

    def __init__(self, house: dict[str, Any]) -> None:
        calendar = house["calendar"]
        self.closed = {day["date"] for day in [*calendar["public_holidays"], *calendar["bridge_closures"]]}
        for closure in house["opening_hours"]["yearly_closures"]:
            self.closed.update(days_of(closure["start"], closure["end"]))
        self.school = {
            day for holiday in calendar["school_holidays"] for day in days_of(holiday["start"], holiday["end"])
        }
        self.holiday_hours = house["opening_hours"]["school_holidays"]

    def held(self, entry: dict[str, Any], day: date) -> bool:
        """Whether a weekly entry takes place on its weekday ``day``."""
        if day in self.closed:
            return False
        if day not in self.school:
            return True
        window = self.holiday_hours[entry["weekday"]]
        inside = window and window["start"] <= entry["start"] and entry["end"] <= window["end"]
        return bool(entry["in_school_holidays"] and inside)


def hours_of(entry: dict[str, Any]) -> float:
    """How long one date lasts, in hours."""
    return (_minutes(entry["end"]) - _minutes(entry["start"])) / 60


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def dates_of(entry: dict[str, Any], period: dict[str, date], days: HouseDays) -> Iterator[date]:
    """The dates on which a weekly entry really takes place."""
    weekday = WEEKDAYS.index(entry["weekday"])
    day = period["start"] + timedelta(days=(weekday - period["start"].weekday()) % 7)
    while day <= period["end"]:
        if falls_on(entry.get("frequency", "weekly"), day) and days.held(entry, day):
            yield day
        day += timedelta(days=7)


def by_month(entries: list[dict[str, Any]], period: dict[str, date], days: HouseDays) -> dict[str, float]:
    """Hours of these entries by month ("2026-11")."""
    found: dict[str, float] = {}
    for entry in entries:
        for day in dates_of(entry, period, days):
            month = f"{day:%Y-%m}"
            found[month] = found.get(month, 0) + hours_of(entry)
    return found


def room_hours(house: dict[str, Any], rooms: dict[str, Any], activities: dict[str, Any]) -> dict[str, dict[str, float]]:
    """For each month of the check: hours of activities in rooms, of series, of one-off bookings, and their total.

    The total is rounded to a whole number, as the house publishes it.
    """
    days = HouseDays(house)
    codes = {room["code"] for room in rooms["rooms"]}
    in_rooms = [entry for entry in activities["activities"] if entry["location"] in codes]
    series = [entry for entries in rooms["annual_series"]["by_structure"].values() for entry in entries]
    of_activities = by_month(in_rooms, activities["period"], days)
    of_series = by_month(series, rooms["annual_series"]["period"], days)
    one_off = sum(one["hours"] * one["count"] for one in rooms["typical_month_one_offs"])
    found = {}
    for line in rooms["room_hours_check"]:
        month = line["month"]
        parts = {
            "activities": of_activities.get(month, 0.0),
            "annual_series": of_series.get(month, 0.0),
            "one_off": one_off,
        }
        found[month] = parts | {"total": float(round(sum(parts.values())))}
    return found


def check_room_hours(catalogue: Catalogue) -> None:
    """The hours that the files make must be those they state."""
    house, rooms = catalogue.documents["house.yaml"], catalogue.documents["rooms.yaml"]
    activities = catalogue.documents["activities.yaml"]
    # A sum over nearly everything: while dates or hours are at fault, its difference would only say so again.
    needed = ((house, "calendar"), (house, "opening_hours"), (rooms, "annual_series"), (activities, "activities"))
    if not all(document.sound(name) for document, name in needed):
        return
    with agreeing():
        found = room_hours(house.data, rooms.data, activities.data)
        for index, line in enumerate(rooms.data["room_hours_check"]):
            for name, value in found[line["month"]].items():
                if abs(line[name] - value) > 0.001:
                    rooms.fault(("room_hours_check", index, name), f"{value:g}, the hours the files make")
