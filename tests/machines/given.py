"""Facts of one ask, without a database: Wednesday 25 November 2026, 14:00 to 15:00, everything as it should be."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bookings.values import Ask, Slot
from fablab import clock
from fablab.refusals import Refusal
from machines import rules
from machines.values import Day, Facts, Holder, Lead, MachineRules, Minors, Own, Sheet, Use, Watch
from pathways.values_badges import Standing

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 25)
SAMIR, CHLOE, NADIA = 101, 102, 103


@dataclass(frozen=True)
class Paper:
    """A parental authorisation."""

    kind: str = "machines"
    signed_on: date = date(2026, 9, 1)
    valid_until: date | None = None
    withdrawn_on: date | None = None


def slot(start: str, end: str, day: date = WEDNESDAY) -> Slot:
    """A stretch of a day in wall time."""
    return Slot(clock.at(day, time.fromisoformat(start)), clock.at(day, time.fromisoformat(end)))


ASK = Ask(resource_id=1, slot=slot("14:00", "15:00"), holder_id=7)
OPEN_LAB = (slot("13:30", "18:00"),)


def watch(person: int = SAMIR, start: str = "13:30", end: str = "18:00", *, in_room: bool = True) -> Watch:
    """A shift, in the room by default."""
    return Watch(person, slot(start, end), in_room)


def lead(person: int = SAMIR, start: str = "13:30", end: str = "18:00", *, in_room: bool = True) -> Lead:
    """A facilitator leads a session."""
    return Lead(person, slot(start, end), in_room)


def use(start: str = "14:00", end: str = "15:00", *, number: int = 1, level: Any = None, minor: bool = False) -> Use:
    """Somebody else's booking in the room."""
    return Use(number, slot(start, end), level, minor)


def minors(count: int, start: str = "14:00", end: str = "15:00") -> Minors:
    """Minors of a group in the room."""
    return Minors(slot(start, end), count)


def day(*happening: Watch | Lead | Use | Minors, open_lab: tuple[Slot, ...] = OPEN_LAB) -> Day:
    """What happens in the room that day."""

    def some(kind: type) -> Any:
        return tuple(one for one in happening if isinstance(one, kind))

    return Day(some(Watch), some(Lead), some(Use), some(Minors), open_lab)


def badge(code: str = "BS-LASER", *, prerequisites: tuple[str, ...] = (), **fields: Any) -> Standing:
    """An award of a badge, handed over in October, without end."""
    names = {"BS-LASER": "Permis laser", "BS-ATELIER": "Atelier"}
    return Standing(
        **{
            "badge_id": 1,
            "code": code,
            "name": names[code],
            "award_id": 1,
            "public_id": "a",
            "awarded_at": NOW - timedelta(days=40),
            "prerequisites": prerequisites,
            **fields,
        }
    )


def own(start: str, end: str, on: date = WEDNESDAY, **fields: Any) -> Own:
    """A machine the holder already booked."""
    values = {"booking_id": 50, "machine_id": 1, "constant_watch": True, "active": True}
    return Own(slot=slot(start, end, on), **(values | fields))


SHEET = Sheet(1, "LAS-02", "La petite laser", "BS-LASER", "Permis laser", "medium", True, 120, 12, 15, None)
HOLDER = Holder(7, date(2007, 5, 3), standings={"BS-LASER": badge()})
GIVEN = Facts(SHEET, HOLDER, day(watch()), MachineRules())


def sheet(**fields: Any) -> Facts:
    """The facts with another machine."""
    return replace(GIVEN, sheet=replace(SHEET, **fields))


def holder(facts: Facts = GIVEN, **fields: Any) -> Facts:
    """The facts with another holder."""
    return replace(facts, holder=replace(facts.holder, **fields))


def room(*happening: Any, facts: Facts = GIVEN, **fields: Any) -> Facts:
    """The facts with other things happening in the room."""
    return replace(facts, day=day(*happening, **fields))


def refusals(facts: Facts = GIVEN, ask: Ask = ASK) -> list[Refusal]:
    """What the rules say."""
    return rules.refusals(ask, facts, NOW)


def codes(facts: Facts = GIVEN, ask: Ask = ASK) -> list[str]:
    """The codes of what the rules say."""
    return [refusal.code for refusal in refusals(facts, ask)]
