"""What the rules of sessions and attendance speak of. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

ATTENDANCES = ("present", "late", "absent", "excused")


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
