"""The lines behind a figure as a page prints them: who or what, where to see it, how it stands, when, how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from fablab.i18n import _, lazy, say_date, say_when
from fablab.people.forms import SITUATION_LABELS
from fablab.people.names import short_name
from pathways.values import short_title
from pathways.views_words import STATUS_WORDS as ATTENDANCES
from reports.queries_rows import Line
from reports.values_indicators import Indicator
from reports.words import say_value
from rooms.words_activities import BANDS

_ENROLMENTS: Mapping[str, Any] = {
    "enrolled": lazy("inscrit"),
    "under_way": lazy("en cours"),
    "finished": lazy("fini"),
    "dropped": lazy("abandon"),
    "interrupted": lazy("interruption"),
    "redirected": lazy("réorienté"),
    "moved_away": lazy("parti ailleurs"),
}
_BOOKINGS: Mapping[str, Any] = {
    "confirmed": lazy("réservé"),
    "checked_in": lazy("en cours"),
    "done": lazy("venu"),
    "no_show": lazy("pas venu"),
}
#: family of indicators -> words of its codes
_STATUSES: Mapping[str, Mapping[str, Any]] = {
    "people": dict(SITUATION_LABELS),
    "pathways": _ENROLMENTS,
    "sessions": ATTENDANCES,
    "machines": _BOOKINGS,
    "house": BANDS,
}


@dataclass(frozen=True)
class Said:
    """A line in words; an empty part is not printed."""

    title: str
    url: str | None
    detail: str
    detail_url: str | None
    state: str
    when: str
    weight: str
    of_person: bool


def say(indicator: Indicator, line: Line) -> Said:
    """A line behind an indicator, as the page prints it."""
    words = _ENROLMENTS if indicator.code == "places" else _STATUSES.get(indicator.family, {})
    thing, thing_url = line.thing or "", _where(indicator, line)
    if indicator.code == "places" or indicator.family == "pathways":
        thing = short_title(thing)
    state = str(words.get(line.status, "")) if line.status else ""
    when = say_when(line.at) if line.at else say_date(line.on) if line.on else ""
    weight = "" if indicator.unit == "rate" or line.weight == 1 else say_value(indicator, line.weight)
    if line.person is None:
        return Said(thing or _("À la porte"), thing_url, "", None, state, when, weight, False)
    public_id, first, last = line.person
    url = url_for("person.show", public_id=public_id)
    return Said(short_name(first, last, None), url, thing, thing_url, state, when, weight, True)


def _where(indicator: Indicator, line: Line) -> str | None:
    """The page of the thing, where it has one."""
    if line.thing_id is None:
        return None
    if indicator.family == "sessions":
        return url_for("pathways.group", public_id=line.thing_id)
    if indicator.family == "machines":
        return url_for("bookings.show", public_id=line.thing_id)
    if indicator.code == "room_hours":
        return url_for("rooms.booking", public_id=line.thing_id)
    return None
