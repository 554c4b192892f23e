"""Where the engine's part of the catalogue is kept: places, opening hours, holidays, closures."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from bookings import upkeep_closures
from bookings.models import Closure, Holiday, OpeningRule, Place
from bookings.values import Over
from fablab import clock
from fablab.catalogue_items import Item
from fablab.catalogue_shapes import WEEKDAYS
from fablab.catalogue_stores import Link, Store, Table, by_code


class Hours(Store):
    """The windows of a place on one weekday of one season: «house.school.monday»."""

    kind = "opening_hours"

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """The windows by day; a day without any holds an empty list."""
        found: dict[str, dict[str, Any]] = {}
        for place in session.scalars(select(Place)):
            for season in ("school", "holidays"):
                for weekday in WEEKDAYS:
                    found[f"{place.code}.{season}.{weekday}"] = {"windows": []}
        rules = select(OpeningRule).options(joinedload(OpeningRule.place)).order_by(OpeningRule.opens)
        for rule in session.scalars(rules):
            day = found[f"{rule.place.code}.{rule.season}.{WEEKDAYS[rule.weekday]}"]
            day["windows"].append(one_window(rule.opens, rule.closes, rule.use, rule.nth, rule.data_status))
        return found

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Every day of a known place is held already, if only closed."""
        self.change(session, item.code, item.values, now)

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Replace the windows of the day."""
        place_code, season, weekday = code.rsplit(".", 2)
        place = by_code(session, Place, place_code)
        day = {"place_id": place.id, "season": season, "weekday": WEEKDAYS.index(weekday)}
        ours = [getattr(OpeningRule, name) == value for name, value in day.items()]
        session.execute(delete(OpeningRule).where(*ours))
        for one in values["windows"]:
            kept = {"use": one["use"], "nth": one["nth"], "data_status": one["data_status"]}
            session.add(OpeningRule(**day, opens=one["start"], closes=one["end"], **kept))
        session.flush()


def one_window(start: time, end: time, use: str, nth: list[int], data_status: str) -> dict[str, Any]:
    """A window as both the files and the house say it."""
    return {"start": start, "end": end, "use": use, "nth": nth, "data_status": data_status}


class Holidays(Store):
    """Public and school holidays by kind and first day: «school.2026-10-17»."""

    kind = "holiday"

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """Every holiday of the house."""
        return {
            f"{row.kind}.{row.starts_on}": {
                "name": row.name,
                "ends_on": row.ends_on,
                "source": row.source,
                "data_status": row.data_status,
            }
            for row in session.scalars(select(Holiday))
        }

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Write a holiday; one of the same kind that it crosses gives way, since its dates were moved."""
        kind, starts_on = _day_of(item.code)
        crossed = (Holiday.kind == kind) & (Holiday.starts_on <= item.values["ends_on"])
        session.execute(delete(Holiday).where(crossed & (Holiday.ends_on >= starts_on)))
        session.add(Holiday(kind=kind, starts_on=starts_on, **item.values))
        session.flush()

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Write the fields."""
        kind, starts_on = _day_of(code)
        wanted = select(Holiday).where(Holiday.kind == kind, Holiday.starts_on == starts_on)
        row = session.scalars(wanted).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()


def _day_of(code: str) -> tuple[str, date]:
    kind, _, starts_on = code.partition(".")
    return kind, date.fromisoformat(starts_on)


class Closures(Store):
    """Days on which a place is closed, by where they come from: «bridge.2027-05-07»."""

    kind = "closure"

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """The closures that came from the catalogue."""
        wanted = select(Closure).where(Closure.key.is_not(None)).options(joinedload(Closure.place))
        return {row.key: self._values(row) for row in session.scalars(wanted) if row.key}

    def _values(self, row: Closure) -> dict[str, Any]:
        last = row.ends_at and clock.local_day(row.ends_at - timedelta(seconds=1))
        return {
            "place": row.place and row.place.code,
            "first_on": clock.local_day(row.starts_at),
            "last_on": last,
            "reason": row.reason,
        }

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Lay the closure; what it covers is suspended and people are told."""
        values = item.values
        place = by_code(session, Place, values["place"])
        starts_at, _ = clock.day_bounds(values["first_on"])
        _, ends_at = clock.day_bounds(values["last_on"])
        over = Over(values["reason"], starts_at, ends_at, place_id=place.id, key=item.code)
        upkeep_closures.lay(session, over, None, now)

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Say it otherwise; other dates are another closure, and the first is lifted."""
        row = by_code(session, Closure, code, "key")
        moved = self._values(row) | dict(values)
        if set(values) == {"reason"}:
            row.reason = values["reason"]
            session.flush()
            return
        row.key = None
        session.flush()
        upkeep_closures.lift(session, row, None, now)
        self.add(session, Item(self.kind, code, moved), now)


PLACES = Table(
    "place",
    Place,
    {
        "name": "name",
        "gauge": "gauge",
        "area_m2": "area_m2",
        "inside": Link("parent", Place),
        "data_status": "data_status",
    },
    options=[joinedload(Place.parent)],
)
HOURS = Hours()
HOLIDAYS = Holidays()
CLOSURES = Closures()
