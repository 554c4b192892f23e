"""The rules of absences: so many within some time, and nobody books for a while. Pure, ``now`` as an argument."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bookings.values import Ask
from fablab import clock
from fablab.i18n import _, ngettext, say_day
from fablab.refusals import Refusal, Step
from machines.refusing import say_no
from machines.values import Facts, MachineRules


def back_on(absences: Iterable[datetime], limits: MachineRules, now: datetime) -> date | None:
    """The day from which somebody books again; None: they may now. ``absences``: when what was missed began."""
    days = sorted(clock.local_day(one) for one in absences)
    most = limits.absences_before_suspension
    until = [
        last + timedelta(days=limits.suspension_days)
        for first, last in zip(days, days[most - 1 :], strict=False)
        if (last - first).days <= limits.absence_period_days
    ]
    latest = max(until, default=None)
    return latest if latest is not None and latest > clock.local_day(now) else None


def suspended_for_absences(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Too many bookings missed: what is booked stays, nothing new is until the day said."""
    limits = facts.limits
    day = back_on(facts.holder.absences, limits, now)
    if day is None or ask.moving is not None:
        return []
    most = limits.absences_before_suspension
    young = ngettext("J’ai manqué %(num)s réservation.", "J’ai manqué %(num)s réservations.", most)
    young += " " + _("Je réserve de nouveau %(day)s.", day=say_day(day))
    young += " " + _("Si c’est une erreur, je le dis à un animateur.")
    staff = ngettext("%(num)s absence", "%(num)s absences", most)
    staff = _("%(absences)s\u00a0: pas de nouvelle réservation avant %(day)s.", absences=staff, day=say_day(day))
    return [say_no("suspended_for_absences", young, staff, soft=True, step=Step(_("Mes réservations"), "/"))]
