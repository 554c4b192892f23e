"""The rules of machines about how much somebody books: soft, the team may pass them. Pure."""

from datetime import datetime

from bookings.values import Ask, Slot
from fablab.i18n import _, ngettext, say_length
from fablab.refusals import Refusal, Step
from machines.refusing import say_no
from machines.values import Facts, slot_day

#: first and last minutes that count of a machine which runs without somebody in front of it
STARTED, ENDED = 30, 30


def counted_minutes(slot: Slot, *, constant_watch: bool) -> int:
    """Minutes that a slot takes from the weekly hours.

    A machine that runs alone counts only its first and last half hours, when somebody stands in front of it.
    """
    return slot.minutes if constant_watch else min(slot.minutes, STARTED + ENDED)


def too_many_bookings(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """So many bookings still to be lived, and no more."""
    most = facts.limits.max_active_bookings
    active = sum(own.active for own in facts.holder.own if own.booking_id != ask.moving)
    if active < most:
        return []
    young = ngettext("J’ai déjà %(num)s réservation.", "J’ai déjà %(num)s réservations.", active)
    young += " " + _("J’en annule une, ou j’attends.")
    staff = ngettext("Déjà %(num)s réservation à venir.", "Déjà %(num)s réservations à venir.", active)
    return [say_no("too_many_bookings", young, staff, soft=True, step=Step(_("Mes réservations"), "/"))]


def week_hours_all(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """So many hours in the ISO week of the slot, all machines together."""
    most = facts.limits.max_weekly_hours * 60
    used = _week_minutes(ask, facts)
    if used + counted_minutes(ask.slot, constant_watch=facts.sheet.constant_watch) <= most:
        return []
    young = _("Par semaine, c’est %(most)s au plus.", most=say_length(most))
    young += " " + _("J’ai déjà %(used)s cette semaine-là.", used=say_length(used))
    staff = _("Déjà %(used)s cette semaine-là, sur %(most)s.", used=say_length(used), most=say_length(most))
    return [say_no("week_hours_all", young, staff, field="slot", soft=True)]


def week_hours_machine(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """So many minutes of this machine in the ISO week of the slot."""
    most = facts.sheet.max_week_minutes
    used = _week_minutes(ask, facts, machine_id=facts.sheet.id)
    if used + counted_minutes(ask.slot, constant_watch=facts.sheet.constant_watch) <= most:
        return []
    young = _("Cette machine, c’est %(most)s par semaine.", most=say_length(most))
    young += " " + _("J’ai déjà %(used)s cette semaine-là.", used=say_length(used))
    staff = _("Cette machine : déjà %(used)s, sur %(most)s par semaine.", used=say_length(used), most=say_length(most))
    return [say_no("week_hours_machine", young, staff, field="slot", soft=True)]


def _week_minutes(ask: Ask, facts: Facts, machine_id: int | None = None) -> int:
    week = slot_day(ask.slot).isocalendar()[:2]
    return sum(
        counted_minutes(own.slot, constant_watch=own.constant_watch)
        for own in facts.holder.own
        if own.booking_id != ask.moving
        and slot_day(own.slot).isocalendar()[:2] == week
        and machine_id in (None, own.machine_id)
    )
