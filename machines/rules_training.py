"""The rules of training slots: pure, each with its own code. No badge is asked of who learns.

Asked beside the engine's (machine free, gauge, nobody in two places). All are for the team: they are said in its
words. A slot that no longer holds is marked, never cancelled: several people may learn in it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bookings.values import Ask
from fablab.i18n import _, ngettext, say_day_from
from fablab.people.rules import age_on, may_take_part, needs_parental_authorisation
from fablab.refusals import Refusal
from machines import supervision
from machines.rules import lacks_derogation
from machines.values import Day, Lead, slot_day
from machines.values_training import RESULTS, Learner, RecordFacts, TrainingFacts


def refusals(ask: Ask, facts: TrainingFacts, now: datetime) -> list[Refusal]:
    """Every reason of this part against a training slot."""
    found = _about_places(facts) + _about_teacher(ask, facts)
    for learner in facts.learners:
        found += _about_learner(ask, facts, learner, now)
    return found + _about_room(ask, facts)


def _about_places(facts: TrainingFacts) -> list[Refusal]:
    if not facts.learners:
        return [Refusal("nobody", _("Choisir au moins une personne."), field="people")]
    if len(facts.learners) > facts.places:
        sentence = ngettext(
            "%(num)s personne à la fois pour ce badge.", "%(num)s personnes à la fois pour ce badge.", facts.places
        )
        return [Refusal("too_many_learners", sentence, field="people")]
    return []


def _about_teacher(ask: Ask, facts: TrainingFacts) -> list[Refusal]:
    found = []
    if not facts.may_teach:
        sentence = _("L’animateur n’a pas le droit de valider ce badge ce jour-là.")
        found.append(Refusal("teacher_no_right", sentence, field="teacher", effect="warn"))
    if not supervision.is_free(facts.teacher_id, ask.slot, facts.day):
        sentence = _("L’animateur n’est pas de permanence au Fablab, ou anime autre chose, à cette heure.")
        found.append(Refusal("not_on_shift", sentence, field="teacher", effect="warn"))
    elif not supervision.still_helped(ask.slot, _with_teacher(ask, facts)):
        sentence = _("Quelqu’un a déjà besoin de cet animateur à côté de soi.")
        found.append(Refusal("teacher_promised", sentence, field="teacher", effect="warn"))
    return found


def _with_teacher(ask: Ask, facts: TrainingFacts) -> Day:
    return replace(facts.day, leads=(*facts.day.leads, Lead(facts.teacher_id, ask.slot, True)))


def _about_learner(ask: Ask, facts: TrainingFacts, learner: Learner, now: datetime) -> list[Refusal]:
    day, name = slot_day(ask.slot), learner.name
    if learner.birth_date is None:
        sentence = _("%(name)s\u00a0: date de naissance à noter.", name=name)
        return [Refusal("learner_birth_date", sentence, field="people", effect="warn")]
    found = []
    least = max(facts.sheet.min_age_beside, facts.badge_min_age or 0)
    if age_on(learner.birth_date, day) < least:
        sentence = _("%(name)s\u00a0: à partir de %(age)s ans.", name=name, age=least)
        found.append(Refusal("learner_too_young", sentence, field="people", effect="warn"))
    when = say_day_from(day, now)
    if not may_take_part(learner.birth_date, learner.agreements, "machines", day):
        sentence = _(
            "%(name)s\u00a0: pas d’autorisation parentale «\u00a0machines\u00a0» le %(day)s.", name=name, day=when
        )
        found.append(Refusal("learner_authorisation", sentence, field="people", effect="warn"))
    if lacks_derogation(facts.sheet, learner.birth_date, learner.agreements, day):
        sentence = _("%(name)s\u00a0: stagiaire mineur, sans dérogation le %(day)s.", name=name, day=when)
        found.append(Refusal("learner_derogation", sentence, field="people", effect="warn"))
    return found


def _about_room(ask: Ask, facts: TrainingFacts) -> list[Refusal]:
    found = []
    least = facts.limits.min_adults_high_risk
    if supervision.lacks_adults(facts.sheet, ask.slot, facts.day, least):
        sentence = _("Machine à risque élevé\u00a0: %(num)s adultes dans la salle pendant tout le créneau.", num=least)
        found.append(Refusal("two_adults", sentence, field="slot", effect="warn", values=(("num", least),)))
    day = slot_day(ask.slot)
    minors = [one.id for one in facts.learners if needs_parental_authorisation(one.birth_date, day)]
    most = facts.limits.max_minors_per_adult
    if minors and supervision.minors_over(ask.slot, facts.day, most, more=len(minors), besides=minors):
        sentence = _("Plus de %(num)s mineurs par adulte à ce moment.", num=most)
        found.append(Refusal("too_many_minors", sentence, field="slot", effect="warn", values=(("num", most),)))
    return found


def plan_refusals(*, may_plan: bool, same_badge: bool, still_open: bool) -> list[Refusal]:
    """Why requests cannot be answered by a slot on this machine, before any rule of the slot itself."""
    if not may_plan:
        return [Refusal("not_facilitator", _("Seule l’équipe d’animation prévoit une formation."))]
    if not same_badge:
        return [Refusal("other_badge", _("Cette machine demande un autre badge."), field="machine")]
    if not still_open:
        sentence = _("Une de ces demandes a déjà sa réponse\u00a0: rouvrez la liste.")
        return [Refusal("request_gone", sentence, field="people")]
    return []


def leave_refusals(*, mine: bool, begun: bool) -> list[Refusal]:
    """Why a learner cannot leave a slot."""
    if not mine:
        return [Refusal("not_mine", _("Ce créneau n’est pas à moi."))]
    if begun:
        return [Refusal("already_begun", _("Ce créneau a commencé. Je vois avec l’équipe."))]
    return []


def cancel_refusals(*, may_cancel: bool, recorded: bool, reason: str) -> list[Refusal]:
    """Why the team cannot cancel a training slot."""
    found = []
    if not may_cancel:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation annule une formation.")))
    if recorded:
        found.append(Refusal("recorded", _("Cette formation a eu lieu.")))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Indiquez pourquoi."), field="reason"))
    return found


def record_refusals(results: Mapping[int, str], facts: RecordFacts) -> list[Refusal]:
    """Why how it went cannot be written."""
    found = []
    if not facts.may_record:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation valide des compétences.")))
    if facts.cancelled:
        found.append(Refusal("slot_cancelled", _("Cette formation est annulée\u00a0: rien à valider.")))
    if not facts.begun:
        found.append(Refusal("not_begun", _("Cette formation n’a pas commencé.")))
    if not results:
        found.append(Refusal("nothing", _("Dire pour chacun comment ça s’est passé.")))
    if set(results) - set(facts.seats) or set(results.values()) - set(RESULTS):
        found.append(Refusal("result_unknown", _("Cette page a changé\u00a0: la rouvrir.")))
    return found
