"""The board of the day at the desk: rooms by hour, who is expected, in, late; the next change; the Fablab's hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings.queries_house import house_of
from bookings.values import Slot
from fablab import clock
from fablab.home import open_lab
from fablab.people.models import Person
from pathways.queries_crowd import Crowd, crowd
from pathways.queries_sessions import floor_place
from rooms import queries, queries_day, queries_desk, queries_keys, queries_money, rules_desk
from rooms.queries_desk import DeskLine
from rooms.queries_keys import KeyLine
from rooms.reading import reader_of
from rooms.values import tell

TEMPLATE, CLOSING = "home/day_board.html", "home/closing.html"
#: the parts of the board, in the order of what the desk does first
PARTS = (("unseen", "late", "over"), ("soon", "expected"), ("in",), ("left", "absent"))


@dataclass(frozen=True)
class Lab:
    """The Fablab at this moment: open until, opens at, or neither; and who is in it."""

    open_until: datetime | None
    opens_at: datetime | None
    crowd: Crowd | None


def context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Everything the board prints; the number of statements does not grow with the facts."""
    lines = queries_desk.day_of_rooms(session, now, reader_of(session, person, clock.local_day(now)))
    to_come = [one for one in lines if one.booking.status == "confirmed"]
    to_see, coming, inside, over = ([one for one in lines if one.stage in part] for part in PARTS)
    return {
        "now": now,
        "to_see": to_see,
        "coming": coming,
        "inside": inside,
        "over": over,
        "people": people_in(lines),
        "change": rules_desk.next_change([(one.slot.start, one.room.name) for one in to_come], now),
        "lab": lab_of(session, now),
        "owing": queries_money.owing(session, [one.booking for one in lines]),
        "keys": queries_keys.count(session, clock.local_day(now)),
        "closed": queries_desk.closed_now(session, now),
        "opened": queries_day.day_at(session, clock.local_day(now)),
        "notes": [one for one in queries_day.notes_for(session, clock.local_day(now)) if one.seen_at is None],
    }


def closing(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """What is left to note before the day is closed."""
    lines = queries_desk.day_of_rooms(session, now, reader_of(session, person, clock.local_day(now)))
    return {
        "now": now,
        "inside": [one for one in lines if one.stage in ("in", "over")],
        "unseen": [one for one in lines if one.stage == "unseen"],
        "uncounted": [one for one in lines if one.stage == "left" and one.planned is None],
        "keys": _keys_due(session, person, clock.local_day(now)),
        "lab": open_lab.left_to_close(session, now),
        "opened": queries_day.day_at(session, clock.local_day(now)),
    }


def _keys_due(session: Session, person: Person, today: date) -> list[tuple[KeyLine, str]]:
    """Keys and badges that should be back by tonight, each with whose it is as the reader may read it."""
    due, reader = queries_keys.due_today(session, today), reader_of(session, person, today)
    return [(one, tell(queries.tenants(session)[one.key.structure_id], None, reader).who) for one in due]


def people_in(lines: Sequence[DeskLine]) -> int:
    """How many people organisations have in rooms now, as counted, or as planned where nobody counted."""
    return sum(one.booking.headcount for one in lines if one.booking.status == "checked_in")


def lab_of(session: Session, now: datetime) -> Lab | None:
    """Whether the Fablab is open to everybody now, and who is in it; None in a house without one."""
    place_id, day = floor_place(session), clock.local_day(now)
    if place_id is None:
        return None
    house = house_of(session)
    windows: Sequence[Slot] = ()
    if house.public_holiday(day) is None:
        windows = [one for one in house.open(place_id, "open_lab", day, day) or () if one.end > now]
    until = next((one.end for one in windows if one.start <= now), None)
    opens = min((one.start for one in windows if one.start > now), default=None)
    return Lab(until, opens, crowd(session, now))
