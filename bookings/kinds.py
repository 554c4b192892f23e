"""Where a kind of resource (machine, space, room) adds its own facts and rules to the engine's."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bookings.values import Ask, Limits, Presence, Scope, Whereabouts
from fablab.refusals import Refusal

if TYPE_CHECKING:
    from bookings.models import Booking
    from bookings.queries import TakenRow
    from fablab.people.models import Person


class Known:
    """What a kind has read for a scope; a part that has nothing to say leaves the answers as they are here.

    ``refusals``, ``warnings``, ``limits`` and ``supervision`` are asked of the kind of the main resource and of the
    kinds of the other resources taken, each kind once; the rest is asked of every kind.
    """

    #: heads that no booking counts (staff on shift, leads of sessions)
    presences: Sequence[Presence] = ()
    #: where people already are, when it is not by a booking they hold (a session)
    whereabouts: Sequence[Whereabouts] = ()

    def refusals(self, ask: Ask, now: datetime) -> list[Refusal]:
        """Every reason of this kind against one ask. Pure: nothing is read any more."""
        return []

    def warnings(self, ask: Ask) -> list[Refusal]:
        """What whoever books should know, and may do all the same. Pure."""
        return []

    def limits(self, ask: Ask) -> Limits | None:
        """How early and late one may ask, when this kind has its own limits; asked of the main resource's kind."""
        return None

    def supervision(self, ask: Ask) -> str | None:
        """The level of supervision to write on the booking; asked of the main resource's kind."""
        return None


NOTHING = Known()


@dataclass(frozen=True)
class Steps:
    """How a booking is lived: what was done, in lines for the team, and the local path of each step that is next.

    ``take_back`` and ``go_on`` are taken by POST, they undo ``begin`` and ``finish``; ``correct`` writes a missing end.
    """

    lines: tuple[tuple[str, object], ...] = ()
    begin: str | None = None
    finish: str | None = None
    extend: str | None = None
    take_back: str | None = None
    go_on: str | None = None
    correct: str | None = None


class Kind:
    """What a part may say about bookings."""

    def read(self, session: Session, scope: Scope, taken: Sequence["TakenRow"], now: datetime) -> Known:
        """The facts for every ask of a scope, in a number of statements that does not grow with them.

        ``taken``: what the engine has just read of the house during the scope's time.
        """
        return NOTHING

    def people(self, session: Session, bookings: Sequence["Booking"]) -> Mapping[int, Sequence["Person"]]:
        """Whom to tell about bookings, by booking id, beside their holders."""
        return {}

    def concerning(self, session: Session, person_ids: Collection[int], now: datetime) -> Sequence["Booking"]:
        """The bookings to come that depend on facts about these people, beside those that they hold."""
        return ()

    def frozen(self, session: Session, ask: Ask) -> Mapping[str, Any]:
        """What a new booking keeps of today, whatever the house changes later: values of its own columns."""
        return {}

    def ended(self, session: Session, booking: "Booking", now: datetime) -> None:
        """A booking was given a last status that lets its time go: write what this part makes of it."""

    def restored(self, session: Session, booking: "Booking", by: "Person", now: datetime) -> None:
        """A booking that was cancelled is put back: undo what ``ended`` wrote. Raises Refused, and it is not."""

    def notice(self, booking: "Booking", notice: str) -> str:
        """The notice that says the same to whoever has a booking of this kind, in words of their own."""
        return notice

    def page(self, session: Session, booking: "Booking") -> str | None:
        """Where the team changes what a booking is a part of: a local path, or None when it stands for itself."""
        return None

    def steps(self, session: Session, booking: "Booking", now: datetime) -> Steps | None:
        """How a booking of this kind of resource is begun and ended; None where one tap is enough."""
        return None

    def late_after(self, session: Session) -> timedelta | None:
        """How long after its start a booking that nobody began keeps its time; None: to its end."""
        return None


_KINDS: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Say which rules go with resources of this kind."""
    _KINDS[name] = kind


def of(names: Iterable[str]) -> list[Kind]:
    """The kinds registered under these names, in that order, each once."""
    return list(dict.fromkeys(_KINDS[name] for name in names if name in _KINDS))


def every() -> list[Kind]:
    """All kinds, each once."""
    return list(dict.fromkeys(_KINDS.values()))
