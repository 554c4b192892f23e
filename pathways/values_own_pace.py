"""Pathways at one's own pace, as rules and pages see them. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: the offer of badges; the other offers are named by the code of their stage
BADGES = "BADGES"

#: a stretch of time
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Option:
    """Something that may be chosen: how a young person reads it; ``locked``: validated already, it stays chosen."""

    code: str
    label: str
    done: bool = False
    chosen: bool = False

    @property
    def locked(self) -> bool:
        """Whether it was chosen and is validated: from then on it is not changed."""
        return self.chosen and self.done


@dataclass(frozen=True)
class Offer:
    """So many to choose among these, in a stage or for the whole pathway."""

    code: str
    title: str
    count: int
    options: tuple[Option, ...]

    @property
    def chosen(self) -> tuple[Option, ...]:
        """What is chosen now."""
        return tuple(one for one in self.options if one.chosen)

    @property
    def made(self) -> bool:
        """Whether the choice is made."""
        return len(self.chosen) == self.count


@dataclass(frozen=True)
class ChoiceFacts:
    """What the rules of choosing must know of an enrolment."""

    is_mine: bool
    ended: bool
    last_day: date | None
    today: date


@dataclass(frozen=True)
class HelperFacts:
    """What the rules of helping must know: of somebody, and of a session."""

    name: str
    may_manage: bool
    own_pace: bool
    of_the_group: bool
    authorised: bool
    planned: bool
    over: bool
    elsewhere: str = ""


#: what is chosen, by offer
Chosen = Mapping[str, frozenset[str]]
