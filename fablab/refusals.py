"""How any rule says no: with a code for tests, a sentence for people and a next step."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Effect = Literal["cancel", "warn", "keep"]


@dataclass(frozen=True)
class Step:
    """Something the person can do about a refusal: words and a local address."""

    label: str
    url: str


@dataclass(frozen=True)
class Refusal:
    """One reason why not.

    ``code`` is stable and for tests; ``sentence`` says what is missing and what to do;
    ``field`` names the form field beside which it belongs; ``soft`` may be overridden by
    staff with a written reason; ``effect`` is what becomes of a booking already made;
    ``step`` does something about it; ``values`` are what its words need to be said again later (fablab/reasons.py).
    """

    code: str
    sentence: str
    field: str = ""
    soft: bool = False
    effect: Effect = "keep"
    step: Step | None = None
    facts: tuple[tuple[str, object], ...] = dataclasses.field(default=(), compare=False)
    values: tuple[tuple[str, str | int], ...] = ()


class Refused(Exception):
    """Raised by an action: everything that stands in the way, all at once."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = tuple(refusals)

    @property
    def codes(self) -> list[str]:
        """The codes, in the order of the rules."""
        return [refusal.code for refusal in self.refusals]


def for_team(refusals: Sequence[Refusal]) -> list[Refusal]:
    """The same in the words of the team, where a rule has some beside the young person's («staff» among its facts)."""
    return [dataclasses.replace(one, sentence=str(dict(one.facts).get("staff", one.sentence))) for one in refusals]


def refuse(code: str, sentence: str, *, field: str = "", step: Step | None = None) -> Refused:
    """A Refused with a single reason, ready to raise."""
    return Refused([Refusal(code, sentence, field=field, step=step)])
