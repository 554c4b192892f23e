"""Where a kind of resource (machine, space, room) adds its own facts and rules to the engine's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bookings.values import Ask, Limits, Presence, Slot, Whereabouts
from fablab.refusals import Refusal

if TYPE_CHECKING:
    from bookings.models import Booking
    from fablab.people.models import Person


class Kind:
    """What a part may say about bookings; every method has an answer for a part that has nothing to say.

    ``gather``, ``refusals``, ``limits`` and ``supervision`` are asked of the kind of the main resource and of
    the kinds of the other resources taken, each kind once; the rest is asked of every kind.
    """

    def gather(self, session: Session, asks: Sequence[Ask], now: datetime) -> Mapping[Ask, Any]:
        """The facts of many asks at once, in a number of statements that does not grow with them."""
        return {}

    def refusals(self, ask: Ask, facts: Any, now: datetime) -> list[Refusal]:
        """Pure: every reason of this kind against one ask; ``facts`` is what gather found for it, or None."""
        return []

    def limits(self, ask: Ask, facts: Any) -> Limits | None:
        """How early and late one may ask, when this kind has its own limits; asked of the main resource's kind."""
        return None

    def supervision(self, ask: Ask, facts: Any, now: datetime) -> str | None:
        """The level of supervision to write on the booking; asked of the main resource's kind."""
        return None

    def presences(self, session: Session, place_ids: Iterable[int], span: Slot) -> list[Presence]:
        """Heads that no booking counts (staff on shift, leads of sessions) in these places during a time."""
        return []

    def whereabouts(self, session: Session, person_ids: Iterable[int], span: Slot) -> list[Whereabouts]:
        """Where these people already are during a time, when it is not by a booking they hold (a session)."""
        return []

    def people(self, session: Session, bookings: Sequence["Booking"]) -> Mapping[int, Sequence["Person"]]:
        """Whom to tell about bookings, by booking id, beside their holders."""
        return {}


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
