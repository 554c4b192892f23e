"""The rules of the papers of organisations. Pure; ``today`` is this day.

Where they come from: rooms/data/rooms.yaml, ``papers`` (house rules, modelled on documented municipal practice).
"""

from datetime import date

from fablab.i18n import _, say_date
from fablab.refusals import Refusal
from rooms.values import Tenant
from rooms.values_papers import DATED, GRACE


def days_refusals(kind: str, first: date | None, until: date | None, today: date) -> list[Refusal]:
    """Why a paper cannot be taken with these days: it needs a last one, it is over, or ends before it begins."""
    if until is None and kind in DATED:
        return [Refusal("paper_until_missing", _("Écrire la date de fin qui est sur le papier."), field="until")]
    if until is not None and until < today:
        return [Refusal("paper_over", _("Ce papier est fini\u00a0: il en faut un plus récent."), field="until")]
    if first is not None and until is not None and first > until:
        return [Refusal("paper_backwards", _("Ce papier finirait avant de commencer."), field="first")]
    return []


def answering_refusals(answer: str | None, wanted: str) -> list[Refusal]:
    """Why a paper is not answered so: it was answered otherwise meanwhile."""
    if answer in (None, wanted):
        return []
    return [Refusal("paper_answered", _("Ce papier a déjà une réponse. Recharger la page."))]


def withdrawing_refusals(answer: str | None) -> list[Refusal]:
    """Why an organisation cannot take a paper back: somebody looked at it, the house keeps what it rested on."""
    if answer in (None, "withdrawn"):
        return []
    return [Refusal("paper_kept", _("La maison a déjà répondu sur ce papier\u00a0: elle le garde."))]


def condition_refusals(met_on: date, today: date) -> list[Refusal]:
    """Why a condition is not met since that day: it is to come."""
    if met_on <= today:
        return []
    return [Refusal("met_later", _("Cette date est à venir."), field="met_on")]


def setting_aside_refusals(tenant: Tenant, today: date) -> list[Refusal]:
    """Why an organisation's dates are not suspended for its insurance: it is insured today."""
    if not tenant.insured_on(today):
        return []
    if tenant.insurance_until is None:
        return [Refusal("still_insured", _("Aucune assurance n’est demandée à cette structure."))]
    sentence = _("L’assurance court jusqu’au %(day)s\u00a0: rien à suspendre.", day=say_date(tenant.insurance_until))
    return [Refusal("still_insured", sentence)]


def may_be_set_aside(tenant: Tenant, day: date) -> bool:
    """Whether a date may be suspended: the insurance ended over thirty days before it; never given, any may."""
    if tenant.insured_on(day):
        return False
    ended = tenant.insurance_ended(day)
    return ended is None or day > ended + GRACE
