"""The rules of looking after machines, and of their log: pure. Facts in, refusals out."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from fablab.i18n import _, say_day, say_hour
from fablab.people.names import fold
from fablab.refusals import Refusal
from machines.values_care import MOST_DAYS_STOPPED, SAME_DONE, CareWish


def plan_refusals(wish: CareWish, today: date) -> list[Refusal]:
    """Why something cannot be planned so; ``today`` is a local day."""
    found = []
    if wish.rhythm.days is None and wish.rhythm.hours is None:
        sentence = _("Écrire un nombre de jours, d’heures, ou les deux.")
        found.append(Refusal("care_never", sentence, field="every_days"))
    if wish.last_on is not None and wish.last_on > today:
        found.append(Refusal("care_last_later", _("Ce jour n’est pas encore passé."), field="last_on"))
    if twice := _said_twice(wish.steps):
        found.append(Refusal("care_step_twice", _("Écrit deux fois\u00a0: %(things)s.", things=twice), field="steps"))
    return found


def done_refusals(steps: Sequence[str], ticked: Collection[str], *, stopped: bool) -> list[Refusal]:
    """Why it is not noted as done: it is planned no more, or a step is missing."""
    found = [*_about_stopped(stopped=stopped)]
    if missing := ", ".join(step for step in steps if step not in ticked):
        sentence = _("Pas encore fait\u00a0: %(things)s.", things=missing)
        found.append(Refusal("care_step_missing", sentence, field="ticked"))
    return found


def again_refusals(last_at: datetime | None, now: datetime) -> list[Refusal]:
    """Why it is not noted as done once more: it was just now (None: never)."""
    if last_at is None or now - last_at >= SAME_DONE:
        return []
    sentence = _("Déjà noté à %(hour)s. Une erreur\u00a0? Reprendre la ligne au carnet.", hour=say_hour(last_at))
    return [Refusal("care_just_done", sentence)]


def close_refusals(until: date, today: date, *, stopped: bool, closed: bool) -> list[Refusal]:
    """Why a machine is not stopped to be looked after, up to a day included."""
    found = [*_about_stopped(stopped=stopped)]
    if closed:
        found.append(Refusal("care_begun", _("L’entretien est déjà commencé.")))
    if until < today:
        found.append(Refusal("care_until_past", _("Ce jour est déjà passé."), field="until"))
    last = today + timedelta(days=MOST_DAYS_STOPPED)
    if until > last:
        sentence = _("Au plus tard le %(day)s. Plus longtemps, c’est une panne.", day=say_day(last))
        found.append(Refusal("care_until_far", sentence, field="until"))
    return found


def reopen_refusals(*, closed: bool) -> list[Refusal]:
    """Why a machine is not opened again before it was looked after."""
    if closed:
        return []
    return [Refusal("care_not_begun", _("La machine n’est plus arrêtée pour cet entretien."))]


def stop_refusals(*, stopped: bool) -> list[Refusal]:
    """Why it cannot be planned no more."""
    return _about_stopped(stopped=stopped)


def write_refusals(*, of_team: bool, own_pace: bool) -> list[Refusal]:
    """Why somebody does not write in the log of a machine: it is for the team, and whoever follows their own pace."""
    if of_team or own_pace:
        return []
    return [Refusal("log_closed", _("Le carnet est pour l’équipe et les Passeurs."))]


def take_back_refusals(written_on: date, today: date, *, gone: bool) -> list[Refusal]:
    """Why a line of the log cannot be taken back. Local days."""
    if gone:
        return [Refusal("line_gone", _("Cette ligne est déjà reprise."))]
    if written_on != today:
        return [Refusal("line_old", _("Écrite un autre jour\u00a0: écrire une autre ligne qui corrige."))]
    return []


def _said_twice(steps: Sequence[str]) -> str:
    """The steps that stand more than once, whatever their capitals and accents."""
    said = [fold(step) for step in steps]
    return ", ".join(step for place, step in enumerate(steps) if fold(step) in said[:place])


def _about_stopped(*, stopped: bool) -> list[Refusal]:
    return [Refusal("care_stopped", _("Cet entretien n’est plus prévu."))] if stopped else []
