"""What the rules of training slots need, read once for many asks."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from bookings.values import Ask, Scope
from machines import queries, queries_training
from machines.queries_room import Happening
from machines.values import Day, MachineRules, Sheet, Training, slot_day
from machines.values_training import Learner, TrainingFacts
from pathways import queries as training
from pathways.values_badges import BadgeTerms


class Teaching:
    """Who may learn and who may teach, put together ask by ask."""

    def __init__(
        self,
        learners: Mapping[int, Learner],
        rights: Mapping[tuple[int, str], Sequence[tuple[date, date | None]]],
        terms: Mapping[str, BadgeTerms],
        standing: Mapping[int, Training],
    ) -> None:
        self._learners, self._rights, self._terms, self._standing = learners, rights, terms, standing

    def facts(self, ask: Ask, sheet: Sheet, day: Day, limits: MachineRules) -> TrainingFacts:
        """Everything about one ask; of a slot that stands, whoever sits in it."""
        mine = self._standing.get(ask.moving) if ask.moving is not None else None
        people = ask.person_ids or tuple(person for person, _minor in (mine.learners if mine else ()))
        teacher = ask.staff_ids[0] if ask.staff_ids else mine.facilitator_id if mine else 0
        terms = self._terms.get(sheet.badge_code)
        on = slot_day(ask.slot)
        return TrainingFacts(
            sheet=sheet,
            teacher_id=teacher,
            may_teach=any(
                since <= on and (until is None or on <= until)
                for since, until in self._rights.get((teacher, sheet.badge_code), ())
            ),
            learners=tuple(self._learners[person] for person in people if person in self._learners),
            places=(terms.training_places if terms else None) or 1,
            badge_min_age=terms.min_age if terms else None,
            day=day,
            limits=limits,
        )


def read_teaching(session: Session, scope: Scope, there: Happening, sheets: Sequence[Sheet]) -> Teaching:
    """The facts of training slots: names, papers and rights. Four statements."""
    # One that was suspended or cancelled is asked again too, before it comes back.
    every = [*there.trainings, *queries_training.let_go(session, scope.resource_ids, scope.span)]
    standing = {one.booking_id: one for one in every}
    people = {*scope.people, *(person for one in every for person, _minor in one.learners)}
    people |= {one.facilitator_id for one in every}
    names = queries_training.names_of(session, people)
    papers = queries.papers_of(session, people)
    learners = {
        person: Learner(person, names.get(person, ""), *papers.get(person, (None, ()))) for person in sorted(people)
    }
    codes = {sheet.badge_code for sheet in sheets}
    rights = queries_training.rights_of_all(session, people, codes)
    terms = {badge.code: badge for badge in training.safety_badges(session, codes)}
    return Teaching(learners, rights, terms, standing)
