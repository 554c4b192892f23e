"""The rules of a machine that goes on past closing when a facilitator agrees: pure. Facts in, refusals out."""

from datetime import datetime, timedelta

from bookings.values import Ask
from fablab.i18n import _, say_length
from fablab.refusals import Refusal, Step
from machines.refusing import say_no
from machines.values import Facts

#: how long whoever starts it stays by it before the Fablab closes
STAYS = timedelta(minutes=30)
#: an hour refused for one of these may be asked for past closing, where the machine may
SHUT = ("outside_hours", "closed")


def runs_past_closing(ask: Ask, facts: Facts, now: datetime) -> list[Refusal]:
    """Why a machine does not go on with nobody by it: it never does, there is no need, or nobody sees it start well."""
    if ask.there_until is None:
        return []
    if not facts.sheet.past_closing:
        young = _("Cette machine s’arrête à la fermeture.")
        return [say_no("never_past_closing", young, young, field="minutes")]
    if ask.slot.end <= ask.there_until:
        young = _("C’est fini avant la fermeture.") + " " + _("Je réserve comme d’habitude.")
        staff = _("Finit avant la fermeture\u00a0: réserver comme d’habitude.")
        step = Step(_("Voir les heures"), f"/reserver/{facts.sheet.code}")
        return [say_no("before_closing", young, staff, field="minutes", step=step)]
    if ask.there_until - ask.slot.start < STAYS:
        length = say_length(STAYS // timedelta(minutes=1))
        young = _("Je reste au moins %(length)s pour la lancer.", length=length) + " " + _("Je commence plus tôt.")
        staff = _("Il faut au moins %(length)s sur place pour la lancer.", length=length)
        return [say_no("starts_too_late", young, staff, field="start")]
    return []


def run_refusals(status: str, *, begun: bool) -> list[Refusal]:
    """Why there is no end to note: it never began."""
    if begun and status in ("checked_in", "done"):
        return []
    return [Refusal("status", _("Cette réservation a changé. Recharger la page."))]


def look_refusals(*, over: bool, said: bool) -> list[Refusal]:
    """Why the end of what ran past closing is not noted: it still runs, or it was."""
    if not over:
        return [Refusal("still_runs", _("Ce n’est pas encore fini."))]
    return [Refusal("end_said", _("La fin est déjà notée."))] if said else []


def look_again_refusals(*, said: bool) -> list[Refusal]:
    """Why the end is not to be looked at again: nobody noted it."""
    return [] if said else [Refusal("end_not_said", _("La fin n’est pas notée."))]
