"""Stage and pathway badges that come and go by themselves: read for several people at once, written for each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.outbox import tell
from fablab.people.models import Person
from pathways.models_badges import Award, Badge
from pathways.models_groups import Enrolment
from pathways.models_pathways import PathwayVersion
from pathways.models_validations import Mastery, Validation
from pathways.queries_kept import KeptStage, teaching
from pathways.queries_own_pace import chosen_by, earned_safety
from pathways.queries_presence import Presence
from pathways.rules_badges import stage_gap
from pathways.values_own_pace import BADGES as BADGE_OFFER

#: enrolments that earn badges: begun, and not left
EARNING = ("under_way", "finished")
#: where a young person reads about their badges
BADGES = "/mes-badges"


class Proven(NamedTuple):
    """The current level of somebody in a competency, and the validation that says so."""

    current: int
    id: int
    competency_id: int
    level: int
    level_label: str
    author_id: int


_PROVEN = select(
    Mastery.person_id,
    Mastery.level,
    Validation.id,
    Validation.competency_id,
    Validation.level,
    Validation.level_label,
    Validation.author_id,
).join(Validation, Validation.id == Mastery.validation_id)


class Settling:
    """Stage and pathway badges of some people: read once for all of them, then settled one enrolment at a time."""

    def __init__(self, session: Session, enrolments: Sequence[Enrolment], now: datetime) -> None:
        self.session = session
        self.now = now
        self.awarded: list[Award] = []
        people = {enrolment.person_id for enrolment in enrolments}
        pathways = {enrolment.version.pathway_id for enrolment in enrolments}
        self.earning = {(e.person_id, e.version_id) for e in enrolments if e.status in EARNING}
        self.badges = {
            (badge.pathway_id, badge.stage_code): badge
            for badge in session.scalars(
                select(Badge).where(Badge.kind.in_(("stage", "pathway")), Badge.pathway_id.in_(pathways))
            )
        }
        self.masteries: dict[int, dict[int, Proven]] = defaultdict(dict)
        for row in session.execute(_PROVEN.where(Mastery.person_id.in_(people))):
            person_id, current, id_, competency_id, level, label, author_id = row
            self.masteries[person_id][competency_id] = Proven(current, id_, competency_id, level, label, author_id)
        self.awards: dict[tuple[int, int, int | None], list[Award]] = defaultdict(list)
        for award in session.scalars(
            select(Award).where(Award.person_id.in_(people), Award.version_id.is_not(None)).order_by(Award.id)
        ):
            self.awards[award.person_id, award.badge_id, award.version_id].append(award)
        self.stages = teaching(session).stages
        self.chosen = chosen_by(session, [one for one in enrolments if self._chooses(one.version)])
        self.safety = earned_safety(session, people) if any(e.version.badge_choice for e in enrolments) else {}

    def settle(self, enrolment: Enrolment, person: Person, presence: Presence) -> None:
        """Give or end the badges of one enrolment, stages first, then the pathway's."""
        version = enrolment.version
        stages, chosen = [], self.chosen.get(enrolment.id, {})
        for stage in self.stages.get(version.id, ()):
            mine = chosen.get(stage.code, frozenset())
            kept = self._kept(enrolment, person, stage.code, mine)
            due = None if kept else self._proof(stage, person.id, mine)
            stages.append(kept or self._hold(person, version, stage.code, due))
        proof: list[dict[str, object]] = [{"award": award.public_id} for award in stages if award]
        complete = bool(stages) and len(proof) == len(stages) and presence.enough
        proof.append({presence.unit: presence.count, "needed": presence.needed})
        earned = complete and self._badges_earned(version, person, chosen.get(BADGE_OFFER, frozenset()))
        pathway_award = self._hold(person, version, None, proof if earned else None)
        if pathway_award and enrolment.status == "under_way":
            enrolment.status, enrolment.ended_on = "finished", clock.local_day(self.now)
            journal.note(
                self.session,
                "enrolment.finish",
                "enrolment",
                enrolment.id,
                by=None,
                now=self.now,
                about=[*journal.people([enrolment.person_id]), ("training_group", enrolment.group_id)],
            )
        elif not pathway_award and enrolment.status == "finished" and self._just_ended(person, version):
            enrolment.status, enrolment.ended_on = "under_way", None
            journal.note(
                self.session,
                "enrolment.reopen",
                "enrolment",
                enrolment.id,
                by=None,
                now=self.now,
                about=[*journal.people([enrolment.person_id]), ("training_group", enrolment.group_id)],
            )

    def _kept(self, enrolment: Enrolment, person: Person, stage_code: str, mine: frozenset[str]) -> Award | None:
        """The badge of this stage earned under a version followed before, as long as that version says it is due."""
        for version_id in enrolment.earlier_versions or ():
            badge = self.badges.get((enrolment.version.pathway_id, stage_code))
            past = self.awards[person.id, badge.id, version_id] if badge else []
            held = next((award for award in past if award.ended_at is None), None)
            stage = next((one for one in self.stages.get(version_id, ()) if one.code == stage_code), None)
            if held is not None and stage is not None and self._proof(stage, person.id, mine) is None:
                self._end(held, person)
            elif held is not None:
                return held
        return None

    def _badges_earned(self, version: PathwayVersion, person: Person, chosen: frozenset[str]) -> bool:
        """Whether the safety badges that a pathway lets choose were earned: those chosen, else enough of them.

        A badge that ended since, by its age or without use, was earned all the same; so was what is finished already.
        """
        if not version.badge_choice or self._holds(version, person):
            return True
        among, count = frozenset(version.badge_choice["among"]), int(version.badge_choice["count"])
        earned = self.safety[person.id] & among
        return chosen <= earned if len(chosen) == count else len(earned) >= count

    def _holds(self, version: PathwayVersion, person: Person) -> bool:
        """Whether the pathway's own badge is held."""
        badge = self.badges.get((version.pathway_id, None))
        past = self.awards[person.id, badge.id, version.id] if badge else []
        return any(award.ended_at is None for award in past)

    def _just_ended(self, person: Person, version: PathwayVersion) -> bool:
        """Whether the pathway badge was ended now; one finished before there were badges stays finished."""
        badge = self.badges.get((version.pathway_id, None))
        past = self.awards[person.id, badge.id, version.id] if badge else []
        return any(award.ended_at == self.now for award in past)

    def _chooses(self, version: PathwayVersion) -> bool:
        """Whether something is chosen in a version: badges, or competencies of a stage."""
        return bool(version.badge_choice) or any(stage.choice_count for stage in self.stages.get(version.id, ()))

    def _proof(self, stage: KeptStage, person_id: int, mine: frozenset[str]) -> list[dict[str, object]] | None:
        """The validations that complete a stage, frozen; None when it is not complete. ``mine``: what was chosen."""
        masteries = self.masteries[person_id]
        levels = {competency_id: row.current for competency_id, row in masteries.items()}
        targets, choice = stage.targets, stage.choice(mine)
        if not (targets or choice) or not stage_gap(targets, levels, choice).closed:
            return None
        chosen = [] if choice is None else [one for one in choice[1] if levels.get(one, 0) >= choice[2]]
        return [proof_of(masteries[competency_id]) for competency_id in dict.fromkeys([*targets, *chosen])]

    def _hold(
        self, person: Person, version: PathwayVersion, stage_code: str | None, proof: Sequence[dict[str, object]] | None
    ) -> Award | None:
        """The award in force after this: given if it is due and not held, ended if it is held and no longer due."""
        badge = self.badges.get((version.pathway_id, stage_code))
        if badge is None:
            return None
        past = self.awards[person.id, badge.id, version.id]
        held = next((award for award in past if award.ended_at is None), None)
        if held is None and proof is not None and (person.id, version.id) in self.earning:
            return self._give(person, version, badge, proof)
        if held is not None and proof is None:
            self._end(held, person)
            return None
        return held

    def _give(self, person: Person, version: PathwayVersion, badge: Badge, proof: Sequence[dict[str, object]]) -> Award:
        past = self.awards[person.id, badge.id, version.id]
        number = len(past) + 1
        # An award that went back to another account when a merge was undone leaves a gap.
        while f"{badge.kind}:{person.id}:{badge.id}:{version.id}:{number}" in {one.key for one in past}:
            number += 1
        award = Award(
            # The key is unique: should two workers ever come here at once, the database keeps one.
            key=f"{badge.kind}:{person.id}:{badge.id}:{version.id}:{number}",
            person_id=person.id,
            badge_id=badge.id,
            version_id=version.id,
            badge_name=badge.name,
            proof=list(proof),
            awarded_at=self.now,
        )
        self.session.add(award)
        self.session.flush()
        past.append(award)
        self.awarded.append(award)
        journal.note(
            self.session,
            "badge.earn",
            "award",
            award.id,
            by=None,
            now=self.now,
            about=journal.people([award.person_id]),
            badge=badge.code,
        )
        tell(
            self.session,
            person,
            "badge-earned",
            key=f"badge-earned:{award.id}",
            now=self.now,
            link=BADGES,
            badge=badge.name,
            kind=badge.kind,
        )
        return award

    def _end(self, award: Award, person: Person) -> None:
        award.ended_at = self.now
        award.ended_reason, award.ended_reasons = "", [{"code": "corrected"}]
        journal.note(
            self.session, "badge.end", "award", award.id, by=None, now=self.now, about=journal.people([award.person_id])
        )
        tell(
            self.session,
            person,
            "badge-ended",
            key=f"badge-ended:{award.id}",
            now=self.now,
            link=BADGES,
            badge=award.badge_name,
            reason="",
            reasons=award.ended_reasons,
        )


def proof_of(validation: Validation | Proven) -> dict[str, object]:
    """A validation as it is frozen into an award: ids, level and label; no name."""
    return {
        "validation": validation.id,
        "competency": validation.competency_id,
        "level": validation.level,
        "label": validation.level_label,
        "author": validation.author_id,
    }
