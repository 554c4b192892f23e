"""What programs ask and are answered, as the document of the API says it: shapes, pure. Moments carry their offset."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

PublicId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Code = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9_-]+$")]


def _possible(moment: datetime) -> datetime:
    # Weeks are counted around it: none is wanted near the ends of what a date can hold.
    if not 2000 < moment.year < 2100:
        raise ValueError("a moment between 2001 and 2099")
    return moment.replace(microsecond=0)


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_possible),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-25T16:30:00+01:00"]}),
]


class Shape(BaseModel):
    """What is answered."""

    model_config = ConfigDict(defer_build=True)


class Asked(BaseModel):
    """What is asked: read strictly."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class BadgeNeeded(Shape):
    """The badge that opens a machine."""

    code: str
    name: str


class MachineShape(Shape):
    """A machine, and whether it works now."""

    code: str
    name: str
    family: str
    state: Literal["works", "in_use", "to_check", "maintenance", "broken"]
    back_on: date | None = Field(description="the day a broken machine should work again")
    badge: BadgeNeeded
    step_minutes: int
    min_minutes: int
    max_minutes: int


class MachinePage(Shape):
    """Machines in the house's order."""

    items: list[MachineShape]
    next: str | None = Field(description="the cursor of the next page")


class FreeSlot(Shape):
    """A time that can be booked."""

    start: datetime
    end: datetime


class FreeSlots(Shape):
    """The free times of a machine for a length."""

    machine: str
    minutes: int
    items: list[FreeSlot]


class BookingShape(Shape):
    """A machine booked by a person; a house key reads the person's public id, never a name."""

    id: str
    machine: str
    person: str
    start: datetime
    end: datetime
    status: Literal["requested", "confirmed", "checked_in", "done", "no_show", "cancelled", "refused"]
    suspended: bool = Field(description="a closure or a breakdown lies over it")
    supervision: Literal["beside", "in_room", "autonomous"] | None


class BookingPage(Shape):
    """Bookings, by start."""

    items: list[BookingShape]
    next: str | None


class BadgeShape(Shape):
    """A badge held, or that was; safety badges may end."""

    code: str | None = Field(description="of a safety badge")
    name: str
    kind: Literal["safety", "stage", "pathway"]
    state: Literal["valid", "expires_soon", "expired", "lapsed", "revoked"]
    awarded_at: datetime
    until: datetime | None = Field(description="first moment at which it no longer holds")


class Badges(Shape):
    """The badges of a person."""

    person: str
    items: list[BadgeShape]


class UseShape(Shape):
    """A machine used: from the arrival to the end that was said, or that of the booking when nobody said one."""

    booking: str
    machine: str
    person: str
    started_at: datetime
    ended_at: datetime | None = Field(description="empty: still in use")
    minutes: int | None


class UsePage(Shape):
    """Uses, by start of their booking."""

    items: list[UseShape]
    next: str | None


class RefusalShape(Shape):
    """One reason against it."""

    code: str
    sentence: str
    field: str = Field("", description="which part of the request it is about")
    next: dict[str, str] | None = Field(None, description="label and url of what to do about it")


class ProblemShape(Shape):
    """Why not (RFC 9457): every reason at once."""

    type: str
    title: str
    status: int
    detail: str
    refusals: list[RefusalShape]


class Paging(Asked):
    """A page of a list: go on with ``next`` of the one before."""

    cursor: Annotated[str, Field(max_length=60)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class MachinesAsked(Paging):
    """Which machines."""

    family: Annotated[str, Field(max_length=40)] | None = None


class Period(Paging):
    """From a moment to another, 92 days at most; 28 days where only one is told, or none."""

    since: Moment | None = Field(None, alias="from")
    until: Moment | None = Field(None, alias="to")
    machine: Code | None = None
    person: PublicId | None = None


class BookingsAsked(Period):
    """Which bookings."""

    status: Literal["requested", "confirmed", "checked_in", "done", "no_show", "cancelled", "refused"] | None = None


class UsesAsked(Period):
    """Which uses; the 28 days before now unless told."""


class SlotsAsked(Asked):
    """A week of free times at most; for a person, those that every rule accepts for them."""

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    person: PublicId | None = None


class BadgesAsked(Asked):
    """Whose badges: a house key says it."""

    person: PublicId | None = None


class BookingWanted(Asked):
    """A machine to book. A house key says for whom; a key of one's own books for oneself."""

    machine: Code
    start: Moment
    minutes: Annotated[int, Field(ge=1, le=1440)]
    person: PublicId | None = None


class MoveWanted(Asked):
    """Another start for a booking, which keeps its length."""

    start: Moment


class CancelWanted(Asked):
    """Why somebody else's booking is cancelled; not asked for one's own."""

    reason: Literal["asked", "machine", "team", "event", "mistake"] | None = None


def schema_of(shapes: list[type[BaseModel]]) -> dict[str, Any]:
    """The JSON Schema (2020-12, that of OpenAPI 3.1) of these shapes and of all they hold, by name."""
    found: dict[str, Any] = {}
    for shape in shapes:
        mode: Any = "serialization" if issubclass(shape, Shape) else "validation"
        told = shape.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)
        found |= told.pop("$defs", {})
        found[shape.__name__] = told
    return found
