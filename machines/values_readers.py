"""What passes between a reader and the house: frozen, pure, without a database. Moments are aware and UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fablab.refusals import Refusal

#: what a reader says happened: the current on, still on, off; a card it refused
EventKind = Literal["start", "beat", "stop", "refused"]
EVENTS: tuple[EventKind, ...] = ("start", "beat", "stop", "refused")
#: how long a reader without the network may believe the list it was given
LIST_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Decision:
    """Whether a card may have the current now: until when and in which booking, or every reason against it."""

    booking_id: int | None = None
    person_id: int | None = None
    first_name: str | None = None
    until: datetime | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it."""
        return self.until is not None and not self.refusals


@dataclass(frozen=True)
class Said:
    """One event as a reader sends it, its moment by a clock set right; ``run``: the start that it follows."""

    key: str
    kind: EventKind
    at: datetime
    card: str | None = None
    run: str | None = None
    offline: bool = False


@dataclass(frozen=True)
class Allowed:
    """A line of the list that a reader keeps: the digest of a card, and from when to when it opens the machine."""

    card_digest: str
    start: datetime
    end: datetime
