"""What the rules of training slots look at: frozen, pure, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bookings.values import Slot
from fablab.people.rules import Agreement
from machines.values import Day, MachineRules, Sheet

#: a first training lasts that long where the catalogue does not say
USUAL_MINUTES = 60
RESULTS = ("validated", "again", "absent")


@dataclass(frozen=True)
class Learner:
    """Somebody who would learn: no badge is asked of them."""

    id: int
    name: str
    birth_date: date | None
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class TrainingFacts:
    """Everything the rules look at for one training slot; ``day`` without the slot itself."""

    sheet: Sheet
    teacher_id: int
    may_teach: bool
    learners: tuple[Learner, ...]
    places: int
    badge_min_age: int | None
    day: Day
    limits: MachineRules


@dataclass(frozen=True)
class SlotWish:
    """A training slot to plan: the machine, who teaches, when, and whose requests it answers."""

    machine_id: int
    teacher_id: int
    slot: Slot
    request_ids: tuple[str, ...]
    key: str | None = None


@dataclass(frozen=True)
class RecordFacts:
    """What the rules of «how it went» must know: ``seats`` are the people who sit, by id."""

    may_record: bool
    begun: bool
    cancelled: bool
    seats: Mapping[int, str]


def minutes_for(*, renews: bool, renewal: int | None, first: int | None, step: int, shortest: int) -> int:
    """How long a training lasts on a machine: as in the catalogue, at least its shortest slot, on its step."""
    wanted = max((renewal if renews else first) or USUAL_MINUTES, shortest)
    return -(-wanted // step) * step
