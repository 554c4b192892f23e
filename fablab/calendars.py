"""What a letter carries for the reader's own calendar: an .ics file, right in every time zone, that names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

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


def kept(entries: Sequence[Entry]) -> list[dict[str, Any]] | None:
    """Entries as a letter keeps them until it leaves; None when there are none."""
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
    ] or None


def method(entries: Sequence[dict[str, Any]]) -> str:
    """CANCEL when nothing of it takes place any more, else PUBLISH."""
    return "CANCEL" if all(one["state"] == "cancelled" for one in entries) else "PUBLISH"


def written(entries: Sequence[dict[str, Any]], house: str, sender: str, public_url: str, at: datetime) -> str:
    """The .ics of entries kept, as they stood at a moment; a later moment wins in the reader's calendar.

    Times are in UTC: each calendar shows them in its own zone, before and after a change of clocks.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//fablab//letters//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method(entries))
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
    return str(calendar.to_ical(), "utf-8")
