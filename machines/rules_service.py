"""The rules of putting a machine out of service and back, of its problems: pure. Facts in, refusals out."""

from datetime import date, timedelta

from fablab.i18n import _, say_day
from fablab.refusals import Refusal
from machines.values_repair import MOST_AWAY, MOST_WAITING


def out_refusals(back_on: date | None, today: date) -> list[Refusal]:
    """Why a machine cannot be taken out of use until a day (None: nobody knows); ``today`` is a local day."""
    if back_on is not None and back_on < today:
        return [Refusal("back_before", _("Le retour prévu est déjà passé."), field="back_on")]
    last = today + timedelta(days=MOST_AWAY)
    if back_on is not None and back_on > last:
        sentence = _("Au plus tard le %(day)s. On ne sait pas\u00a0: laisser vide.", day=say_day(last))
        return [Refusal("back_far", sentence, field="back_on")]
    return []


def mistake_refusals(*, others: int) -> list[Refusal]:
    """Why a breakdown is not simply taken back; ``others``: problems told since that keep the machine out too."""
    if others:
        return [Refusal("other_problems", _("Un autre problème garde la machine arrêtée\u00a0: le régler d’abord."))]
    return []


def report_refusals(waiting: int, *, of_team: bool, hazard: bool) -> list[Refusal]:
    """Why a problem cannot be noted as one to look at; ``waiting``: how many of theirs nobody has looked at yet."""
    if of_team and hazard:
        sentence = _("Quelqu’un pourrait se blesser\u00a0: c’est grave, la machine s’arrête.")
        return [Refusal("hazard_is_grave", sentence, field="severity")]
    if not of_team and waiting >= MOST_WAITING:
        sentence = _("J’ai déjà signalé %(num)s problèmes. J’en parle à un animateur.", num=waiting)
        return [Refusal("reports_waiting", sentence)]
    return []


def repair_refusals(*, is_closed: bool) -> list[Refusal]:
    """Why a problem cannot be closed."""
    return [Refusal("ticket_closed", _("Ce problème est déjà réglé."))] if is_closed else []


def reopen_refusals(closed_on: date | None, today: date) -> list[Refusal]:
    """Why a problem cannot be opened again; None: it is open. Local days."""
    if closed_on is None:
        return [Refusal("ticket_open", _("Ce problème n’est pas réglé."))]
    if closed_on != today:
        return [Refusal("ticket_old", _("Réglé un autre jour\u00a0: signaler un nouveau problème."))]
    return []
