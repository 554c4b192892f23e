"""A vocational trainee's derogation: what must be known together. Pure."""

from dataclasses import dataclass
from datetime import date

from fablab.i18n import _
from fablab.refusals import Refusal


@dataclass(frozen=True)
class Trainee:
    """Whether somebody is a vocational trainee, and the derogation: reference, last day, day of the medical opinion."""

    is_trainee: bool
    reference: str | None = None
    derogation_until: date | None = None
    medical_opinion_on: date | None = None


def refusals(asked: Trainee, today: date) -> list[Refusal]:
    """Why this cannot be recorded: half a derogation, a medical opinion not given yet."""
    found = []
    told = [asked.reference, asked.derogation_until, asked.medical_opinion_on]
    if asked.is_trainee and any(told) and not all(told):
        sentence = _("Écrire les trois ensemble\u00a0: référence, dernier jour, date de l’avis médical.")
        found.append(Refusal("derogation_half", sentence, field="reference"))
    if asked.medical_opinion_on and asked.medical_opinion_on > today:
        sentence = _("La date de l’avis médical est dans le futur.")
        found.append(Refusal("medical_future", sentence, field="medical_opinion_on"))
    return found
