"""What is read of the money of rooms: hours of a season, what is to invoice, deposits that are out."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import LIVE, Booking
from bookings.values import LONGEST, Ask, Slot
from fablab import clock
from fablab.ready import rows
from rooms import queries
from rooms.models_desk import RoomUse
from rooms.models_money import BookingMoney, Statement
from rooms.values import Quota, RoomRules, Tenant
from rooms.values_money import (
    TO_PAY,
    Season,
    SeasonHours,
    Terms,
    added_up,
    quota_of,
    season_of,
    seasons_of,
    until_of,
)
from rooms.values_money import (
    terms_of as terms_today,
)

_booking = Booking.__table__


def _listed(*statuses: str) -> list[object]:
    return [literal_column(f"'{one}'") for one in statuses]


#: what counts in the hours of a season: asked for, had, and missed without a word
_IN_QUOTA = ("requested", "confirmed", "checked_in", "done", "no_show")
#: what was really held: those with an access badge never pass the desk, so that a date past and confirmed is one
_HELD = ("confirmed", "checked_in", "done")
#: how many deposits a page shows
_MOST_DEPOSITS = 200
_USED = select(_booking.c.structure_id, _booking.c.starts_at, _booking.c.ends_at).where(
    _booking.c.structure_id.in_(bindparam("structures", expanding=True)),
    _booking.c.kind == literal_column("'rental'"),
    _booking.c.status.in_(_listed(*_IN_QUOTA)),
    _booking.c.starts_at >= bindparam("first", type_=_booking.c.starts_at.type),
    _booking.c.starts_at < bindparam("after", type_=_booking.c.starts_at.type),
)


@dataclass(frozen=True)
class ToInvoice:
    """A date to be paid for: what it costs, and when it was noted as invoiced."""

    booking: Booking
    minutes: int
    cents: int
    invoiced_at: datetime | None


def used(
    session: Session, tenants: Collection[Tenant], limits: RoomRules, span: Slot
) -> Mapping[tuple[int, Season], int]:
    """The minutes that organisations have or asked for, in each season of a time, of those that have a number of hours.

    One statement a season, none when nobody's hours are counted.
    """
    found: dict[tuple[int, Season], int] = defaultdict(int)
    for season in seasons_of(clock.local_day(span.start), clock.local_day(span.end)):
        counted = [one.id for one in tenants if quota_of(limits, one, season) is not None]
        if not counted:
            continue
        for structure_id, start, end in rows(session, _USED, {"structures": counted, **_bounds(season)}):
            found[structure_id, season] += Slot(start, end).minutes
    return found


def used_by(session: Session, asks: Sequence[Ask]) -> Mapping[Season, Quota]:
    """The hours of each season of some asks of one organisation; none where its hours have no end."""
    tenant, limits = (
        queries.tenants(session).get(asks[0].structure_id or 0) if asks else None,
        queries.rules_of(session),
    )
    if tenant is None:
        return {}
    span = Slot(min(ask.slot.start for ask in asks), max(ask.slot.end for ask in asks))
    minutes, found = used(session, [tenant], limits, span), {}
    for season in dict.fromkeys(season_of(clock.local_day(ask.slot.start)) for ask in asks):
        if (hours := quota_of(limits, tenant, season)) is not None:
            found[season] = Quota(hours, minutes.get((tenant.id, season), 0))
    return found


def terms_of(session: Session, resource_id: int, structure_id: int | None) -> Terms | None:
    """What a booking made today would keep; None for no room, or no organisation. Nothing is read, as kept."""
    sheet, tenant = queries.sheets(session).get(resource_id), queries.tenants(session).get(structure_id or 0)
    return terms_today(queries.rules_of(session), sheet, tenant) if sheet and tenant else None


def minutes_used(session: Session, tenant: Tenant, season: Season) -> int:
    """The minutes that an organisation has, had or asked for in a season. One statement."""
    found = rows(session, _USED, {"structures": [tenant.id], **_bounds(season)})
    return sum(Slot(start, end).minutes for _id, start, end in found)


def held(session: Session, tenant: Tenant, season: Season, today: date) -> SeasonHours:
    """What an organisation held in a season, up to yesterday at most. One statement and what is kept."""
    until, sheets = until_of(season, today), queries.sheets(session)
    start, end = clock.day_bounds(season.first)[0], clock.day_bounds(until)[1]
    theirs = select(Booking.resource_id, Booking.starts_at, Booking.ends_at, Booking.hour_cents, Booking.charged).where(
        Booking.structure_id == tenant.id,
        Booking.kind == "rental",
        Booking.status.in_(_HELD),
        ~Booking.suspended,
        Booking.starts_at >= start,
        Booking.starts_at < end,
    )
    minutes: dict[tuple[str, bool, int | None, bool], int] = defaultdict(int)
    for resource_id, begins, ends, cents, charged in session.execute(theirs):
        sheet = sheets[resource_id]
        minutes[sheet.category, sheet.whole_id is not None, cents, bool(charged)] += Slot(begins, ends).minutes
    return added_up(minutes, season, until)


def to_invoice(session: Session, first: date, last: date, now: datetime) -> list[ToInvoice]:
    """The dates to be paid for that are over, of whole days from one to another, in order of time. One statement."""
    start, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    charged = (
        select(Booking, BookingMoney.invoiced_at, RoomUse.planned_end)
        .outerjoin(BookingMoney, BookingMoney.booking_id == Booking.id)
        .outerjoin(RoomUse, RoomUse.booking_id == Booking.id)
        .where(
            Booking.charged.is_(True),
            Booking.kind == "rental",
            Booking.status.in_(TO_PAY),
            ~Booking.suspended,
            Booking.starts_at >= start,
            Booking.starts_at < end,
            # Said again of its end, which is what the index knows.
            Booking.ends_at > start,
            Booking.ends_at <= min(now, end + LONGEST),
        )
        .options(joinedload(Booking.resource))
        .order_by(Booking.starts_at, Booking.id)
    )
    found = []
    for booking, invoiced_at, planned_end in session.execute(charged):
        minutes = minutes_due(booking, planned_end)
        found.append(ToInvoice(booking, minutes, terms_kept(booking).amount(minutes) or 0, invoiced_at))
    return found


def minutes_due(booking: Booking, planned_end: datetime | None) -> int:
    """The minutes that a booking is paid for: as it was booked, though its organisation left early."""
    end = max(booking.ends_at, planned_end) if planned_end is not None else booking.ends_at
    return Slot(booking.starts_at, end).minutes


def terms_kept(booking: Booking) -> Terms:
    """What was frozen on a booking."""
    return Terms(booking.hour_cents, bool(booking.charged), booking.deposit_cents)


def money_of(session: Session, booking_id: int) -> BookingMoney | None:
    """What was done about the money of a booking. One statement."""
    return session.get(BookingMoney, booking_id)


def deposits(session: Session, now: datetime) -> list[tuple[Booking, BookingMoney | None]]:
    """Dates with a deposit that is to be received, or out: soonest first, 200 at most. Two statements."""
    # Not one with «or»: it would read every booking that there ever was.
    waiting = (
        select(Booking, BookingMoney)
        .outerjoin(BookingMoney, BookingMoney.booking_id == Booking.id)
        .where(
            Booking.deposit_cents > literal_column("0"),
            BookingMoney.received_at.is_(None),
            Booking.ends_at > now,
            Booking.status.in_(LIVE),
        )
    )
    held = select(BookingMoney.booking_id).where(BookingMoney.received_at.is_not(None), BookingMoney.ended_at.is_(None))
    out = (
        select(Booking, BookingMoney)
        .join(BookingMoney, BookingMoney.booking_id == Booking.id)
        .where(Booking.id.in_(held))  # joined alone, SQLite reads bookings first
    )
    found: list[tuple[Booking, BookingMoney | None]] = []
    for one in (waiting, out):
        soonest = one.where(Booking.kind == "rental").order_by(Booking.starts_at, Booking.id).limit(_MOST_DEPOSITS)
        rows_of = session.execute(soonest.options(joinedload(Booking.resource)))
        found += [(booking, money) for booking, money in rows_of]
    return sorted(found, key=lambda pair: (pair[0].starts_at, pair[0].id))[:_MOST_DEPOSITS]


def owing(session: Session, bookings: Sequence[Booking]) -> dict[int, str]:
    """Of these dates, those whose deposit is to be received («receive») or given back («give_back»), by id.

    One statement, none where no deposit is asked.
    """
    asked = [one.id for one in bookings if one.deposit_cents]
    if not asked:
        return {}
    rows_of = select(BookingMoney.booking_id, BookingMoney.outcome).where(
        BookingMoney.booking_id.in_(asked), BookingMoney.received_at.is_not(None)
    )
    received = {booking_id: outcome for booking_id, outcome in session.execute(rows_of)}
    found = {one: "give_back" if one in received else "receive" for one in asked}
    return {one: what for one, what in found.items() if received.get(one) is None}


def statements_of(session: Session, structure_id: int) -> Sequence[Statement]:
    """The yearly statements that were made of an organisation, latest first. One statement."""
    made = select(Statement).where(Statement.structure_id == structure_id).options(joinedload(Statement.made_by))
    return session.scalars(made.order_by(Statement.id.desc()).limit(20)).all()


def statement_by_code(session: Session, code: str) -> Statement | None:
    """The statement on which a code is printed; None for none."""
    return session.scalar(select(Statement).where(Statement.code == code))


def _bounds(season: Season) -> dict[str, datetime]:
    return {"first": clock.day_bounds(season.first)[0], "after": clock.day_bounds(season.last)[1]}
