"""What an hour of a room is worth, what a booking costs, hours by season. Pure; money is in cents, times in minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rooms.values import RoomRules, Sheet, Tenant

#: what becomes of a deposit that was received
OUTCOMES = ("given_back", "kept")
#: what is to be paid for once it is over: kept for whoever did not come, too
TO_PAY = ("confirmed", "checked_in", "done", "no_show")
#: the years that an address may name
YEARS = range(2000, 2201)


@dataclass(frozen=True, order=True)
class Season:
    """A year of organisations, from 1 September to 31 August, as schools and most associations count."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.first.year + 1, 8, 31)

    @property
    def name(self) -> str:
        """«2026-2027»."""
        return f"{self.first.year}-{self.first.year + 1}"

    @property
    def before(self) -> "Season":
        """The one before."""
        return Season(date(self.first.year - 1, 9, 1))

    @property
    def after(self) -> "Season":
        """The next one."""
        return Season(date(self.first.year + 1, 9, 1))


def season_of(day: date) -> Season:
    """The season in which a day lies."""
    return Season(date(day.year if day.month >= 9 else day.year - 1, 9, 1))


def season_named(name: str) -> Season | None:
    """The season that an address names, «2026-2027»; None for anything else."""
    year = name[:4]
    if not (year.isascii() and year.isdigit() and int(year) in YEARS):
        return None
    found = Season(date(int(year), 9, 1))
    return found if found.name == name else None


def seasons_of(first: date, last: date) -> list[Season]:
    """Every season of the days from one to another, in order."""
    return [Season(date(year, 9, 1)) for year in range(season_of(first).first.year, season_of(last).first.year + 1)]


@dataclass(frozen=True)
class Terms:
    """What is frozen on a booking as it is made: cents an hour (None: no tariff), to be paid or not, deposit asked."""

    hour_cents: int | None
    charged: bool
    deposit_cents: int | None

    def amount(self, minutes: int) -> int | None:
        """What so many minutes are worth; None: no tariff."""
        return None if self.hour_cents is None else amount_of(minutes, self.hour_cents)


def amount_of(minutes: int, hour_cents: int) -> int:
    """Minutes at a price an hour, to the nearest cent."""
    return (minutes * hour_cents + 30) // 60


def hour_cents(limits: RoomRules, sheet: Sheet, kind: str) -> int | None:
    """The price of an hour of a room for a kind of organisation: its own row, else that of all; a part of a hall half.

    None: the house says no price for such a room.
    """
    found = limits.tariffs.get((sheet.category, kind), limits.tariffs.get((sheet.category, "")))
    if found is None or sheet.whole_id is None:
        return found
    return (found + 1) // 2


def terms_of(limits: RoomRules, sheet: Sheet, tenant: Tenant) -> Terms:
    """What a booking made today keeps."""
    asked = limits.terms(tenant.kind)
    cents = hour_cents(limits, sheet, tenant.kind)
    deposit = limits.deposit_cents if "deposit" in asked.conditions else None
    return Terms(cents, bool(cents) and not asked.free, deposit)


def quota_of(limits: RoomRules, tenant: Tenant, season: Season) -> int | None:
    """Hours that an organisation may have in a season: its own number, else that of its kind; None: no end."""
    return dict(tenant.quotas).get(season.first, limits.terms(tenant.kind).season_hours)


@dataclass(frozen=True)
class Held:
    """What an organisation held in one kind of room: minutes, and what they are worth."""

    category: str
    part: bool
    minutes: int
    cents: int


@dataclass(frozen=True)
class SeasonHours:
    """What an organisation held in a season up to a day: free of charge by kind of room, charged, without a tariff."""

    season: Season
    until: date
    free: tuple[Held, ...]
    charged_minutes: int
    charged_cents: int
    unpriced_minutes: int

    @property
    def free_minutes(self) -> int:
        """The minutes held free of charge."""
        return sum(one.minutes for one in self.free)

    @property
    def free_cents(self) -> int:
        """What they are worth."""
        return sum(one.cents for one in self.free)


def until_of(season: Season, today: date) -> date:
    """The last whole day that a statement of a season counts: its end, or yesterday."""
    return min(season.last, today - timedelta(days=1))


def added_up(rows: Mapping[tuple[str, bool, int | None, bool], int], season: Season, until: date) -> SeasonHours:
    """Minutes by kind of room, part or whole, cents an hour and charged or not: as a statement says them."""
    free: dict[tuple[str, bool], list[int]] = {}
    charged = charged_cents = unpriced = 0
    for (category, part, cents, to_pay), minutes in rows.items():
        if cents is None:
            unpriced += minutes
        elif to_pay:
            charged, charged_cents = charged + minutes, charged_cents + amount_of(minutes, cents)
        else:
            line = free.setdefault((category, part), [0, 0])
            line[0] += minutes
            line[1] += amount_of(minutes, cents)
    held = tuple(Held(*key, *line) for key, line in sorted(free.items()))
    return SeasonHours(season, until, held, charged, charged_cents, unpriced)
