"""The rules of changing what an organisation has: given up late, kept in part. Pure; ``now`` is this moment."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bookings.rules import still_ahead
from bookings.values import Slot
from fablab.i18n import _
from fablab.refusals import Refusal


def is_late(slot: Slot, hours: int, now: datetime) -> bool:
    """Whether a date given up now is given up late: so few hours before it begins (rooms.yaml, ``one_off``)."""
    return slot.start - now < timedelta(hours=hours)


def shrink_refusals(before: Slot, after: Slot, heads: int, fewer: int, now: datetime) -> list[Refusal]:
    """Why somebody cannot keep this part of a booking: it has begun, or it would be more than a part."""
    found = list(still_ahead(before, now))
    if not before.covers(after):
        sentence = _("On peut raccourcir, pas rallonger\u00a0: faire une autre demande pour le reste.")
        found.append(Refusal("longer", sentence, field="starts"))
    if fewer > heads:
        sentence = _("%(num)s personnes étaient prévues\u00a0: faire une autre demande pour davantage.", num=heads)
        found.append(Refusal("more_people", sentence, field="people"))
    return found


def only_new(after: Collection[Refusal], before: Collection[Refusal]) -> list[Refusal]:
    """What would stand against a booking once changed, and does not already."""
    known = {one.code for one in before}
    return [one for one in after if one.code not in known]
