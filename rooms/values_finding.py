"""What an organisation needs of a room, and a room weighed against it: frozen, pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bookings.values import Slot
from fablab.refusals import Refusal
from rooms.values import Sheet, WaitsFor

Lack = Literal["small", "equipment", "steps"]


@dataclass(frozen=True)
class Need:
    """What is asked of a room: for how many, with what in it, without a step on the way."""

    people: int
    equipment: str = ""
    step_free: bool = False

    def lacks(self, room: Sheet) -> tuple[Lack, ...]:
        """What a room has not of it; «small»: for more than are at ease in it, the gauge being a rule's business."""
        found: list[Lack] = []
        if self.people > room.usual_capacity:
            found.append("small")
        if self.equipment and self.equipment not in room.equipment:
            found.append("equipment")
        if self.step_free and not room.step_free:
            found.append("steps")
        return tuple(found)


@dataclass(frozen=True)
class Found:
    """A room weighed against a need: when, what it lacks, what refuses it, what a booking of it waits for."""

    room: Sheet
    slot: Slot
    lacks: tuple[Lack, ...]
    refusals: tuple[Refusal, ...]
    waits: tuple[WaitsFor, ...]

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Best first: all that is needed, confirmed at once, the smallest that is enough."""
        return len(self.lacks), bool(self.waits), self.room.usual_capacity


@dataclass(frozen=True)
class Search:
    """Rooms for a need: those that fit, those that almost do, the same day at another hour, and why not the others.

    All but the last would be accepted as they are.
    """

    fits: tuple[Found, ...]
    almost: tuple[Found, ...]
    shifted: tuple[Found, ...]
    others: tuple[Found, ...]


def sorted_out(found: Sequence[Found], shifted: Sequence[Found]) -> Search:
    """Put rooms that were weighed, and those weighed at another hour, where they belong."""
    good = sorted((one for one in found if not one.refusals), key=lambda one: one.rank)
    return Search(
        tuple(one for one in good if not one.lacks),
        tuple(one for one in good if one.lacks),
        tuple(sorted(shifted, key=lambda one: one.rank)),
        tuple(one for one in found if one.refusals),
    )
