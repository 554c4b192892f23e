"""The rules of badges: what is missing for one, who hands it over, who takes it back. Facts in, refusals out.

What badges ask is in pathways/data/pathways.yaml. The rest is the house's own: the right to validate is dated and per
badge, nobody hands one to themselves.
"""

from collections.abc import Collection, Mapping
from datetime import date

from fablab.i18n import _
from fablab.people.rules import age_on
from fablab.refusals import Refusal
from pathways.values_badges import BadgeTerms, Gap, StageGap


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


def chosen_refusals(chosen: int) -> list[Refusal]:
    """Why a badge is handed to, or taken back from, nobody: ``chosen`` is how many people."""
    return [] if chosen else [Refusal("nobody", _("Choisissez au moins une personne."), field="people")]


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


def right_end_refusals(*, may_end: bool) -> list[Refusal]:
    """Why somebody cannot end a right to validate."""
    return [] if may_end else [Refusal("not_coordinator", _("Seule la coordination retire le droit de valider."))]


def stage_gap(
    targets: Mapping[int, int], levels: Mapping[int, int], choice: tuple[int, Collection[int], int] | None = None
) -> StageGap:
    """What is missing for the badge of a stage: competencies below their level, and how many of those to choose.

    ``targets`` and ``levels`` by competency id; ``choice`` is (how many, among which, at which level).
    """
    missing = tuple(competency for competency, level in targets.items() if levels.get(competency, 0) < level)
    if choice is None:
        return StageGap(missing)
    count, among, level = choice
    reached = sum(levels.get(competency, 0) >= level for competency in among)
    return StageGap(missing, max(0, count - reached))


def sessions_needed(attendance_percent: int, sessions: int) -> int:
    """How many sessions must be attended for the pathway badge: the percentage, rounded up."""
    return -(-attendance_percent * sessions // 100)
