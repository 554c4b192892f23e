"""The rules of waiting: what is kept for whom, how often one may wait. Pure, ``now`` as an argument."""

from datetime import date, datetime, timedelta

from bookings.values import Ask
from fablab import clock
from fablab.i18n import _, ngettext, say_hour
from fablab.refusals import Refusal
from machines.refusing import say_no
from machines.values import Facts
from machines.values_waiting import MOST


def kept_for_line(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """The hour is offered to somebody else who waits, and kept for them a while; the team may pass it."""
    kept = [one for one in facts.kept if one.person_id != ask.holder_id and one.until > now]
    met = next((one for one in kept if one.slot.overlaps(ask.slot)), None)
    if met is None:
        return []
    hour = say_hour(met.until)
    young = _("Cette heure est proposée à quelqu’un jusqu’à %(hour)s.", hour=hour)
    young += " " + _("Je choisis une autre heure, ou j’attends mon tour.")
    staff = _("Proposée à quelqu’un de la file d’attente jusqu’à %(hour)s.", hour=hour)
    return [say_no("kept_for_line", young, staff, soft=True)]


def join_refusals(day: date, minutes: int, longest: int, horizon: timedelta, now: datetime) -> list[Refusal]:
    """Waiting for a day that is over or too far away, or for longer than the machine may be booked."""
    found = []
    if not clock.local_day(now) <= day <= clock.local_day(now + horizon):
        found.append(Refusal("wait_day", _("Ce jour n’est pas possible. J’en choisis un autre.")))
    if not 0 < minutes <= longest:
        found.append(Refusal("wait_minutes", _("Cette durée n’est pas possible. J’en choisis une autre.")))
    return found


def too_many_waits(count: int) -> list[Refusal]:
    """So many waits at once: one is left before another begins."""
    if count < MOST:
        return []
    said = ngettext("J’attends déjà %(num)s place.", "J’attends déjà %(num)s places.", count)
    return [Refusal("too_many_waits", said + " " + _("J’en laisse une d’abord."))]
