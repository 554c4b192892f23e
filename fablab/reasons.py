"""Why something ended or is to be looked at: kept as codes and values, said in the language of whoever reads.

What a person typed is kept as typed, beside. A part teaches the words of its codes with ``teach``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fablab.i18n import _, say_day
from fablab.refusals import Refusal

#: as the database keeps it: {"code": "badge_expires", "badge": "Laser", "day": "2026-11-30"}
Kept = dict[str, Any]
#: why, from whoever acts: words typed by a person, or codes that the program knows how to say
Why = str | Sequence[Kept]


@dataclass(frozen=True)
class Words:
    """How a code is said: to the person concerned («je»), and to the team when it is said otherwise.

    Both are lazy texts with %(named)s values; a value named ``day`` is an ISO day, said in full.
    """

    mine: Any
    team: Any = None


_KNOWN: dict[str, Words] = {}
_MARKS: dict[str, Any] = {}


def teach(words: Mapping[str, Words]) -> None:
    """Say how codes are said; done once for each part when the application is made."""
    _KNOWN.update(words)


def teach_marks(marks: Mapping[str, Any]) -> None:
    """Say in a few words what each code marks a booking for; lazy texts, for the team."""
    _MARKS.update(marks)


def keep(refusals: Iterable[Refusal]) -> list[Kept]:
    """Refusals as they are kept: each code with its values; a code nobody taught keeps its sentence."""
    return [
        {"code": one.code, **dict(one.values)} if one.code in _KNOWN else {"code": one.code, "said": one.sentence}
        for one in dict.fromkeys(refusals)
    ]


def parted(why: Why) -> tuple[str | None, list[Kept] | None]:
    """What a person typed and what the program says, for the two columns that keep them; one is None."""
    return (why, None) if isinstance(why, str) else (None, list(why))


def say(kept: Sequence[Kept] | None, *, team: bool = False) -> str:
    """The sentences of codes, in the language now spoken; nothing for none."""
    return " ".join(_one(one, team=team) for one in kept or ())


def marks(codes: str | None) -> str:
    """What a booking is marked for, in a few words a code; ``codes`` as the booking keeps them: «taken, closed»."""
    return ", ".join(str(_MARKS.get(code, _("à vérifier"))) for code in (codes or "").split(", ") if code)


def _one(kept: Kept, *, team: bool) -> str:
    words = _KNOWN.get(kept["code"])
    if words is None:
        return str(kept.get("said", kept["code"]))
    values = {name: _value(name, value) for name, value in kept.items() if name != "code"}
    return str(words.team if team and words.team else words.mine) % values


def _value(name: str, value: Any) -> Any:
    return say_day(date.fromisoformat(value)) if name == "day" and value else value
