"""The rules of entering a pathway: facts in, refusals out.

Where they come from: pathways/data/pathways.yaml (audiences, places, prerequisites).
"""

from fablab.i18n import _
from fablab.people.rules import age_on
from fablab.refusals import Refusal
from pathways.values import EnrolmentFacts, Terms


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
