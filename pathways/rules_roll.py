"""A call that comes late, after somebody else's: what is written, what stays, what somebody must choose. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

#: a status and the minutes late
Mark = tuple[str, int]


@dataclass(frozen=True)
class Merged:
    """What becomes of a call: marks to write, people whose newer mark stays, people about whom two marks disagree."""

    write: Mapping[int, Mark]
    stays: frozenset[int]
    crossed: tuple[int, ...]


def merge_roll(
    mine: Mapping[int, Mark], read: Mapping[int, Mark | None], now: Mapping[int, Mark], *, others: frozenset[int]
) -> Merged:
    """Lay a call over what stands now, line by line; ``read`` is what stood when its page was opened.

    ``others``: people whose mark was last written by somebody else; one's own is written over. What I left as I read
    it gives way to what a colleague wrote since; what we both changed, differently, is for somebody to choose.
    """
    write: dict[int, Mark] = {}
    stays, crossed = set(), []
    for person_id, mark in mine.items():
        before, current = read.get(person_id), now.get(person_id)
        if current == mark:
            continue
        if current is None or current == before or person_id not in others:
            write[person_id] = mark
        elif mark == before:
            stays.add(person_id)
        else:
            crossed.append(person_id)
    return Merged(write, frozenset(stays), tuple(sorted(crossed)))
