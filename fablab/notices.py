"""Every notice of the house: what it speaks of, whether it can be turned off, whether it matters enough for a call.

The words of each are in templates/mail/<name>/. Somebody chooses, a group at a time, how they are told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: what a person may choose about; a notice of no group always comes by every way
GROUPS = ("bookings", "sessions", "badges")
#: by letter and on the home page, on the home page only, or only what matters, there
WAYS = ("letter", "page", "nothing")


@dataclass(frozen=True)
class Notice:
    """One kind of thing that the house has to say."""

    #: what it speaks of, as the reader chooses; empty: the account and its data, which cannot be turned off
    group: str = ""
    #: whoever is not told of it comes for nothing, or loses something: always on the home page, and called
    matters: bool = False


NOTICES = {
    "booking-made": Notice("bookings"),
    "booking-approved": Notice("bookings"),
    "booking-refused": Notice("bookings", matters=True),
    "booking-moved": Notice("bookings", matters=True),
    "booking-cancelled": Notice("bookings", matters=True),
    "booking-suspended": Notice("bookings", matters=True),
    "booking-back": Notice("bookings", matters=True),
    "booking-warned": Notice("bookings"),
    "bookings-warned": Notice("bookings"),
    "bookings-well": Notice("bookings"),
    "past-closing-agreed": Notice("bookings"),
    "past-closing-refused": Notice("bookings", matters=True),
    "past-closing-unsure": Notice("bookings"),
    "machine-back": Notice("bookings"),
    "supply-low": Notice("bookings"),
    "room-made": Notice("bookings"),
    "room-dates": Notice("bookings"),
    "room-approved": Notice("bookings"),
    "room-refused": Notice("bookings", matters=True),
    "room-moved": Notice("bookings", matters=True),
    "room-cancelled": Notice("bookings", matters=True),
    "room-set-aside": Notice("bookings", matters=True),
    "paper-ends": Notice("bookings"),
    "paper-answered": Notice("bookings"),
    "slot-offered": Notice("bookings"),
    "slot-free": Notice("bookings"),
    "enrolled": Notice("sessions"),
    "session-moved": Notice("sessions", matters=True),
    "session-restored": Notice("sessions", matters=True),
    "session-cancelled": Notice("sessions", matters=True),
    "session-leads": Notice("sessions", matters=True),
    "lead-away": Notice("sessions"),
    "group-small": Notice("sessions"),
    "own-pace-ends": Notice("sessions"),
    "helper-named": Notice("sessions"),
    "helper-ended": Notice("sessions", matters=True),
    "badge-earned": Notice("badges"),
    "badge-handed-over": Notice("badges"),
    "badge-ended": Notice("badges", matters=True),
    "badge-ends": Notice("badges"),
    "validation-answered": Notice("badges"),
    "training-answered": Notice("badges"),
    "training-planned": Notice("sessions"),
    "training-cancelled": Notice("sessions"),
    "training-left": Notice("sessions"),
    "training-again": Notice("badges"),
    "session-incident": Notice(),
    "sheet-hidden": Notice("badges"),
    "version-moved": Notice("sessions"),
    "address-refused": Notice(),
    "data-answered": Notice(),
    "password-reset": Notice(),
    "referent-follows": Notice(),
    "second-step-ended": Notice(),
    "staff-welcome": Notice(),
}

#: those for which the team calls whoever no letter reaches
MATTERING = tuple(name for name, notice in NOTICES.items() if notice.matters)


@dataclass(frozen=True)
class Told:
    """How somebody is told of something."""

    letter: bool
    message: bool
    #: called by the team when no letter can reach them
    call: bool


def told(notice: Notice, chosen: Mapping[str, str] | None) -> Told:
    """How somebody who has ``chosen`` ways by group is told; who chose nothing is written to."""
    way = (chosen or {}).get(notice.group, "letter") if notice.group else "letter"
    return Told(
        letter=way == "letter",
        message=way != "nothing" or notice.matters,
        call=notice.matters and way != "nothing",
    )
