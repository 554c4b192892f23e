"""What rules and pages of training speak of: plain values, no Flask, no SQLAlchemy.

Days are calendar days of the house; moments are aware and UTC. Levels are those of the house's scale,
0 («pas encore vu») to 4 («transmet»): see pathways/data/pathways.yaml.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from fablab import clock

#: A badge that ends within these days is shown as about to expire (badges.md §6: first reminder 30 days before).
SOON_DAYS = 30
LEVELS = (1, 2, 3, 4)
#: letters that a note about a skill may have
NOTE_LENGTH = 300
ATTENDANCES = ("present", "late", "absent", "excused")


# --- days ---------------------------------------------------------------------------------------


def months_later(day: date, months: int) -> date:
    """The same day of the month, N months on; the last of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def end_after_months(moment: datetime, months: int) -> datetime:
    """First moment after the end of the local day that falls N months after ``moment``, UTC.

    Counted in local days, so that a change of clock neither takes nor gives an hour.
    """
    return clock.day_bounds(months_later(clock.local_day(moment), months))[1]


def school_year(day: date) -> tuple[date, date]:
    """First and last day of the school year of a day: 1 September to 31 August."""
    first = date(day.year if day.month >= 9 else day.year - 1, 9, 1)
    return first, date(first.year + 1, 8, 31)


# --- validations --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One cell of the grid, filled: this person reached this level of this competency.

    ``note`` is about the skill, never about the person; ``evidence`` a kind of proof, the competency's own when None.
    """

    person_id: int
    competency_id: int
    level: int
    note: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class BatchFacts:
    """What the rules of validation must know. ``names`` are for sentences shown to staff only.

    ``asked_by`` gives, for each competency, the safety badges that ask it; ``rights`` the badges for which
    the author holds the right on that day. ``expected`` is None when there is no session.
    """

    author_id: int
    may_validate: bool
    absent: frozenset[int] = frozenset()
    expected: frozenset[int] | None = None
    begun: bool = True
    cancelled: bool = False
    asked_by: Mapping[int, frozenset[int]] = field(default_factory=dict)
    rights: frozenset[int] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A validation as the projection sees it: its level, and the one it corrects."""

    id: int
    level: int
    corrects_id: int | None = None


@dataclass(frozen=True)
class CorrectionFacts:
    """What the rules of a correction must know; ``rights_ok`` as for a validation of that competency."""

    author_id: int
    person_id: int
    may_validate: bool
    rights_ok: bool
    level_now: int
    already_corrected: bool


@dataclass(frozen=True)
class UndoFacts:
    """What the rule of «undo this batch» must know."""

    author_id: int
    saved_on: date
    is_correction: bool


# --- badges -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requirement:
    """A competency, its words, and the level asked."""

    competency_id: int
    code: str
    title: str
    i_can: str
    level: int


@dataclass(frozen=True)
class Named:
    """A badge named in a sentence."""

    code: str
    name: str


@dataclass(frozen=True)
class BadgeTerms:
    """What a safety badge asks, opens and lasts."""

    id: int
    code: str
    name: str
    min_age: int | None = None
    validity_months: int | None = None
    disuse_months: int | None = None
    requirements: tuple[Requirement, ...] = ()
    prerequisites: tuple[Named, ...] = ()
    renewal_minutes: int | None = None
    renewal_test: str | None = None


@dataclass(frozen=True)
class Gap:
    """What stands between somebody and a badge. Nothing missing: ready to be handed over."""

    badge: BadgeTerms
    missing: tuple[Requirement, ...] = ()
    reached: tuple[Requirement, ...] = ()
    badges: tuple[Named, ...] = ()
    too_young: bool = False

    @property
    def ready(self) -> bool:
        """Whether levels, prerequisites and age are reached."""
        return not (self.missing or self.badges or self.too_young)

    @property
    def size(self) -> int:
        """How many things are missing."""
        return len(self.missing) + len(self.badges) + self.too_young


class BadgeState(StrEnum):
    """Where an award stands at a moment."""

    VALID = "valid"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Standing:
    """The latest award of a badge to somebody, and until when it holds.

    ``expires_at`` and ``lapses_at`` are the first moments at which it no longer holds (UTC; None: never);
    ``lapses_at`` is by disuse, as known from the uses so far. ``prerequisites`` are codes of badges that
    must hold as well for machines to open.
    """

    badge_id: int
    code: str
    name: str
    award_id: int
    public_id: str
    awarded_at: datetime
    expires_at: datetime | None = None
    lapses_at: datetime | None = None
    last_use: datetime | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None
    author_name: str | None = None
    prerequisites: tuple[str, ...] = ()

    @cached_property
    def until(self) -> datetime | None:
        """First moment at which it no longer holds by itself, whatever the reason; None: it never ends."""
        return min((end for end in (self.expires_at, self.lapses_at, self.ended_at) if end), default=None)

    def covers(self, end: datetime) -> bool:
        """Whether it still holds at the end of a slot; prerequisites are not looked at."""
        return self.awarded_at <= end and (self.until is None or end <= self.until) and self.ended_at is None


@dataclass(frozen=True)
class Lack:
    """A badge that does not hold, and why: never, expired, lapsed, revoked, expires_before or lapses_before the end."""

    code: str
    reason: str
    since: datetime | None = None


def award_state(standing: Standing, now: datetime) -> BadgeState:
    """Where an award stands now; what ended first gives the word."""
    if standing.ended_at:
        return BadgeState.REVOKED
    if standing.expires_at and standing.expires_at <= now:
        lapsed_first = standing.lapses_at and standing.lapses_at < standing.expires_at
        return BadgeState.LAPSED if lapsed_first else BadgeState.EXPIRED
    if standing.lapses_at and standing.lapses_at <= now:
        return BadgeState.LAPSED
    if standing.until and standing.until <= now + timedelta(days=SOON_DAYS):
        return BadgeState.EXPIRES_SOON
    return BadgeState.VALID


def lapse_of(awarded_at: datetime, uses: list[datetime], disuse_months: int | None) -> datetime | None:
    """First moment at which an award lapses by disuse, knowing its uses in any order; None: no such rule.

    The first silence that is too long ends it: a later use does not wake it (a renewal does).
    """
    if disuse_months is None:
        return None
    end = end_after_months(awarded_at, disuse_months)
    for use in sorted(use for use in uses if use > awarded_at):
        if use >= end:
            break
        end = end_after_months(use, disuse_months)
    return end


def lacks(standings: Mapping[str, Standing], needed: str, end: datetime, now: datetime) -> list[Lack]:
    """Why a badge and its prerequisites do not hold until the end of a slot; empty: they do.

    ``standings`` are those of one person, by badge code.
    """
    found: list[Lack] = []
    waiting, seen = [needed], set()
    while waiting:
        code = waiting.pop(0)
        if code in seen:
            continue
        seen.add(code)
        standing = standings.get(code)
        if standing is None:
            found.append(Lack(code, "never"))
            continue
        if not standing.covers(end):
            found.append(_lack(standing, now))
        waiting.extend(standing.prerequisites)
    return found


def _lack(standing: Standing, now: datetime) -> Lack:
    state = award_state(standing, now)
    if state in (BadgeState.EXPIRED, BadgeState.LAPSED, BadgeState.REVOKED):
        return Lack(standing.code, state.value, standing.until)
    expires_first = not standing.lapses_at or (standing.expires_at and standing.expires_at <= standing.lapses_at)
    return Lack(standing.code, "expires_before" if expires_first else "lapses_before", standing.until)


# --- sessions -----------------------------------------------------------------------------------


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


# --- enrolment ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """Whom a version of a pathway welcomes. Prerequisites as in the catalogue file."""

    title: str
    situations: tuple[str, ...]
    min_age: int
    max_age: int
    extended_max_age: int | None = None
    extended_condition: str | None = None
    group_max: int | None = None
    any_pathway_finished: tuple[Named, ...] = ()
    all_badges_valid: tuple[Named, ...] = ()


@dataclass(frozen=True)
class EnrolmentFacts:
    """What is known of somebody on the day they are enrolled. ``group_size`` is None without a group."""

    day: date
    birth_date: date | None
    situation: str | None
    finished: frozenset[str] = frozenset()
    valid_badges: frozenset[str] = frozenset()
    already: bool = False
    published: bool = True
    group_size: int | None = None
    group_closed: bool = False
    group_of_version: bool = True


def last_day(expires_at: datetime | None) -> date | None:
    """The last local day on which something that expires at a moment still holds."""
    return clock.local_day(expires_at - timedelta(seconds=1)) if expires_at else None
