"""The hours that the house's own files gave it: the default of each weekday, until somebody says otherwise."""

from collections.abc import Mapping
from datetime import date

from bookings import catalogue as bookings_catalogue
from bookings.catalogue_stores import HOURS
from fablab.catalogue_parts import items_of
from fablab.catalogue_shapes import WEEKDAYS
from fablab.home import catalogue as house_catalogue
from fablab.home.settings_actions import Window
from machines import catalogue as machines_catalogue

#: the windows of a day, in order, by code of the place, season and weekday (0 to 6)
Hours = Mapping[tuple[str, str, int], list[Window]]
#: the files that say hours: those of the house, and those of the place of its machines
_PARTS = (bookings_catalogue.PART, machines_catalogue.PART)


def default_hours(today: date) -> Hours:
    """Every day of which the files say the hours; an absent day was closed."""
    found: dict[tuple[str, str, int], list[Window]] = {}
    for item in items_of(_PARTS, house_catalogue.own(), today):
        if item.kind == HOURS.kind:
            place, season, weekday = item.code.rsplit(".", 2)
            windows = [
                Window(one["start"], one["end"], one["use"], tuple(one["nth"])) for one in item.values["windows"]
            ]
            found[place, season, WEEKDAYS.index(weekday)] = sorted(windows, key=lambda one: one.opens)
    return found
