"""What the rules of rooms look at: frozen, pure, without a database. Moments are aware and UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from bookings.values import Slot
from fablab import clock
from fablab.people.names import mask_of

#: the house's own rules of rooms among its settings: rooms.rules.one_off…
RULES_PREFIX = "rooms.rules"
#: whose yes a booking waits for, or which paper: nothing of it stands in the way of asking
WaitsFor = Literal["coordination", "convention", "committee"]


def last_day(slot: Slot) -> date:
    """The local day on which papers are looked at: the last one that a slot touches."""
    return clock.local_day(slot.end - timedelta(seconds=1))


@dataclass(frozen=True)
class Terms:
    """What the house asks of one kind of organisation; the row of ``rooms.rules.applicants``."""

    conditions: tuple[str, ...] = ()
    refused: bool = False
    free: bool = True
    season_hours: int | None = None


@dataclass(frozen=True)
class RoomRules:
    """The house's limits on one-off bookings of rooms; the defaults are those of the catalogue."""

    min_notice_days: int = 10
    horizon_days: int = 180
    free_cancellation_hours: int = 48
    applicants: Mapping[str, Terms] = field(default_factory=dict)
    #: cents an hour by kind of room and of organisation; «» for every other kind
    tariffs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    deposit_cents: int | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "RoomRules":
        """The limits from the house's settings; what the house did not set keeps its default."""
        one_off = settings.get("one_off") or {}
        applicants = {
            row["type"]: Terms(
                tuple(row.get("conditions", ())),
                bool(row.get("refused")),
                bool(row.get("free", True)),
                row.get("season_hours"),
            )
            for row in settings.get("applicants") or ()
        }
        tariffs = {
            (row["room_category"], row.get("type") or ""): round(row["hour_eur"] * 100)
            for row in settings.get("tariffs") or ()
        }
        deposits = [row["amount_eur"] for row in settings.get("papers") or () if row["code"] == "deposit"]
        known = ("min_notice_days", "horizon_days", "free_cancellation_hours")
        return cls(
            **{name: int(one_off[name]) for name in known if name in one_off},
            applicants=applicants,
            tariffs=tariffs,
            deposit_cents=round(deposits[0] * 100) if deposits and deposits[0] else None,
        )

    def terms(self, kind: str) -> Terms:
        """What is asked of a kind of organisation; nothing when the house does not say."""
        return self.applicants.get(kind, Terms())


@dataclass(frozen=True)
class Sheet:
    """A room, or a part of one (``whole_id``), as rules and pages see it. ``floor``: 0 is the ground floor."""

    id: int
    code: str
    name: str
    place_id: int
    category: str
    area_m2: int
    floor: int
    safety_gauge: int
    usual_capacity: int
    exits: int
    step_free: bool
    hearing_loop: bool
    equipment: tuple[str, ...]
    uses: tuple[str, ...]
    instructions: str | None
    noise: str
    approval: str
    inventory: str
    retired_on: date | None = None
    whole_id: int | None = None
    competing: bool = False


@dataclass(frozen=True)
class Cover:
    """The days that a paper covers, both included; no first day: since before anybody asked."""

    last: date
    first: date | None = None

    def has(self, day: date) -> bool:
        """Whether a day is covered."""
        return (self.first is None or self.first <= day) and day <= self.last


@dataclass(frozen=True)
class Tenant:
    """An organisation as the rules see it; of a paper given twice, both covers count, ``until`` is the last day."""

    id: int
    public_id: str
    name: str
    kind: str
    agreement: str | None
    insurance_required: bool
    insurance_until: date | None
    resident: bool = False
    sensitive: bool = False
    masked_label: str | None = None
    convention_until: date | None = None
    conventions: tuple[Cover, ...] = ()
    insurances: tuple[Cover, ...] = ()
    #: hours of its own by first day of a season, where the house gave it some
    quotas: tuple[tuple[date, int], ...] = ()

    def convention_on(self, day: date) -> bool:
        """Whether a convention covers a day: one that was accepted; before the first, what was said of it."""
        said = (Cover(self.convention_until),) if self.convention_until is not None else ()
        begun = [one for one in self.conventions or said if one.first is None or one.first <= day]
        return any(one.has(day) for one in begun) if begun else self.agreement == "signed"

    def insured_on(self, day: date) -> bool:
        """Whether its insurance covers a day, or none is asked of it."""
        return not self.insurance_required or any(one.has(day) for one in self._insurances)

    def insured_until(self, day: date) -> date | None:
        """The last day of what insures it on a day, and of whatever goes on from there; None: nothing does."""
        last = None
        while (more := max((one.last for one in self._insurances if one.has(day)), default=None)) is not None:
            last, day = more, more + timedelta(days=1)
        return last

    def insurance_ended(self, day: date) -> date | None:
        """The last day of what insured it before a day; None: nothing did."""
        return max((one.last for one in self._insurances if one.last < day), default=None)

    def insurance_begins(self, day: date) -> date | None:
        """The first day of what will insure it after a day; None: nothing known."""
        return min((one.first for one in self._insurances if one.first is not None and one.first > day), default=None)

    @property
    def _insurances(self) -> tuple[Cover, ...]:
        said = (Cover(self.insurance_until),) if self.insurance_until is not None else ()
        return self.insurances or said


@dataclass(frozen=True)
class Quota:
    """Hours that an organisation may have in a season, and the minutes it has or asked for already."""

    hours: int
    used: int

    @property
    def minutes(self) -> int:
        """What it may have, in minutes."""
        return self.hours * 60

    @property
    def left(self) -> int:
        """Minutes that are left."""
        return max(0, self.minutes - self.used)


@dataclass(frozen=True)
class Facts:
    """Everything that the rules of rooms look at for one ask; ``tenant`` None: nobody is named.

    ``quota``: its hours in the season of the ask; None: no end.
    """

    sheet: Sheet
    tenant: Tenant | None
    limits: RoomRules
    quota: Quota | None = None


@dataclass(frozen=True)
class Reader:
    """What somebody may know of who has a room: everybody's (``team``), what a mask hides, or their own alone."""

    team: bool = False
    unmasked: bool = False
    own: frozenset[int] = frozenset()

    def knows(self, structure_id: int | None) -> bool:
        """Whether it is theirs to know who has a room."""
        return self.team or structure_id in self.own


@dataclass(frozen=True)
class Told:
    """Who has a room and what for, as far as a reader may know; both empty: only that it is taken."""

    who: str = ""
    purpose: str = ""


def tell(tenant: Tenant | None, purpose: str | None, reader: Reader) -> Told:
    """Say who has a room; a sensitive organisation's name and purpose are for itself and for whoever sees masks."""
    if not reader.knows(tenant.id if tenant else None):
        return Told()
    if tenant is None:
        return Told("", purpose or "")
    if not tells_purpose(tenant, reader):
        return Told(mask_of(tenant.masked_label, tenant.id))
    return Told(tenant.name, purpose or "")


def tells_purpose(tenant: Tenant | None, reader: Reader) -> bool:
    """Whether a reader may know what an organisation does here: a mask hides it as it hides the name."""
    if not reader.knows(tenant.id if tenant else None):
        return False
    return tenant is None or not tenant.sensitive or reader.unmasked or tenant.id in reader.own


def tenant_shade(tenant: Tenant | None, *, waiting: bool, reader: Reader, structure_id: int | None) -> str:
    """The grey of a band: the house itself, residents and services, others; to a contact, their own and all others."""
    if not reader.knows(structure_id):
        return "g-3"
    if waiting:
        return "asked"
    if tenant is None:
        return "g-1"
    mine = not reader.team or tenant.resident or tenant.kind == "municipal_service"
    return "g-2" if mine else "g-3"
