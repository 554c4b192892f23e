"""A call that comes late, after somebody else's: what is written, what stays, what somebody must choose. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_sessions import ATTENDANCES

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


def crossed_refusals(merged: Merged) -> list[Refusal]:
    """Each person about whom two calls disagree: somebody must choose."""
    sentence = _("Quelqu’un a noté autre chose entre-temps\u00a0: choisir, ligne par ligne.")
    return [Refusal("newer_save", sentence, facts=(("person_id", one),)) for one in merged.crossed]


def mark_refusals(name: str, status: str, minutes: str) -> list[Refusal]:
    """What of a line of the call cannot be read as it was sent: who is meant, the status, the minutes late as typed.

    Minutes are for whoever is late, and may be left out.
    """
    if status not in ATTENDANCES:
        return [Refusal("attendance_missing", _("Dire si %(name)s est là.", name=name))]
    if status == "late" and minutes and not _reads(minutes):
        return [Refusal("minutes", _("Écrire le retard de %(name)s en minutes, de 1 à 600.", name=name))]
    return []


def _reads(minutes: str) -> bool:
    return minutes.isascii() and minutes.isdecimal() and len(minutes) < 4 and 1 <= int(minutes) <= 600


def call_taken() -> Refusal:
    """The page of a call was sent already by somebody else, or for another session."""
    return Refusal("key_taken", _("Cette page a déjà servi à quelqu’un d’autre\u00a0: la rouvrir."))
