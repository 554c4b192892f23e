"""The rules of calling somebody back who no longer comes. Facts in, refusals out."""

from datetime import date

from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_outreach import LONGEST_ASIDE, OUTCOMES
from pathways.words_outreach import CHOOSE_OUTCOME


def outreach_refusals(
    outcome: str, aside_until: date | None, today: date, *, may_manage: bool, ended: bool
) -> list[Refusal]:
    """Why this cannot be noted about an enrolment."""
    found = keeping_refusals(may_manage=may_manage)
    if ended:
        found.append(Refusal("enrolment_ended", _("Ce parcours est terminé.")))
    if outcome not in OUTCOMES:
        found.append(Refusal("outcome_unknown", str(CHOOSE_OUTCOME), field="outcome"))
    if aside_until is not None and aside_until <= today:
        found.append(Refusal("aside_past", _("Choisissez un jour à venir."), field="aside_until"))
    elif aside_until is not None and aside_until > today + LONGEST_ASIDE:
        sentence = _("%(days)s jours au plus\u00a0: plus loin, on oublie.", days=LONGEST_ASIDE.days)
        found.append(Refusal("aside_too_far", sentence, field="aside_until"))
    return found


def keeping_refusals(*, may_manage: bool) -> list[Refusal]:
    """Why somebody neither notes a call nor takes one back."""
    return [] if may_manage else [Refusal("not_facilitator", _("Seule l’équipe note les rappels."))]
