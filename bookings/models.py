"""The engine's tables: where heads are counted, what can be taken, who takes it, and the time really taken."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person, Structure

STATUSES = ("requested", "confirmed", "checked_in", "done", "no_show", "cancelled", "refused")
#: statuses of a booking that is still to be lived
LIVE = ("requested", "confirmed", "checked_in")


class Place(Model):
    """Where heads are counted: the house, the Fablab in it. The house's row is the one lock."""

    __tablename__ = "place"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    gauge: Mapped[int | None] = mapped_column(comment="people at once, staff included; empty: not counted")
    area_m2: Mapped[int | None]
    data_status: Mapped[str] = mapped_column(String(20), default="invented")

    parent: Mapped["Place | None"] = relationship(remote_side="Place.id")
    resources: Mapped[list["Resource"]] = relationship(back_populates="place")


class Resource(Model):
    """Whatever cannot be in two places at once: a machine, a room, half a room, the Fablab's floor."""

    __tablename__ = "resource"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "space"}
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), comment="space, machine, room")
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    simple_name: Mapped[str] = mapped_column(String(160), comment="the name young people read")
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    whole_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), comment="the divisible hall of this part")
    step_minutes: Mapped[int] = mapped_column(default=30)
    min_minutes: Mapped[int] = mapped_column(default=30)
    max_minutes: Mapped[int] = mapped_column(default=480)
    turnaround: Mapped[int] = mapped_column(default=0, comment="minutes kept after each booking (cleaning)")
    first_come: Mapped[bool] = mapped_column(default=True, comment="a request already holds its time")
    retired_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)
    data_status: Mapped[str] = mapped_column(String(20), default="invented")

    place: Mapped[Place] = relationship(back_populates="resources")
    whole: Mapped["Resource | None"] = relationship(remote_side="Resource.id", back_populates="parts")
    parts: Mapped[list["Resource"]] = relationship(back_populates="whole", order_by="Resource.id")


class Booking(Model):
    """Somebody (or a session, or an organisation) takes a resource for a time. Half-open, UTC."""

    __tablename__ = "booking"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("kind", ("own", "session", "rental", "training")),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("headcount >= 0", name="headcount_positive"),
        Index("ix_booking_holder", "holder_id", "starts_at"),
        # Everything that the hours of a year add up: read without touching the rows.
        Index("ix_booking_resource", "resource_id", "starts_at", "ends_at", "kind", "status", "suspended"),
        Index(
            "ix_booking_session",
            "starts_at",
            postgresql_where=text("kind = 'session'"),
            sqlite_where=text("kind = 'session'"),
        ),
        Index(
            "ix_booking_training",
            "status",
            "starts_at",
            postgresql_where=text("kind = 'training'"),
            sqlite_where=text("kind = 'training'"),
        ),
        # What an organisation has, had or asked for in a season: asked while the house is locked.
        Index(
            "ix_booking_structure",
            "structure_id",
            "starts_at",
            postgresql_where=text("structure_id IS NOT NULL"),
            sqlite_where=text("structure_id IS NOT NULL"),
        ),
        Index(
            "ix_booking_deposit",
            "status",
            "ends_at",
            postgresql_where=text("deposit_cents > 0"),
            sqlite_where=text("deposit_cents > 0"),
        ),
        Index("ix_booking_place_time", "place_id", "ends_at"),
        Index("ix_booking_status", "status", "ends_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(
        String(20),
        comment="own: one person; session: a group; rental: an organisation; training: learners on a machine",
    )
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), comment="the main thing; claims say all taken")
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), comment="where the heads are, as of the resource")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), default="confirmed")
    headcount: Mapped[int] = mapped_column(default=1)
    suspended: Mapped[bool] = mapped_column(default=False, comment="a closure or a breakdown lies over it")
    held_before: Mapped[bool] = mapped_column(default=False, comment="whether it held when it was suspended")
    supervision: Mapped[str | None] = mapped_column(String(20), comment="beside, in_room, autonomous")
    there_until: Mapped[datetime | None] = mapped_column(comment="from then on it runs with nobody by it; empty: never")
    purpose: Mapped[str | None] = mapped_column(String(200), comment="what for; never about the person")
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, comment="a form sent twice books once")
    override_reason: Mapped[str | None] = mapped_column(String(300))
    passed_with: Mapped[list[dict[str, str]] | None] = mapped_column(
        JSON(none_as_null=True), comment="every reason written to pass a rule, with its moment; empty: override_reason"
    )
    excused: Mapped[str | None] = mapped_column(String(300), comment="why its absence does not count")
    attention: Mapped[str | None] = mapped_column(String(300), comment="codes of refusals that came after, for staff")
    reason: Mapped[str | None] = mapped_column(String(300), comment="why cancelled or refused, as a person typed it")
    reasons: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSON(none_as_null=True), comment="why, as codes and values said in the reader's language"
    )
    hour_cents: Mapped[int | None] = mapped_column(comment="what an hour is worth, as it was made; empty: no tariff")
    charged: Mapped[bool | None] = mapped_column(comment="whether that is to be paid; empty: nothing was said")
    deposit_cents: Mapped[int | None] = mapped_column(comment="deposit asked for; empty: none")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="who said yes to the request")
    checked_in_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was cancelled, done or missed")

    resource: Mapped[Resource] = relationship(foreign_keys=[resource_id])
    place: Mapped[Place] = relationship()
    holder: Mapped[Person | None] = relationship(foreign_keys=[holder_id])
    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id])
    agreed_by: Mapped[Person | None] = relationship(foreign_keys=[agreed_by_id])
    structure: Mapped[Structure | None] = relationship()
    claims: Mapped[list["Claim"]] = relationship(back_populates="booking", order_by="Claim.id")

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """Whom and what it is about, as the journal says it."""
        return [("person", self.holder_id), ("resource", self.resource_id)]

    @property
    def written_reasons(self) -> dict[datetime, str]:
        """Every reason written to pass a rule, by its moment (UTC), oldest first; of an old booking, the last alone."""
        if not self.passed_with and self.override_reason:
            return {self.created_at: self.override_reason}
        return {datetime.fromisoformat(one["at"]): one["said"] for one in self.passed_with or ()}

    @property
    def called(self) -> str:
        """How it is named to people: a session by its title and group, anything else by the thing taken."""
        return self.purpose if self.kind == "session" and self.purpose else self.resource.simple_name


class Claim(Model):
    """The time really taken on one leaf, turnaround included. It holds, or it has been let go.

    Deleted only when its booking goes over to a thing of fewer parts. The database refuses two claims that hold and
    cross: see the migration named ``claim_taken``.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="lasts"),
        Index("ix_claim_time", "starts_at", postgresql_where=text("holds"), sqlite_where=text("holds = 1")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    holds: Mapped[bool]

    booking: Mapped[Booking] = relationship(back_populates="claims")
    resource: Mapped[Resource] = relationship()


class OpeningRule(Model):
    """A weekly window of a place, in wall time: open lab, groups, or the house's own hours."""

    __tablename__ = "opening_rule"
    __table_args__ = (
        one_of("season", ("school", "holidays")),
        one_of("use", ("open", "open_lab", "group")),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint("closes > opens", name="lasts"),
        Index("ix_opening_rule_place", "place_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    season: Mapped[str] = mapped_column(String(10))
    weekday: Mapped[int] = mapped_column(comment="0 is Monday")
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    use: Mapped[str] = mapped_column(String(10))
    nth: Mapped[list[int]] = mapped_column(default=list, comment="[1, 3]: first and third of the month; []: every week")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    data_status: Mapped[str] = mapped_column(String(20), default="invented")

    place: Mapped[Place] = relationship()


class Holiday(Model):
    """A public or school holiday, first and last day included; the house's word wins over the library's."""

    __tablename__ = "holiday"
    __table_args__ = (
        one_of("kind", ("public", "school")),
        one_of("source", ("library", "house")),
        CheckConstraint("ends_on >= starts_on", name="lasts"),
        UniqueConstraint("kind", "starts_on", name="uq_holiday_start"),
        Index("ix_holiday_days", "starts_on", "ends_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(10))
    data_status: Mapped[str] = mapped_column(String(20), default="documented")


class Closure(Model):
    """A time laid over bookings: it suspends them; lifted, they come back where their time is still free."""

    __tablename__ = "closure"
    __table_args__ = (
        one_of("kind", ("closure", "breakdown")),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="lasts"),
        CheckConstraint("(place_id IS NULL) <> (resource_id IS NULL)", name="covers_one"),
        Index("ix_closure_resource", "resource_id", "ends_at"),
        Index("ix_closure_place", "place_id", "ends_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True, comment="where it comes from in the catalogue")
    kind: Mapped[str] = mapped_column(String(10))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None] = mapped_column(comment="empty: until lifted")
    expected_back: Mapped[date | None] = mapped_column(comment="of a breakdown: the day it should work again")
    reason: Mapped[str] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    place: Mapped[Place | None] = relationship()
    resource: Mapped[Resource | None] = relationship()
    made_by: Mapped[Person | None] = relationship()

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """What it lies on, as the journal says it."""
        return [("resource", self.resource_id), ("place", self.place_id)]


class Series(Model):
    """A repeated wish, in wall time: its dates are unrolled when it is approved."""

    __tablename__ = "series"
    __table_args__ = (
        CheckConstraint("closes > opens", name="lasts"),
        CheckConstraint("last_on >= first_on", name="spans"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True, comment="where it comes from in the catalogue")
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    frequency: Mapped[str] = mapped_column(String(20), comment="weekly, even_weeks, odd_weeks, monthly_1 … monthly_4")
    in_holidays: Mapped[bool]
    first_on: Mapped[date]
    last_on: Mapped[date]
    headcount: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(200))

    resource: Mapped[Resource] = relationship()
    structure: Mapped[Structure | None] = relationship()
