"""How the life of a booking on a machine is told to the team, and where its next step is written."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bookings.kinds import Steps
from bookings.models import Booking
from bookings.rules import may_begin
from bookings.values import Slot
from fablab.i18n import _, in_french, lazy, say_hour, say_length
from machines.models_use import MachineUse

_STATES = {
    "fine": lazy("laissée propre"),
    "mess": lazy("à nettoyer ou à ranger"),
    "fault": lazy("quelque chose ne marche pas"),
}


def steps_of(booking: Booking, use: MachineUse | None, free_hours: int, now: datetime) -> Steps:
    """What was done, in lines, and the addresses of what may be done next.

    Cancelled less than ``free_hours`` before, it is said to be late; it is never an absence.
    """
    lines = tuple(_lines(use, booking)) if use else tuple(_late(booking, free_hours))
    to = f"/equipe/reservations/{booking.public_id}"
    if booking.status == "checked_in":
        longer = None if booking.there_until else f"{to}/prolonger"
        return Steps(lines, finish=f"{to}/terminer", extend=longer, take_back=f"{to}/pas-commence")
    if booking.status == "done" and use is not None:
        if use.ended_at is None:
            runs_on = f"/machines/apres-fermeture/{booking.public_id}/relever"
            return Steps(lines, correct=runs_on if booking.there_until else f"{to}/fin")
        return Steps(lines, go_on=f"{to}/reprendre" if use.planned_end > now else None)
    slot = Slot(booking.starts_at, booking.ends_at)
    if may_begin(booking.status, slot, now, suspended=booking.suspended):
        return Steps(lines, begin=f"{to}/commencer")
    return Steps(lines)


def _late(booking: Booking, free_hours: int) -> Iterator[tuple[str, object]]:
    free_until = booking.starts_at - timedelta(hours=free_hours)
    if booking.status == "cancelled" and booking.ended_at and booking.ended_at > free_until:
        yield _("Annulée"), _("tard : moins de %(num)s h avant", num=free_hours)
    if booking.excused:
        yield _("Absence qui ne compte pas"), booking.excused


def _lines(use: MachineUse, booking: Booking) -> Iterator[tuple[str, object]]:
    if use.material:
        yield _("Matière"), in_french(use.material)
    yield _("Commencée"), _("à %(hour)s, %(name)s", hour=say_hour(use.started_at), name=use.started_by.short_name)
    if use.ended_at is None:
        if booking.status == "done":
            yield _("Finie"), _("personne ne l’a dit\u00a0: fermée à %(hour)s", hour=say_hour(booking.ends_at))
        return
    yield _("Finie"), _("à %(hour)s", hour=say_hour(use.ended_at))
    yield _("Temps réel"), say_length(max(1, (use.ended_at - use.started_at) // timedelta(minutes=1)))
    yield _("Machine"), " · ".join(word for word in (str(_STATES[use.state or "fine"]), use.remark or "") if word)
    if use.material_used:
        yield _("Matière utilisée"), use.material_used
    if use.correction:
        yield _("Fin corrigée"), use.correction
