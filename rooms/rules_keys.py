"""The rules of keys and access badges: pure.

Where they come from: rooms/data/rooms.yaml, ``keys`` (to a person named by the structure; handed on, returned, lost).
"""

from datetime import date

from fablab.i18n import _
from fablab.refusals import Refusal
from rooms.values_keys import State


def handing_refusals(holder: str | None, due: date | None, today: date) -> list[Refusal]:
    """Why a key is not handed over: it is out already (``holder``: whoever has it, by name), or due before today."""
    found = []
    if holder is not None:
        sentence = _("%(who)s l’a déjà\u00a0: noter d’abord son retour.", who=holder)
        found.append(Refusal("key_out", sentence, field="label"))
    if due is not None and due < today:
        found.append(Refusal("key_due_before", _("Choisir aujourd’hui ou un jour à venir."), field="due"))
    return found


def ended_refusals(now: State) -> list[Refusal]:
    """Why nothing more is noted of a key: it came back, or was cancelled."""
    if now in ("out", "late", "lost"):
        return []
    return [Refusal("key_ended", _("Cette clé est déjà rendue ou annulée. Recharger la page."))]


def cancelling_refusals(now: State) -> list[Refusal]:
    """Why a key is not cancelled: only one that is lost is."""
    if now in ("lost", "cancelled"):
        return []
    return [Refusal("key_not_lost", _("Noter d’abord que la clé est perdue."))]
