"""Pure: what may be wrong with a machine, and the state that follows from it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

#: what a problem comes from: things, never people
CAUSES = ("wear", "setting", "consumable", "material", "software", "power", "stuck", "unknown")
TEXT_LENGTH = 200
#: how many problems one young person may have waiting at once
MOST_WAITING = 5
#: how many days ahead a machine out of use may be said to be back
MOST_AWAY = 365

#: whether a machine can be used now, as far as nobody's booking is asked
Wrong = Literal["broken", "maintenance", "to_check"]


@dataclass(frozen=True)
class Report:
    """A problem as somebody says it; ``key``: of the form, so that one sent twice is one problem."""

    cause: str
    text: str
    hazard: bool
    key: str


@dataclass(frozen=True)
class Trouble:
    """What lies on a machine now: a breakdown, a planned closure of it alone, or a problem to look at."""

    state: Wrong
    words: str
    back_on: date | None = None


#: what is said first when several things are wrong
_FIRST: tuple[Wrong, ...] = ("broken", "maintenance", "to_check")


def worst(found: list[Trouble]) -> Trouble | None:
    """The one trouble that says the state of a machine; None: nothing is wrong."""
    return min(found, key=lambda one: _FIRST.index(one.state), default=None)
