"""The rules of counting who comes: on a day of the activity, never below nobody. Pure; ``today`` is this day."""

from datetime import date, timedelta

from fablab.i18n import _
from fablab.refusals import Refusal

#: how long after its day a count may still be written or put right
COUNTED_WITHIN = timedelta(days=31)


def count_refusals(day: date, today: date, *, held: bool) -> list[Refusal]:
    """Why nobody is counted on a day: it is too far, or the activity does not take place."""
    if not today - COUNTED_WITHIN <= day <= today:
        sentence = _("On compte le jour même, ou dans les %(num)s jours qui suivent.", num=COUNTED_WITHIN.days)
        return [Refusal("count_day", sentence)]
    if not held:
        return [Refusal("not_held", _("Cette activité n’a pas lieu ce jour."))]
    return []


def too_few(after: int) -> list[Refusal]:
    """Why fewer are not counted: there would be fewer than nobody."""
    return [Refusal("below_zero", _("Il n’y a plus personne à retirer."))] if after < 0 else []
