"""The verbs of money of rooms: invoiced or not, deposits, hours of a season, yearly statements. No payment.

One transaction each; all raise Refused with every reason.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep
from bookings.models import Booking
from fablab import clock
from fablab.db import transaction
from fablab.i18n import say_when
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import queries, queries_money, rules_money
from rooms.models_money import BookingMoney, Statement, StructureQuota
from rooms.values import Tenant
from rooms.values_money import Season


def invoice(bookings: Sequence[Booking], by: Person, now: datetime) -> list[Booking]:
    """Note dates as invoiced; those that were already are left. Raises Refused for those with nothing to pay."""
    done, found = [], []
    with transaction() as session:
        engine.lock_house(session)
        for booking in bookings:
            session.refresh(booking)
            found += rules_money.invoicing_refusals(
                f"{booking.resource.name}, {say_when(booking.starts_at)}", booking.status,
                charged=bool(booking.charged), suspended=booking.suspended, over=booking.ends_at <= now,
            )  # fmt: skip
        if found:
            raise Refused(found)
        for booking in bookings:
            money = _money(session, booking)
            if money.invoiced_at is None:
                money.invoiced_at, money.invoiced_by_id = now, by.id
                _note(session, "booking_money.invoice", booking, by, now)
                done.append(booking)
    return done


def take_back_invoice(booking: Booking, by: Person, now: datetime) -> None:
    """It was not invoiced after all: the date is to invoice again. Twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        money = queries_money.money_of(session, booking.id)
        if money is not None and money.invoiced_at is not None:
            money.invoiced_at = money.invoiced_by_id = None
            _note(session, "booking_money.take_back", booking, by, now)


def ask_deposit(booking: Booking, cents: int | None, by: Person, now: datetime) -> None:
    """Ask for a deposit of so many cents, another one, or none any more; until it is received."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        money = queries_money.money_of(session, booking.id)
        received = money is not None and money.received_at is not None
        if found := rules_money.asking_refusals(cents, received=received):
            raise Refused(found)
        if booking.deposit_cents != (cents or None):
            booking.deposit_cents = cents or None
            _note(session, "deposit.ask", booking, by, now)


def receive_deposit(booking: Booking, by: Person, now: datetime) -> None:
    """The house holds the deposit. Twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if found := rules_money.receiving_refusals(booking.deposit_cents):
            raise Refused(found)
        money = _money(session, booking)
        if money.received_at is None:
            money.received_at, money.received_by_id = now, by.id
            _note(session, "deposit.receive", booking, by, now)


def give_deposit_back(booking: Booking, by: Person, now: datetime) -> None:
    """The organisation has its deposit again. Twice, once."""
    _end_deposit(booking, "given_back", None, by, now)


def keep_deposit(booking: Booking, why: str, by: Person, now: datetime) -> None:
    """The house keeps the deposit, and says why. Twice, once."""
    _end_deposit(booking, "kept", why, by, now)


def reopen_deposit(booking: Booking, step: str, by: Person, now: datetime) -> None:
    """The last thing noted of a deposit was a mistake: given back or kept, it is held; received, it is not.

    ``step`` is that thing, as whoever acts read it («received», «given_back», «kept»): twice, once. Raises Refused.
    """
    with transaction() as session:
        upkeep.freshen(session, booking)
        money = queries_money.money_of(session, booking.id)
        if money is None or money.received_at is None or (money.outcome or "received") != step:
            return
        if found := rules_money.reopening_refusals(money.outcome, may_keep=by.may("room.money")):
            raise Refused(found)
        if money.outcome is not None:
            money.ended_at = money.ended_by_id = money.outcome = money.kept_why = None
            _note(session, "deposit.hold_again", booking, by, now)
        else:
            money.received_at = money.received_by_id = None
            _note(session, "deposit.take_back", booking, by, now)


def give_hours(tenant: Tenant, season: Season, hours: int, by: Person, now: datetime) -> None:
    """Give an organisation so many hours for a season, instead of those of its kind. Twice, once."""
    with transaction() as session:
        engine.lock_house(session)
        if found := rules_money.quota_refusals(season.last, clock.local_day(now)):
            raise Refused(found)
        before = _quota(session, tenant, season)
        if before is not None and before.hours == hours:
            return
        _end_quota(before, by, now)
        session.flush()
        session.add(
            StructureQuota(structure_id=tenant.id, season=season.first, hours=hours, given_at=now, given_by_id=by.id)
        )
        note(session, "structure_quota.give", "structure", tenant.id, by=by, now=now, season=season.name, hours=hours)


def take_hours_back(tenant: Tenant, season: Season, by: Person, now: datetime) -> None:
    """The organisation has again what its kind has, or no end. Twice, once."""
    with transaction() as session:
        engine.lock_house(session)
        before = _quota(session, tenant, season)
        if before is not None:
            _end_quota(before, by, now)
            note(session, "structure_quota.take_back", "structure", tenant.id, by=by, now=now, season=season.name)


def make_statement(tenant: Tenant, season: Season, by: Person, now: datetime) -> Statement:
    """Make the yearly statement of an organisation: what it says is kept with its code.

    The same figures asked for again give the statement that says them. Raises Refused where nothing was held.
    """
    with transaction() as session:
        engine.lock_house(session)
        hours = queries_money.held(session, queries.tenants(session)[tenant.id], season, clock.local_day(now))
        if found := rules_money.statement_refusals(hours.free_minutes):
            raise Refused(found)
        facts = {
            "structure_id": tenant.id, "season": season.first, "until": hours.until, "minutes": hours.free_minutes,
            "cents": hours.free_cents,
        }  # fmt: skip
        if before := session.scalar(select(Statement).filter_by(**facts).limit(1)):
            return before
        made = Statement(**facts, made_at=now, made_by_id=by.id)
        session.add(made)
        session.flush()
        note(session, "statement.make", "structure", tenant.id, by=by, now=now, season=season.name)
    return made


def _end_deposit(booking: Booking, outcome: str, why: str | None, by: Person, now: datetime) -> None:
    with transaction() as session:
        upkeep.freshen(session, booking)
        money = _money(session, booking)
        received = money.received_at is not None
        if found := rules_money.ending_refusals(money.outcome, outcome, received=received):
            raise Refused(found)
        if money.outcome is None:
            money.ended_at, money.ended_by_id, money.outcome, money.kept_why = now, by.id, outcome, why
            if outcome == "kept":
                _note(session, "deposit.keep", booking, by, now)
            else:
                _note(session, "deposit.give_back", booking, by, now)


def _money(session: Session, booking: Booking) -> BookingMoney:
    found = queries_money.money_of(session, booking.id)
    if found is None:
        found = BookingMoney(booking_id=booking.id)
        session.add(found)
        session.flush()
    else:
        session.refresh(found)
    return found


def _quota(session: Session, tenant: Tenant, season: Season) -> StructureQuota | None:
    standing = select(StructureQuota).where(
        StructureQuota.structure_id == tenant.id,
        StructureQuota.season == season.first,
        StructureQuota.ended_at.is_(None),
    )
    return session.scalar(standing)


def _end_quota(quota: StructureQuota | None, by: Person, now: datetime) -> None:
    if quota is not None:
        quota.ended_at, quota.ended_by_id = now, by.id


def _note(session: Session, verb: str, booking: Booking, by: Person, now: datetime) -> None:
    note(session, verb, "booking", booking.id, by=by, now=now, about=booking.touches)
