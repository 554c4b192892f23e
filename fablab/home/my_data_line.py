"""A line of what is held about somebody, as «Mes données» shows and gives it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fablab.i18n import _, in_french, say_date
from fablab.people.models import Person


@dataclass(frozen=True)
class Line:
    """One thing held: its day or moment (None: no day), what it is, and more about it in words."""

    at: date | datetime | None
    what: str
    more: tuple[str, ...] = ()


def line_of(at: date | datetime | None, what: Any, *more: Any) -> Line:
    """A line; what is empty is left out."""
    return Line(at, _words(what), tuple(_words(one) for one in more if one))


def _words(said: Any) -> str:
    """A text as it is, marked in its language too (``str`` would lose that); anything else in words."""
    return said if isinstance(said, str) else str(said)


def name_of(person: Person | None) -> str:
    """The short name of somebody, if there is somebody."""
    return person.short_name if person else ""


def written_to(person: Person, text: str) -> str:
    """What was said to somebody, in the language of their account then."""
    return in_french(text) if person.language == "fr" else text


def until(day: date | datetime | None) -> str:
    """«jusqu’au …», if there is an end."""
    return _("jusqu’au %(day)s", day=say_date(day)) if day else ""
