"""Materials: how much of each is there, what moved, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from bookings.values import Slot
from fablab.people.names import fold
from machines import queries_use
from machines.models_supplies import Supply, SupplyMove
from machines.values_supplies import Cost, Counted, is_low

#: how many movements of a material its page shows
SHOWN = 40


@dataclass(frozen=True)
class Stock:
    """A material and how much of it is there."""

    supply: Supply
    level: int

    @property
    def is_low(self) -> bool:
        """Whether there is less than what is wanted."""
        return self.supply.retired_at is None and is_low(self.level, self.supply.low_at)


def stocks(session: Session) -> list[Stock]:
    """Every material by name, those that serve first, and how much is there. One statement."""
    level = func.coalesce(func.sum(SupplyMove.quantity), 0)
    found = select(Supply, level).outerjoin(SupplyMove, and_(SupplyMove.supply_id == Supply.id, _stands()))
    found = found.group_by(Supply.id).order_by(Supply.retired_at.is_not(None), Supply.name)
    return [Stock(supply, int(amount)) for supply, amount in session.execute(found)]


def level_of(session: Session, supply_id: int) -> int:
    """How much of a material is there."""
    found = select(func.coalesce(func.sum(SupplyMove.quantity), 0)).where(SupplyMove.supply_id == supply_id, _stands())
    return int(session.scalar(found) or 0)


def of_material(session: Session, material: str | None) -> Supply | None:
    """The material of the stock that a machine's sheet calls so; None: it is not counted, or no more."""
    found = called(session, material) if material else None
    return found if found and found.retired_at is None else None


def called(session: Session, name: str) -> Supply | None:
    """The material of this name, retired or not, whatever its capitals and accents."""
    return next((one for one in session.scalars(select(Supply)) if fold(one.name) == fold(name)), None)


def counted(session: Session, material: str | None) -> Counted | None:
    """How a material of a machine is counted; None: it is not."""
    supply = of_material(session, material)
    return Counted(supply.name, supply.unit) if supply else None


def counted_in(session: Session, booking_id: int) -> Counted | None:
    """How the material that was said as a use began is counted; None: it is not."""
    use = queries_use.use_of(session, booking_id)
    return counted(session, use.material) if use else None


def by_public_id(session: Session, public_id: str) -> Supply | None:
    """A material."""
    return session.scalar(select(Supply).where(Supply.public_id == public_id))


def moves_of(session: Session, supply_id: int) -> Sequence[SupplyMove]:
    """What moved of a material, the latest first, with who and the machine; not what was taken back."""
    found = select(SupplyMove).where(SupplyMove.supply_id == supply_id, _stands())
    found = found.order_by(SupplyMove.moved_at.desc(), SupplyMove.id.desc()).limit(SHOWN)
    return session.scalars(
        found.options(joinedload(SupplyMove.moved_by), joinedload(SupplyMove.booking).joinedload(Booking.resource))
    ).all()


def move_by_public_id(session: Session, public_id: str) -> SupplyMove | None:
    """A movement, with its material."""
    found = select(SupplyMove).where(SupplyMove.public_id == public_id)
    return session.scalar(found.options(joinedload(SupplyMove.supply)))


def move_by_key(session: Session, key: str) -> SupplyMove | None:
    """The movement that a form made."""
    return session.scalar(select(SupplyMove).where(SupplyMove.request_key == key))


def use_of(session: Session, booking_id: int) -> SupplyMove | None:
    """What a use of a machine took, unless that was taken back."""
    found = select(SupplyMove).where(SupplyMove.booking_id == booking_id, _stands())
    return session.scalar(found.options(joinedload(SupplyMove.supply)))


def times_moved(session: Session, booking_id: int) -> int:
    """How often a use of a machine was said to have taken something, what was taken back counted too."""
    return session.scalar(select(func.count()).where(SupplyMove.booking_id == booking_id)) or 0


def costs(session: Session, span: Slot) -> list[Cost]:
    """What each material that moved in a period cost, by name. One statement."""
    inside = and_(SupplyMove.moved_at >= span.start, SupplyMove.moved_at < span.end)
    came, went = SupplyMove.kind == "in", SupplyMove.kind == "use"
    priced = and_(came, SupplyMove.cents.is_not(None))
    found = (
        select(
            Supply.name,
            Supply.unit,
            _sum(SupplyMove.quantity, and_(came, inside)),
            _sum(SupplyMove.cents, and_(came, inside)),
            -_sum(SupplyMove.quantity, and_(went, inside)),
            _sum(SupplyMove.quantity, priced),
            _sum(SupplyMove.cents, priced),
        )
        .join(SupplyMove, SupplyMove.supply_id == Supply.id)
        .where(_stands(), SupplyMove.moved_at < span.end)
        .group_by(Supply.id, Supply.name, Supply.unit)
        .order_by(Supply.name)
    )
    lines = [Cost(name, unit, *(int(one) for one in counts)) for name, unit, *counts in session.execute(found)]
    return [one for one in lines if one.came or one.went]


def _sum(column: Any, condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, column), else_=0)), 0)


def _stands() -> ColumnElement[bool]:
    return SupplyMove.taken_back_at.is_(None)
