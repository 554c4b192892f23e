"""The rules of closing several machines in one act: pure. Facts in, refusals out."""

from datetime import datetime, timedelta

from bookings.values import Slot
from fablab.i18n import _, ngettext
from fablab.refusals import Refusal

#: how long several machines may be closed in one act; for longer the coordination closes each
LONGEST_BLOCK = timedelta(days=31)


def block_refusals(slot: Slot, now: datetime) -> list[Refusal]:
    """Why machines are not closed for a time: it is over, or too long for one act."""
    if slot.end <= now:
        return [Refusal("block_past", _("Ce moment est déjà passé."), field="last_day")]
    if slot.end - slot.start > LONGEST_BLOCK:
        sentence = _("%(num)s jours au plus\u00a0: pour plus longtemps, fermer chaque machine.", num=LONGEST_BLOCK.days)
        return [Refusal("block_long", sentence, field="last_day")]
    return []


def seen_refusals(seen: int, touched: int) -> list[Refusal]:
    """Why what was looked at is not done: other bookings came or went meanwhile."""
    if seen == touched:
        return []
    sentence = ngettext(
        "Maintenant, %(num)s réservation est touchée\u00a0: regarder de nouveau.",
        "Maintenant, %(num)s réservations sont touchées\u00a0: regarder de nouveau.",
        touched,
    )
    return [Refusal("block_changed", sentence)]


def open_again_refusals(standing: int) -> list[Refusal]:
    """Why they are not opened again: none of them is closed by that act any more."""
    return [] if standing else [Refusal("block_lifted", _("Ces machines sont déjà rouvertes."))]
