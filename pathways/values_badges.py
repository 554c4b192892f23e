"""Badges as rules and pages see them: what one asks, where an award stands, until when it holds. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from pathways.values import end_after_months

#: A badge that ends within these days is shown as about to expire (badges.md §6: first reminder 30 days before).
SOON_DAYS = 30


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
    training_minutes: int | None = None
    training_places: int | None = None


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


@dataclass(frozen=True)
class StageGap:
    """What stands between somebody and the badge of a stage: competencies below their level, how many of a choice."""

    missing: tuple[int, ...] = ()
    to_choose: int = 0

    @property
    def closed(self) -> bool:
        """Whether nothing is missing."""
        return not (self.missing or self.to_choose)


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
