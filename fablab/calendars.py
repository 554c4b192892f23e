"""What a reader's own calendar gets: the .ics of a letter, a feed that it follows. Right everywhere, naming nobody."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

#: how often a calendar that follows a feed is asked to look again
_LOOK_AGAIN = timedelta(hours=1)
#: numbers of changes are counted from here, to stay small
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One thing that happens at a time; the same ``uid`` again changes it in the reader's calendar."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    #: confirmed, tentative or cancelled, as calendars know them (RFC 5545)
    state: str = "confirmed"
    #: a local path: where it is seen
    link: str = ""


def kept(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries as plain values: a letter keeps them until it leaves."""
    return [
        {
            "uid": one.uid,
            "title": one.title,
            "starts": one.starts_at.isoformat(),
            "ends": one.ends_at.isoformat(),
            "state": one.state,
            "link": one.link,
        }
        for one in entries
    ]


def method(entries: Sequence[dict[str, Any]]) -> str:
    """CANCEL when nothing of it takes place any more, else PUBLISH."""
    return "CANCEL" if all(one["state"] == "cancelled" for one in entries) else "PUBLISH"


def written(entries: Sequence[dict[str, Any]], house: str, sender: str, public_url: str, at: datetime) -> str:
    """The .ics of a letter: entries kept, as they stood at a moment; a later moment wins in the reader's calendar."""
    calendar = _calendar(entries, house, sender, public_url, at)
    calendar.add("method", method(entries))
    return str(calendar.to_ical(), "utf-8")


def feed(entries: Sequence[dict[str, Any]], name: str, house: str, sender: str, public_url: str, at: datetime) -> str:
    """The .ics that a calendar follows and asks for again: all of it, what was cancelled too (RFC 5545, RFC 7986)."""
    calendar = _calendar(entries, house, sender, public_url, at)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    return str(calendar.to_ical(), "utf-8")


def mark_of(entries: Sequence[dict[str, Any]], *words: str) -> str:
    """A mark of what a feed says, whatever the moment it is asked: the same as long as nothing changes."""
    said = json.dumps([entries, words], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _calendar(entries: Sequence[dict[str, Any]], house: str, sender: str, public_url: str, at: datetime) -> Calendar:
    """Times are in UTC: each calendar shows them in its own zone, before and after a change of clocks."""
    calendar = Calendar()
    calendar.add("prodid", "-//fablab//letters//FR")
    calendar.add("version", "2.0")
    organiser = vCalAddress(f"mailto:{sender}")
    organiser.params["CN"] = vText(house)
    host = sender.rpartition("@")[2]
    for one in entries:
        event = Event()
        event.add("uid", f"{one['uid']}@{host}")
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", datetime.fromisoformat(one["starts"]).astimezone(UTC))
        event.add("dtend", datetime.fromisoformat(one["ends"]).astimezone(UTC))
        # A number that only grows: the seconds of the moment. No count of changes is kept anywhere.
        event.add("sequence", max(0, int((at - _BEGAN).total_seconds())))
        event.add("status", one["state"].upper())
        event.add("summary", one["title"])
        event.add("location", house)
        event.add("organizer", organiser)
        if one["link"]:
            event.add("url", public_url + one["link"])
        calendar.add_component(event)
    return calendar
