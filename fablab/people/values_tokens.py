"""What keys for programs may be given: frozen, pure, without a database."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["own", "house"]
#: what a key opens -> the verb that its maker needs: for their own things, for the house's
SCOPES: dict[str, tuple[str, str]] = {
    "machines:read": ("booking.own", "token.house"),
    "bookings:read": ("booking.own", "machine.read"),
    "bookings:write": ("booking.own", "machine.book_for"),
    "badges:read": ("pathway.own", "person.read"),
    "usage:read": ("booking.own", "machine.hours"),
}


def verb_of(scope: str, kind: str) -> str:
    """The verb that whoever a key acts for needs for this scope, today and at each request."""
    own, house = SCOPES[scope]
    return own if kind == "own" else house


@dataclass(frozen=True)
class Wanted:
    """A key that somebody asks for; ``last_day``: the last day on which it opens anything."""

    kind: Kind
    name: str
    scopes: tuple[str, ...]
    last_day: date
