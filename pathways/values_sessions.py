"""What the rules of sessions and attendance speak of. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

ATTENDANCES = ("present", "late", "absent", "excused")
NOTE_KINDS = ("note", "near_miss", "accident")
#: letters of a note about a session
NOTE_LENGTH = 500
#: who may have been told of an accident, beside the coordination, whom the program tells
TOLD = ("rescue", "first_aider", "guardian", "prescriber", "direction")


@dataclass(frozen=True)
class PartWish:
    """A stretch of a session to plan: in the Fablab with these machines, or elsewhere (then no resource)."""

    start: datetime
    end: datetime
    machine_ids: tuple[int, ...] = ()
    elsewhere: str | None = None

    def later(self, by: timedelta) -> "PartWish":
        """The same stretch, as long, begun later (or earlier)."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class RollFacts:
    """What the rules of attendance must know of a session."""

    may_lead: bool
    expected: frozenset[int]
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False


@dataclass(frozen=True)
class PlanFacts:
    """What the rules of planning a session must know; ``leads_team`` says of each lead whether of the team."""

    may_plan: bool
    group_closed: bool
    leads_team: Mapping[int, bool]
    begun: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class Meeting:
    """Something that already takes somebody's time, with words for staff: a session or a booking."""

    person_id: int
    start: datetime
    end: datetime
    what: str


@dataclass(frozen=True)
class NoteFacts:
    """What the rules of notes must know; ``names`` are the first and last names of whoever takes part."""

    may_lead: bool
    begun: bool
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LeadFacts:
    """What the rules of other leads must know; ``leads_team`` says of each one whether of the team."""

    may_plan: bool
    leads_team: Mapping[int, bool]
    over: bool
    cancelled: bool


@dataclass(frozen=True)
class SpotFacts:
    """What the rules of adding somebody on the spot must know, those of enrolling left aside."""

    may_lead: bool
    opens_at: datetime
    closes_at: datetime
    cancelled: bool
    expected: bool
