"""The rules of noting where somebody stands after a pathway. Facts in, refusals out."""

from collections.abc import Collection
from datetime import date

from fablab.i18n import _, say_date
from fablab.refusals import Refusal
from pathways.values_exits import ASKED_OF, Step


def exit_refusals(
    step: Step | None,
    situation: str,
    told_on: date,
    today: date,
    *,
    status: str,
    ended_on: date | None,
    situations: Collection[str],
    may_manage: bool,
) -> list[Refusal]:
    """Why this cannot be noted of an enrolment that ended so. ``situations``: the codes that the house knows."""
    found = keeping_refusals(may_manage=may_manage)
    if ended_on is None or status not in ASKED_OF:
        return [*found, Refusal("exit_not_over", _("Ce parcours n’est pas terminé\u00a0: il n’y a rien à demander."))]
    if step is None:
        found.append(Refusal("exit_step_unknown", _("Choisissez le moment."), field="step"))
    elif today < step.due_on(ended_on):
        day = say_date(step.due_on(ended_on))
        found.append(Refusal("exit_too_early", _("On le demande à partir du %(day)s.", day=day), field="step"))
    if situation not in situations:
        found.append(Refusal("exit_situation_unknown", _("Choisissez une situation de la liste."), field="situation"))
    if not ended_on <= told_on <= today:
        sentence = _("Choisissez un jour entre la sortie, le %(day)s, et aujourd’hui.", day=say_date(ended_on))
        found.append(Refusal("exit_day_outside", sentence, field="told_on"))
    return found


def keeping_refusals(*, may_manage: bool) -> list[Refusal]:
    """Why somebody neither notes a situation nor takes one back."""
    return [] if may_manage else [Refusal("not_facilitator", _("Seule l’équipe note les situations."))]
