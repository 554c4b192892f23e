"""The rules of training: facts in, refusals out. No database, no clock.

Where they come from: pathways/data/pathways.yaml (audiences, places, prerequisites, what badges ask), issue notes
of the house (who may validate, what counts once), and the research notes on badges (nobody validates themselves,
the right to validate is dated and per badge).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from fablab import clock
from fablab.i18n import _, say_hour, say_short_day
from fablab.people.rules import age_on
from fablab.refusals import Refusal
from pathways.values import (
    ATTENDANCES,
    LEVELS,
    BadgeTerms,
    BatchFacts,
    Cell,
    CorrectionFacts,
    EnrolmentFacts,
    Gap,
    Line,
    Meeting,
    PartWish,
    PlanFacts,
    RollFacts,
    Terms,
    UndoFacts,
)

# --- enrolment ----------------------------------------------------------------------------------


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


# --- sessions -----------------------------------------------------------------------------------


def crossings(parts: Iterable[Meeting], others: Sequence[Meeting]) -> list[tuple[Meeting, Meeting]]:
    """Pairs of meetings of the same person that share time. Half-open: one may end when the other begins."""
    by_person: dict[int, list[Meeting]] = defaultdict(list)
    for other in others:
        by_person[other.person_id].append(other)
    return [
        (part, other)
        for part in parts
        for other in by_person[part.person_id]
        if part.start < other.end and other.start < part.end
    ]


def lead_refusals(parts: Sequence[Meeting], others: Sequence[Meeting], names: Mapping[int, str]) -> list[Refusal]:
    """A facilitator cannot lead two sessions at once, nor one during a slot of their own."""
    return [
        Refusal("lead_elsewhere", _crossing_words(other, names), field="leads", facts=(("person_id", part.person_id),))
        for part, other in crossings(parts, others)
    ]


def plan_refusals(parts: Sequence[PartWish], facts: PlanFacts, now: datetime) -> list[Refusal]:
    """Why a session cannot be planned (or planned anew) so, engine's rules left aside."""
    found = []
    if not facts.may_plan:
        found.append(Refusal("not_facilitator", _("Seule l’équipe prévoit une séance.")))
    if facts.group_closed:
        found.append(Refusal("group_closed", _("Ce groupe est terminé."), field="group"))
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
    if facts.begun:
        found.append(Refusal("already_begun", _("Cette séance a commencé\u00a0: elle ne change plus.")))
    if not facts.leads_team:
        found.append(Refusal("lead_missing", _("Choisissez au moins une personne de l’équipe."), field="leads"))
    if not all(facts.leads_team.values()):
        found.append(Refusal("lead_not_team", _("Une séance est menée par l’équipe."), field="leads"))
    return found + _part_refusals(parts, now)


def cancel_refusals(*, may_plan: bool, taken: bool, reason: str) -> list[Refusal]:
    """Why a session cannot be cancelled so; once attendance is taken, it has taken place."""
    found = []
    if not may_plan:
        found.append(Refusal("not_facilitator", _("Seule l’équipe annule une séance.")))
    if taken:
        found.append(Refusal("attendance_taken", _("L’appel est fait\u00a0: la séance a eu lieu.")))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Indiquez pourquoi."), field="reason"))
    return found


def _part_refusals(parts: Sequence[PartWish], now: datetime) -> list[Refusal]:
    if not parts:
        return [Refusal("parts_missing", _("Dites quand et où la séance a lieu."), field="day")]
    found = []
    if any(part.end <= part.start for part in parts):
        found.append(Refusal("reversed", _("La fin vient avant le début."), field="ends"))
    if any(part.start <= now for part in parts):
        found.append(Refusal("past", _("Cette heure est passée."), field="day"))
    ordered = sorted(parts, key=lambda part: part.start)
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        found.append(Refusal("parts_cross", _("Deux moments de la séance se chevauchent."), field="second_starts"))
    if any(part.elsewhere is not None and (part.machine_ids or not part.elsewhere.strip()) for part in parts):
        sentence = _("Ailleurs\u00a0: dites où. Les machines ne sortent pas du Fablab.")
        found.append(Refusal("elsewhere", sentence, field="elsewhere"))
    return found


def group_warnings(parts: Sequence[Meeting], others: Sequence[Meeting], names: Mapping[int, str]) -> list[Refusal]:
    """Young people of the group who are already somewhere else at that time: said, not refused."""
    return [
        Refusal(
            "member_elsewhere",
            _crossing_words(other, names),
            soft=True,
            effect="warn",
            facts=(("person_id", part.person_id),),
        )
        for part, other in crossings(parts, others)
    ]


def _crossing_words(other: Meeting, names: Mapping[int, str]) -> str:
    return _(
        "%(name)s est déjà pris\u00a0: %(what)s, %(day)s de %(start)s à %(end)s.",
        name=names.get(other.person_id, ""),
        what=other.what,
        day=say_short_day(clock.local_day(other.start)),
        start=say_hour(other.start),
        end=say_hour(other.end),
    )


# --- attendance ---------------------------------------------------------------------------------

#: attendance may be taken from this long before a session begins
EARLY = timedelta(minutes=30)


def attendance_refusals(marks: Mapping[int, tuple[str, int]], facts: RollFacts, now: datetime) -> list[Refusal]:
    """Why this attendance cannot be written; ``marks`` gives (status, minutes late) by person id."""
    found = []
    if not facts.may_lead:
        found.append(Refusal("not_facilitator", _("Seule l’équipe fait l’appel.")))
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
    if now < facts.starts_at - EARLY:
        found.append(Refusal("too_early", _("L’appel se fait au plus tôt 30 minutes avant la séance.")))
    length = int((facts.ends_at - facts.starts_at).total_seconds()) // 60
    for person_id, (status, minutes) in marks.items():
        about = (("person_id", person_id),)
        if person_id not in facts.expected:
            found.append(Refusal("not_in_group", _("Une personne n’est pas de ce groupe."), facts=about))
        if status not in ATTENDANCES:
            found.append(Refusal("status_unknown", _("Présent, en retard, absent ou excusé."), facts=about))
        elif minutes and (status != "late" or not 0 < minutes <= length):
            sentence = _("Un retard se compte en minutes, dans la durée de la séance.")
            found.append(Refusal("minutes_late", sentence, facts=about))
    return found


def apology_refusals(*, is_mine: bool, starts_at: datetime, cancelled: bool, now: datetime) -> list[Refusal]:
    """Why I cannot say that I will not come, or take it back."""
    if not is_mine:
        return [Refusal("not_mine", _("Cette séance n’est pas à moi."))]
    found = []
    if cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
    if starts_at <= now:
        found.append(Refusal("already_begun", _("La séance a commencé. Je préviens l’équipe.")))
    return found


# --- validation ---------------------------------------------------------------------------------


def batch_refusals(cells: Sequence[Cell], facts: BatchFacts) -> list[Refusal]:
    """Every reason not to save these validations; ``facts`` of each refusal name the person and the competency."""
    found = []
    if not facts.may_validate:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation valide des compétences.")))
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée\u00a0: rien à valider.")))
    if not facts.begun:
        found.append(Refusal("not_begun", _("Cette séance n’a pas commencé.")))
    if not cells:
        found.append(Refusal("nothing", _("Aucune case n’est remplie.")))
    for person_id in sorted({cell.person_id for cell in cells}):
        found += _person_refusals(person_id, facts)
    for competency_id in sorted({cell.competency_id for cell in cells}):
        if not may_validate(competency_id, facts.asked_by, facts.rights):
            sentence = _(
                "Pas de droit de valider à ce jour\u00a0: %(title)s.", title=facts.titles.get(competency_id, "")
            )
            found.append(Refusal("no_right", sentence, facts=(("competency_id", competency_id),)))
    found += [
        Refusal("level_unknown", _("Un niveau va de 1 à 4."), facts=_where(cell))
        for cell in cells
        if cell.level not in LEVELS
    ]
    return found


def _person_refusals(person_id: int, facts: BatchFacts) -> list[Refusal]:
    about = (("person_id", person_id),)
    name = facts.names.get(person_id, "")
    if person_id == facts.author_id:
        return [Refusal("oneself", _("Personne ne valide pour soi-même."), facts=about)]
    if facts.expected is not None and person_id not in facts.expected:
        return [Refusal("not_in_group", _("Une personne n’est pas de ce groupe."), facts=about)]
    if person_id in facts.absent:
        return [Refusal("absent", _("%(name)s n’était pas là\u00a0: rien à valider.", name=name), facts=about)]
    return []


def may_validate(competency_id: int, asked_by: Mapping[int, frozenset[int]], rights: Collection[int]) -> bool:
    """Whether the rights held allow this competency.

    One that safety badges ask needs a current right for at least one of them; any other needs none.
    """
    badges = asked_by.get(competency_id, frozenset())
    return not badges or any(badge in rights for badge in badges)


def _where(cell: Cell) -> tuple[tuple[str, object], ...]:
    return (("person_id", cell.person_id), ("competency_id", cell.competency_id))


def split_reached(cells: Sequence[Cell], levels: Mapping[tuple[int, int], int]) -> tuple[list[Cell], list[Cell]]:
    """What to write and what is already reached; of a cell said twice, the highest level is kept."""
    highest: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        where = (cell.person_id, cell.competency_id)
        if where not in highest or cell.level > highest[where].level:
            highest[where] = cell
    to_write = [cell for where, cell in highest.items() if cell.level > levels.get(where, 0)]
    reached = [cell for where, cell in highest.items() if cell.level <= levels.get(where, 0)]
    return to_write, reached


def current_level(lines: Iterable[Line]) -> tuple[int, int | None]:
    """The level that counts and the line that gives it: the highest among those not corrected, the oldest of equals.

    (0, None) when nothing counts any more.
    """
    rows = list(lines)
    corrected = {line.corrects_id for line in rows}
    standing = [line for line in rows if line.id not in corrected and line.level > 0]
    if not standing:
        return 0, None
    best = max(standing, key=lambda line: (line.level, -line.id))
    return best.level, best.id


def correction_refusals(facts: CorrectionFacts, level: int, reason: str) -> list[Refusal]:
    """Every reason not to correct a validation to this level (0: it does not count at all)."""
    found = []
    if not facts.may_validate:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation corrige une validation.")))
    if facts.author_id == facts.person_id:
        found.append(Refusal("oneself", _("Personne ne valide pour soi-même.")))
    if not facts.rights_ok:
        found.append(Refusal("no_right", _("Pas de droit de valider cette compétence à ce jour.")))
    if facts.already_corrected:
        found.append(Refusal("already_corrected", _("Cette validation est déjà corrigée\u00a0: rouvrez la page.")))
    if level not in (0, *LEVELS):
        found.append(Refusal("level_unknown", _("Un niveau va de 0 à 4."), field="level"))
    elif level == facts.level_now:
        found.append(Refusal("same_level", _("C’est déjà ce niveau\u00a0: rien à corriger."), field="level"))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Indiquez pourquoi."), field="reason"))
    return found


def undo_refusals(facts: UndoFacts, by_id: int, today: date) -> list[Refusal]:
    """A batch is undone by who saved it, on the same day of the house; later, one corrects line by line."""
    found = []
    if by_id != facts.author_id:
        found.append(Refusal("other_author", _("Seule la personne qui a enregistré peut défaire.")))
    if today != facts.saved_on:
        found.append(Refusal("other_day", _("On défait le jour même. Ensuite, corrigez ligne par ligne.")))
    if facts.is_correction:
        found.append(Refusal("is_correction", _("Une correction ne se défait pas\u00a0: corrigez-la à son tour.")))
    return found


# --- badges -------------------------------------------------------------------------------------


def badge_gap(
    badge: BadgeTerms,
    levels: Mapping[int, int],
    valid_badges: Collection[str],
    birth_date: date | None,
    day: date,
) -> Gap:
    """What is missing for a safety badge on a day: ``levels`` by competency id, ``valid_badges`` by code.

    Somebody whose birth date is not known is taken for too young where an age is asked.
    """
    missing = tuple(need for need in badge.requirements if levels.get(need.competency_id, 0) < need.level)
    reached = tuple(need for need in badge.requirements if need not in missing)
    badges = tuple(needed for needed in badge.prerequisites if needed.code not in valid_badges)
    too_young = badge.min_age is not None and (birth_date is None or age_on(birth_date, day) < badge.min_age)
    return Gap(badge, missing, reached, badges, too_young)


def hand_over_refusals(gap: Gap, name: str, *, oneself: bool, held: bool) -> list[Refusal]:
    """Why this badge cannot be handed to somebody now; ``held``: they hold it and it does not end soon."""
    found = []
    if oneself:
        found.append(Refusal("oneself", _("Personne ne se remet un badge.")))
    if held:
        sentence = _("%(name)s a déjà ce badge.", name=name)
        found.append(Refusal("already_held", sentence))
    if gap.missing:
        titles = ", ".join(need.title for need in gap.missing)
        found.append(Refusal("levels", _("Il manque à %(name)s\u00a0: %(titles)s.", name=name, titles=titles)))
    if gap.badges:
        names = ", ".join(needed.name for needed in gap.badges)
        sentence = _("%(name)s doit d’abord avoir\u00a0: %(names)s.", name=name, names=names)
        found.append(Refusal("prerequisites", sentence))
    if gap.too_young:
        sentence = _("%(name)s n’a pas encore %(age)s ans.", name=name, age=gap.badge.min_age)
        found.append(Refusal("too_young", sentence))
    return found


def giver_refusals(*, may_award: bool, holds_right: bool, is_safety: bool) -> list[Refusal]:
    """Why this member of the team cannot hand over this badge today."""
    found = []
    if not may_award:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation remet des badges.")))
    if not is_safety:
        found.append(Refusal("comes_by_itself", _("Ce badge arrive tout seul, quand tout est validé.")))
    elif not holds_right:
        found.append(Refusal("no_right", _("Pas de droit de remettre ce badge à ce jour.")))
    return found


def revoke_refusals(*, may_revoke: bool, oneself: bool, is_safety: bool, reason: str) -> list[Refusal]:
    """Why this badge cannot be taken back by this person with this reason."""
    found = []
    if not may_revoke:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation retire un badge.")))
    if oneself:
        found.append(Refusal("oneself", _("Personne ne retire son propre badge.")))
    if not is_safety:
        found.append(Refusal("comes_by_itself", _("Ce badge suit les validations\u00a0: corrigez la validation.")))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Indiquez pourquoi."), field="reason"))
    return found


def right_refusals(*, may_give: bool, is_team: bool, is_safety: bool, since: date, until: date | None) -> list[Refusal]:
    """Why this right to validate cannot be given."""
    found = []
    if not may_give:
        found.append(Refusal("not_coordinator", _("Seule la coordination donne le droit de valider.")))
    if not is_team:
        found.append(Refusal("not_facilitator", _("Cette personne n’est pas de l’équipe."), field="person"))
    if not is_safety:
        found.append(Refusal("not_safety", _("Ce droit vaut pour un badge de sécurité."), field="badge"))
    if until is not None and until < since:
        found.append(Refusal("reversed", _("La fin vient avant le début."), field="until"))
    return found


# --- stage and pathway badges -------------------------------------------------------------------


def stage_done(
    targets: Mapping[int, int], levels: Mapping[int, int], choice: tuple[int, Collection[int], int] | None = None
) -> bool:
    """Whether all the competencies of a stage are at their level, and enough of those to choose.

    ``targets`` and ``levels`` by competency id; ``choice`` is (how many, among which, at which level).
    """
    if any(levels.get(competency, 0) < level for competency, level in targets.items()):
        return False
    if choice is None:
        return True
    count, among, level = choice
    return sum(levels.get(competency, 0) >= level for competency in among) >= count


def sessions_needed(attendance_percent: int, sessions: int) -> int:
    """How many sessions must be attended for the pathway badge: the percentage, rounded up."""
    return -(-attendance_percent * sessions // 100)
