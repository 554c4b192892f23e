"""What an entry of the journal says beside its verb: from what to what, how many, which rule. In words, no names."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from fablab.home.navigation import ROLE_LABELS
from fablab.home.settings_hours import SEASONS, USES, WEEKDAYS, WEEKS
from fablab.home.settings_labels import LABELS
from fablab.i18n import _, ngettext, say_hour, say_when
from fablab.journal import JournalEntry
from fablab.permissions import Role
from pathways.forms import LEAVING_WORDS
from pathways.views_words import STATUS_WORDS

Details = Mapping[str, Any]


def more_of(entry: JournalEntry) -> str:
    """The details of an entry in a sentence; nothing where the verb says it all, or what an old entry lacks."""
    say = _DETAILS.get(entry.verb)
    try:
        return say(entry.details) if say else ""
    except (KeyError, TypeError, ValueError):
        return ""  # written by an earlier release, which said less


def _moved(details: Details) -> str:
    before, after = (datetime.fromisoformat(details[end].partition("/")[0]) for end in ("from", "to"))
    return _("Du %(before)s au %(after)s.", before=say_when(before), after=say_when(after))


def _presence(details: Details) -> str:
    return _from_to(STATUS_WORDS[details["before"]], STATUS_WORDS[details["after"]])


def _roles(details: Details) -> str:
    before, after = (", ".join(str(ROLE_LABELS[Role(role)]) for role in details[end]) for end in ("before", "after"))
    return _from_to(before or _("rien"), after or _("rien"))


def _setting(details: Details) -> str:
    return f"{_label(details)}\u00a0: {_from_to(details['before'], details['after'])}"


def _hours(details: Details) -> str:
    """«Fablab, Mardi, en période scolaire: fermé, puis 10:00–12:00 (Groupes)»; an earlier release kept no place."""
    day = f"{WEEKDAYS[details['weekday']]}, {SEASONS[details['season']]}"
    changed = _from_to(*(", ".join(map(_window, details[end])) or _("fermé") for end in ("before", "after")))
    return f"{', '.join(filter(None, (details.get('place'), day)))}\u00a0: {changed}"


def _window(said: str) -> str:
    span, use, *weeks = said.split(" ")
    opens, closes = (time.fromisoformat(end) for end in span.split("-"))
    more = [str(USES[use])] if use != "open" else []
    more += [str(WEEKS.get(nth, nth)) for nth in weeks]
    return f"{say_hour(opens)} – {say_hour(closes)}" + (f" ({', '.join(more)})" if more else "")


def _label(details: Details) -> str:
    return str(LABELS.get(details["key"], details["key"]))


def _from_to(before: Any, after: Any) -> str:
    return _("%(before)s, puis %(after)s", before=before, after=after)


def _badge(details: Details) -> str:
    return _("Badge %(code)s", code=details["badge"])


def _cells(details: Details) -> str:
    return ngettext("%(num)s validation", "%(num)s validations", details["lines"])


def _leaving(details: Details) -> str:
    return str(LEAVING_WORDS[details["status"]])


def _version(details: Details) -> str:
    return _("%(code)s, version %(number)s", code=details["pathway"], number=details["number"])


def _span(details: Details) -> str:
    return _("Du %(from)s au %(until)s", **{"from": details["starts_on"], "until": details["ends_on"]})


def _level(details: Details) -> str:
    return _("Niveau %(level)s", level=details["level"])


_DETAILS: Mapping[str, Callable[[Details], str]] = {
    "booking.moved": _moved,
    "attendance.change": _presence,
    "staff.roles": _roles,
    "hours.change": _hours,
    "setting.change": _setting,
    "setting.confirm": _label,
    "badge.hand_over": _badge,
    "badge.earn": _badge,
    "right.give": _badge,
    "validation.save": _cells,
    "validation.correct": _level,
    "enrolment.leave": _leaving,
    "version.prepare": _version,
    "version.change": _version,
    "version.discard": _version,
    "version.publish": _version,
    "version.unpublish": _version,
    "version.move": _version,
    "version.move_back": _version,
    "calendar.add": _span,
    "calendar.remove": _span,
}
