"""The rules of sessions: planning, cancelling, attendance, «je ne peux pas venir». Facts in, refusals out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bookings.values import LONGEST_STAY
from fablab import clock
from fablab.i18n import _, say_hour, say_short_day
from fablab.refusals import Refusal
from pathways.values_sessions import ATTENDANCES, LeadFacts, Meeting, PartWish, PlanFacts, RollFacts, SpotFacts

#: attendance may be taken from this long before a session begins
EARLY = timedelta(minutes=30)


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
    """A facilitator cannot lead two sessions at once, nor one during a slot of their own.

    What crosses several parts is said once.
    """
    return [
        Refusal("lead_elsewhere", _crossing_words(other, names), field="leads", facts=(("person_id", other.person_id),))
        for other in dict.fromkeys(other for _part, other in crossings(parts, others))
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
    return [*found, *_team_refusals(facts.leads_team), *_part_refusals(parts, now)]


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


def other_leads_refusals(facts: LeadFacts) -> list[Refusal]:
    """Why these people cannot lead a session from now on; whether they are free is asked beside."""
    found = []
    if not facts.may_plan:
        found.append(Refusal("not_facilitator", _("Seule l’équipe choisit qui mène une séance.")))
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
    if facts.over:
        found.append(Refusal("over", _("Cette séance est finie\u00a0: qui l’a menée ne change plus.")))
    return [*found, *_team_refusals(facts.leads_team)]


def _team_refusals(leads_team: Mapping[int, bool]) -> list[Refusal]:
    """Somebody leads a session, and whoever does is of the team."""
    found = []
    if not leads_team:
        found.append(Refusal("lead_missing", _("Choisissez au moins une personne de l’équipe."), field="leads"))
    if not all(leads_team.values()):
        found.append(Refusal("lead_not_team", _("Une séance est menée par l’équipe."), field="leads"))
    return found


def spot_refusals(facts: SpotFacts, now: datetime) -> list[Refusal]:
    """Why nobody is added to this session on the spot; the rules of enrolling are asked beside."""
    found = []
    if not facts.may_lead:
        found.append(Refusal("not_facilitator", _("Seule l’équipe ajoute quelqu’un à une séance.")))
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
    if not facts.opens_at <= now < facts.closes_at:
        sentence = _("On ajoute quelqu’un le jour même, 30 minutes avant la séance au plus tôt.")
        found.append(Refusal("not_now", sentence))
    if facts.expected:
        found.append(Refusal("already_there", _("Cette personne est déjà dans la séance."), field="who"))
    return found


def _part_refusals(parts: Sequence[PartWish], now: datetime) -> list[Refusal]:
    if not parts:
        return [Refusal("parts_missing", _("Dites quand et où la séance a lieu."), field="day")]
    found = []
    if any(part.end <= part.start for part in parts):
        found.append(Refusal("reversed", _("La fin vient avant le début."), field="ends"))
    if any(part.end - part.start > LONGEST_STAY for part in parts):
        found.append(Refusal("too_long", _("C’est un jour au plus."), field="ends"))
    if any(part.start <= now for part in parts):
        found.append(Refusal("past", _("Cette heure est passée."), field="day"))
    ordered = sorted(parts, key=lambda part: part.start)
    if any(later.start < earlier.end for earlier, later in pairwise(ordered)):
        found.append(Refusal("parts_cross", _("Deux moments de la séance se chevauchent."), field="starts"))
    if any(part.elsewhere is not None and (part.machine_ids or not part.elsewhere.strip()) for part in parts):
        sentence = _("Ailleurs\u00a0: dites où. Les machines ne sortent pas de l’atelier.")
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
            facts=(("person_id", other.person_id),),
        )
        for other in dict.fromkeys(other for _part, other in crossings(parts, others))
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


def roll_refusals(*, may_lead: bool, starts_at: datetime, now: datetime) -> list[Refusal]:
    """Why somebody cannot note yet who is at a session."""
    found = []
    if not may_lead:
        found.append(Refusal("not_facilitator", _("Seule l’équipe fait l’appel.")))
    if now < starts_at - EARLY:
        found.append(Refusal("too_early", _("L’appel se fait au plus tôt 30 minutes avant la séance.")))
    return found


def attendance_refusals(marks: Mapping[int, tuple[str, int]], facts: RollFacts, now: datetime) -> list[Refusal]:
    """Why this attendance cannot be written; ``marks`` gives (status, minutes late) by person id."""
    found = roll_refusals(may_lead=facts.may_lead, starts_at=facts.starts_at, now=now)
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée.")))
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
