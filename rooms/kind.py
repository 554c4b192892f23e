"""What a room adds to the engine: an organisation and its papers, how many people, who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from bookings.kinds import NOTHING, Kind, Known
from bookings.models import Booking
from bookings.queries import TakenRow
from bookings.queries_house import things_of
from bookings.values import Ask, Limits, Scope
from fablab import clock
from fablab.people.models import Person
from fablab.refusals import Refusal
from rooms import queries, queries_money, rules
from rooms.values import Facts, Quota, RoomRules, Sheet, Tenant
from rooms.values_money import Season, quota_of, season_of

#: how the engine's notices are called when they speak of a room
SAID = MappingProxyType(
    {
        "booking-made": "room-made",
        "booking-approved": "room-approved",
        "booking-refused": "room-refused",
        "booking-moved": "room-moved",
        "booking-cancelled": "room-cancelled",
    }
)


class RoomKind(Kind):
    """Rules of rooms."""

    def read(self, session: Session, scope: Scope, taken: Sequence[TakenRow], now: datetime) -> Known:
        """The facts of rooms and organisations, as kept: nothing is read unless the house changed."""
        things = things_of(session).by_id
        if not any(things[id_].kind == "room" for id_ in scope.resource_ids):
            return NOTHING
        tenants, limits = queries.tenants(session), queries.rules_of(session)
        asked = [tenants[id_] for id_ in sorted(scope.structures) if id_ in tenants]
        used = queries_money.used(session, asked, limits, scope.span)
        return RoomsKnown(queries.sheets(session), tenants, limits, used)

    def frozen(self, session: Session, ask: Ask) -> Mapping[str, Any]:
        """The tariff and the deposit of the day on which a room is asked for."""
        if ask.kind != "rental":
            return {}
        terms = queries_money.terms_of(session, ask.resource_id, ask.structure_id)
        return asdict(terms) if terms else {}

    def people(self, session: Session, bookings: Sequence[Booking]) -> Mapping[int, Sequence[Person]]:
        """Who acts for the organisations that have rooms."""
        rentals = [booking for booking in bookings if booking.kind == "rental"]
        return queries.contacts_of(session, rentals) if rentals else {}

    def notice(self, booking: Booking, notice: str) -> str:
        """Contacts are written to in other words than young people."""
        return SAID.get(notice, notice) if booking.kind == "rental" else notice

    def page(self, session: Session, booking: Booking) -> str | None:
        """The page of a booking of a room, which knows what it may say to whom."""
        return f"/salles/reservations/{booking.public_id}" if booking.kind == "rental" else None


class RoomsKnown(Known):
    """The facts of each ask, put together when they are looked at."""

    def __init__(
        self,
        sheets: Mapping[int, Sheet],
        tenants: Mapping[int, Tenant],
        limits: RoomRules,
        used: Mapping[tuple[int, Season], int],
    ) -> None:
        self._sheets, self._tenants, self._rules, self._used = sheets, tenants, limits, used
        notice, horizon = timedelta(days=limits.min_notice_days), timedelta(days=limits.horizon_days)
        self._limits = Limits(notice=notice, horizon=horizon)

    def refusals(self, ask: Ask, now: datetime) -> list[Refusal]:
        """Every reason of this part."""
        facts = self.facts(ask)
        return rules.refusals(ask, facts) if facts is not None else []

    def warnings(self, ask: Ask) -> list[Refusal]:
        """What should be known before booking."""
        facts = self.facts(ask)
        return rules.warnings(ask, facts) if facts is not None else []

    def limits(self, ask: Ask) -> Limits | None:
        """How early and late an organisation may ask for one date; what is booked already needs no notice any more."""
        if ask.kind != "rental":
            return None
        return self._limits if ask.moving is None else replace(self._limits, notice=None)

    def facts(self, ask: Ask) -> Facts | None:
        """What the rules of rooms look at for an ask; None when what it is about is no room."""
        sheet = self._sheets.get(ask.resource_id)
        tenant = self._tenants.get(ask.structure_id) if ask.structure_id is not None else None
        return Facts(sheet, tenant, self._rules, self._quota(tenant, ask)) if sheet is not None else None

    def _quota(self, tenant: Tenant | None, ask: Ask) -> Quota | None:
        """What is left of a season is looked at when dates are asked for; what was granted stands."""
        if tenant is None or ask.moving is not None:
            return None
        season = season_of(clock.local_day(ask.slot.start))
        hours = quota_of(self._rules, tenant, season)
        return None if hours is None else Quota(hours, self._used.get((tenant.id, season), 0))
