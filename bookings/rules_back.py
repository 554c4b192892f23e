"""The rules of ways back: what may be taken back, by whom and until when. Pure; the present moment comes as ``now``."""

from datetime import datetime, timedelta

from bookings.values import Slot
from fablab import clock
from fablab.i18n import _
from fablab.refusals import Refusal

#: how long a breakdown noted by mistake may be taken back as if it had never been
BREAKDOWN_UNDONE_WITHIN = timedelta(minutes=15)


def restore_refusals(slot: Slot, now: datetime, *, by_holder: bool, team_cancelled: bool) -> list[Refusal]:
    """Why a cancelled booking cannot be put back: it has begun, or its holder would undo what the team did."""
    if by_holder and team_cancelled:
        return [Refusal("team_cancelled", _("L’équipe a annulé. Je vois avec elle."))]
    if slot.start <= now:
        return [Refusal("already_begun", _("Cette heure est passée."))]
    return []


def breakdown_undo_refusals(made_by_id: int | None, made_at: datetime, by_id: int, now: datetime) -> list[Refusal]:
    """Why putting a machine out of service is not simply taken back: somebody else's, or too long ago."""
    if made_by_id != by_id:
        sentence = _("Seule la personne qui l’a noté le reprend\u00a0: sinon, remettre en service.")
        return [Refusal("other_author", sentence)]
    if now - made_at > BREAKDOWN_UNDONE_WITHIN:
        return [Refusal("too_late", _("Trop tard pour annuler\u00a0: remettre en service."))]
    return []


def correction_refusals(reason: str) -> list[Refusal]:
    """Why an absence is neither corrected nor excused: nobody wrote how it came about."""
    return [] if reason.strip() else [Refusal("reason_missing", _("Écrire pourquoi."), field="reason")]


def close_again_refusals(lifted_at: datetime | None, ends_at: datetime | None, now: datetime) -> list[Refusal]:
    """Why a closure is not closed again as it was: it is not lifted, not since today, or its time is over."""
    if lifted_at is None or clock.local_day(lifted_at) != clock.local_day(now):
        return [Refusal("other_day", _("On remet une fermeture le jour même\u00a0: sinon, en poser une autre."))]
    if ends_at is not None and ends_at <= now:
        return [Refusal("closure_over", _("Cette fermeture est finie."))]
    return []
