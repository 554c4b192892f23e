"""The rules of entering a pathway: facts in, refusals out.

Where they come from: pathways/data/pathways.yaml (audiences, places, prerequisites).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from fablab.i18n import _, ngettext
from fablab.people.rules import age_on
from fablab.refusals import Refusal
from pathways.values_enrolling import EXCEPTIONS, EnrolmentFacts, Terms

#: how long before a group starts the coordination hears that it lacks people
WARNED_BEFORE = timedelta(days=7)


def enroller_refusals(*, may_enrol: bool) -> list[Refusal]:
    """Why this person enrols nobody."""
    return [] if may_enrol else [Refusal("not_facilitator", _("Seule l’équipe inscrit à un parcours."))]


def enrolment_refusals(terms: Terms, facts: EnrolmentFacts) -> list[Refusal]:
    """Every reason not to enrol somebody; soft ones (age, situation) may be passed over with a written reason."""
    found = [*_age_refusals(terms, facts), *_situation_refusals(terms, facts), *_place_refusals(terms, facts)]
    if facts.already:
        found.append(Refusal("already_enrolled", _("Cette personne suit déjà ce parcours."), field="person"))
    if not facts.published:
        found.append(Refusal("not_published", _("Ce parcours n’est pas ouvert aux inscriptions."), field="pathway"))
    firsts = terms.any_pathway_finished
    if firsts and not facts.finished & {first.code for first in firsts}:
        names = ", ".join(first.name for first in firsts)
        found.append(Refusal("pathway_first", _("Il faut d’abord terminer un parcours\u00a0: %(names)s.", names=names)))
    for badge in terms.all_badges_valid:
        if badge.code not in facts.valid_badges:
            found.append(Refusal("badge_first", _("Il faut d’abord un badge valide\u00a0: %(name)s.", name=badge.name)))
    return found


def exception_refusals(refusals: Sequence[Refusal], reason: str | None) -> list[Refusal]:
    """What still refuses once this exception is made: soft reasons are passed over with a reason of the list only."""
    if reason and reason not in EXCEPTIONS:
        return [*refusals, Refusal("reason_unknown", _("Choisissez un motif de la liste."), field="reason")]
    return [refusal for refusal in refusals if not (refusal.soft and reason)]


def referral_refusals(terms: Terms, facts: EnrolmentFacts) -> list[Refusal]:
    """Why somebody cannot even be noted as referred; places, ages and prerequisites are asked when they enrol."""
    kept = ("already_enrolled", "not_published", "other_pathway", "group_closed")
    return [refusal for refusal in enrolment_refusals(terms, facts) if refusal.code in kept]


def small_group(starts_on: date, day: date, members: int, least: int) -> bool:
    """Whether a group that starts within a week still lacks people."""
    return day <= starts_on <= day + WARNED_BEFORE and members < least


def _age_refusals(terms: Terms, facts: EnrolmentFacts) -> list[Refusal]:
    if facts.birth_date is None:
        sentence = _("Date de naissance à compléter\u00a0: l’âge n’est pas vérifié.")
        return [Refusal("age_unknown", sentence, field="person", soft=True)]
    age = age_on(facts.birth_date, facts.day)
    if terms.min_age <= age <= terms.max_age:
        return []
    sentence = _(
        "%(title)s est prévu de %(low)s à %(high)s ans\u00a0; cette personne a %(age)s ans.",
        title=terms.title,
        low=terms.min_age,
        high=terms.max_age,
        age=age,
    )
    if terms.extended_max_age and terms.max_age < age <= terms.extended_max_age:
        sentence += " " + _(
            "Possible jusqu’à %(years)s ans\u00a0: %(condition)s.",
            years=terms.extended_max_age,
            condition=terms.extended_condition or "",
        )
    return [Refusal("age", sentence, field="person", soft=True)]


def _situation_refusals(terms: Terms, facts: EnrolmentFacts) -> list[Refusal]:
    if facts.situation in terms.situations:
        return []
    sentence = _("%(title)s s’adresse à une autre situation que celle de cette personne.", title=terms.title)
    return [Refusal("situation", sentence, field="person", soft=True)]


def _place_refusals(terms: Terms, facts: EnrolmentFacts) -> list[Refusal]:
    if facts.group_size is None:
        return []
    found = []
    if not facts.group_of_version:
        found.append(Refusal("other_pathway", _("Ce groupe suit un autre parcours."), field="group"))
    if facts.group_closed:
        found.append(Refusal("group_closed", _("Ce groupe est terminé."), field="group"))
    if terms.group_max is not None and facts.group_size >= terms.group_max:
        sentence = _("Ce groupe est complet\u00a0: %(number)s places.", number=terms.group_max)
        found.append(Refusal("group_full", sentence, field="group"))
    return found


def leave_refusals(*, may_manage: bool, ended: bool, known_word: bool, whither: bool = True) -> list[Refusal]:
    """Why an enrolment cannot be ended so, before its pathway is finished; ``whither``: the other pathway is named."""
    found = []
    if not may_manage:
        found.append(Refusal("not_facilitator", _("Seule l’équipe note une sortie.")))
    if ended:
        found.append(Refusal("already_ended", _("Ce parcours est déjà terminé.")))
    if not known_word:
        found.append(Refusal("status_unknown", _("Choisissez comment le parcours se termine."), field="status"))
    if not whither:
        found.append(Refusal("pathway_unknown", _("Choisissez l’autre parcours."), field="to"))
    return found


def return_refusals(terms: Terms, facts: EnrolmentFacts, *, may_manage: bool) -> list[Refusal]:
    """Why a pathway left by mistake cannot go on: no place any more, or it is followed again already."""
    found = [] if may_manage else [Refusal("not_facilitator", _("Seule l’équipe annule une sortie."))]
    found += _place_refusals(terms, facts)
    if facts.already:
        found.append(Refusal("already_enrolled", _("Cette personne suit déjà ce parcours."), field="person"))
    return found


def close_refusals(*, may_manage: bool, to_come: int) -> list[Refusal]:
    """Why a group cannot be closed; ``to_come`` counts its sessions planned that have not begun."""
    found = []
    if not may_manage:
        found.append(Refusal("not_facilitator", _("Seule l’équipe ferme un groupe.")))
    if to_come:
        sentence = ngettext(
            "%(num)s séance est encore prévue\u00a0: annulez-la d’abord.",
            "%(num)s séances sont encore prévues\u00a0: annulez-les d’abord.",
            to_come,
        )
        found.append(Refusal("sessions_to_come", sentence))
    return found
