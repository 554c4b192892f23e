"""The demonstration's requests: to be trained, to be seen; some have their answer. All through the actions."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.values import Slot
from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions_training, queries_proposals, queries_training
from machines.models_training import TrainingSlot
from machines.values_training import USUAL_MINUTES, SlotWish
from pathways import actions, actions_requests, actions_second_check
from pathways.models import Award, Badge, Competency, Enrolment, Mastery, TrainingRequest, ValidatorRight
from pathways.queries_requests import seen_waiting
from pathways.values_validating import Cell

#: badge, how many days ago each asked, oldest first
ASKED = {"BS-TEXTILE": (9, 8, 6), "BS-SERIGRAPHIE": (5, 2), "BS-LASER": (4, 1)}
#: answered with a slot, answered with words; the third waits
WITH_SLOT, WITH_WORDS = "BS-TEXTILE", "BS-SERIGRAPHIE"
#: what two people must see from a few days before the day
AT_TWO = "MAC-06"
SENTENCES = (
    "J’ai fait trois pièces toute seule.",
    "J’ai montré à un autre comment faire.",
    "Je l’ai refait sans aide mercredi.",
    "J’ai réussi deux fois de suite.",
    "Je crois que j’ai compris.",
)


@dataclass
class Asking:
    """What the requests of the demonstration know while they are told."""

    story: Story
    day: date
    team: dict[str, int]
    taken: set[int] = field(default_factory=set)

    def prepare(self) -> None:
        """Put requests and answers into the story."""
        for code, days in ASKED.items():
            for number, ago in enumerate(days):
                self.story.at(self._evening(ago, number), partial(self._ask_training, code, number))
        self.story.at_work(self._evening(3, 40), self._answer_words)
        self.story.at_work(self._evening(7, 50), self._plan)
        for number in range(len(SENTENCES)):
            self.story.at(self._evening(6 - number, 20 + number), partial(self._ask_seen, number))
        self.story.at_work(self._evening(2, 45), self._answer_seen)
        self.story.at_work(self._evening(3, 5), self._ask_for_two)
        self.story.at_work(self._evening(1, 30), self._first_look)

    def _evening(self, ago: int, minutes: int) -> datetime:
        return clock.at(self.day - timedelta(days=ago), time(18)) + timedelta(minutes=minutes)

    # --- asked --------------------------------------------------------------------------------------

    def _ask_training(self, code: str, number: int, now: datetime) -> None:
        session = db.session()
        badge = session.scalars(select(Badge).where(Badge.code == code)).one_or_none()
        if badge is None:
            return
        held = select(Award.person_id).where(Award.badge_id == badge.id)
        people = [one for one in learners(session) if one.id not in self.taken]
        without = set(session.scalars(held))
        wanting = [one for one in people if one.id not in without and self._old_enough(one, badge, now)]
        if wanting:
            person = self.story.chance("asks", code, number).choice(wanting)
            self.taken.add(person.id)
            machines = queries_training.machines_of(session, badge.id, clock.local_day(now))
            actions_requests.ask_training(person, badge, now, machine=machines[0] if machines else None)

    def _old_enough(self, person: Person, badge: Badge, now: datetime) -> bool:
        years = clock.local_day(now).year - person.birth_date.year if person.birth_date else 0
        return years > max(18, badge.min_age or 0)

    def _ask_seen(self, number: int, now: datetime) -> None:
        """Somebody whose level may grow says so."""
        session = db.session()
        rows = session.execute(
            select(Mastery.person_id, Mastery.competency_id, Mastery.level)
            .where(Mastery.level.in_((1, 2)))
            .order_by(Mastery.person_id, Mastery.competency_id)
        ).all()
        if rows:
            person_id, competency_id, level = self.story.chance("seen", number).choice(rows)
            person, competency = session.get_one(Person, person_id), session.get_one(Competency, competency_id)
            try:
                actions_requests.ask_to_be_seen(person, competency, level + 1, SENTENCES[number], now)
            except Refused:
                return  # nothing more to reach there

    # --- answered -----------------------------------------------------------------------------------

    def _answer_words(self, now: datetime) -> None:
        request = self._oldest(WITH_WORDS)
        if request is not None:
            by = db.session.get_one(Person, self.team["chloe"])
            actions_requests.answer_training(request, "Viens à l’atelier libre de mercredi, à 14 h.", by, now)

    def _plan(self, now: datetime) -> None:
        """A slot for the oldest request, at the first time that every rule accepts."""
        session, request = db.session(), self._oldest(WITH_SLOT)
        if request is None:
            return
        machines = queries_training.machines_of(session, request.badge_id, clock.local_day(now))
        found = queries_proposals.proposals(
            session, request.badge_id, machines, [request.person_id], USUAL_MINUTES, now
        )
        if found:
            one = found[0]
            wish = SlotWish(one.machine.id, one.teacher.id, one.slot, (request.public_id,))
            try:
                made = actions_training.plan_slot(wish, session.get_one(Person, one.teacher.id), now)
            except Refused:
                return  # somebody was faster
            self.story.at(one.slot.end, partial(self._record, made.id, one.slot))

    def _record(self, slot_id: int, slot: Slot, now: datetime) -> None:
        """How it went; refused (no right for a badge that comes before), it is to see again."""
        training = db.session.get_one(TrainingSlot, slot_id)
        results = {seat.person_id: "validated" for seat in training.seats if seat.state == "expected"}
        if training.booking.status != "confirmed" or not results:
            return
        by = db.session.get_one(Person, training.facilitator_id)
        try:
            actions_training.record(training, results, by, now)
        except Refused:
            again = dict.fromkeys(results, "again")
            actions_training.record(db.session.get_one(TrainingSlot, slot_id), again, by, now)

    def _answer_seen(self, now: datetime) -> None:
        """The oldest hears «not yet», the next what is left to complete; the others wait."""
        by, waiting = db.session.get_one(Person, self.team["samir"]), seen_waiting(db.session())
        answers = (("not_yet", "almost", ""), ("to_complete", "", "Il manque la photo de la pièce finie."))
        for line, (outcome, code, text) in zip(waiting, answers, strict=False):
            actions_requests.answer_seen(line.request, outcome, code, text, by, now)

    def _ask_for_two(self, now: datetime) -> None:
        competency = db.session.scalars(select(Competency).where(Competency.code == AT_TWO)).one_or_none()
        if competency is not None:
            actions_second_check.ask_for_two(competency, db.session.get_one(Person, self.team["nadia"]), now)

    def _first_look(self, now: datetime) -> None:
        """One of the team saw it: it waits for another."""
        session = db.session()
        competency = session.scalars(select(Competency).where(Competency.code == AT_TWO)).one_or_none()
        able = select(ValidatorRight.person_id).join(Badge, Badge.id == ValidatorRight.badge_id)
        first = session.scalars(able.where(Badge.code == "BS-CNC").order_by(ValidatorRight.id)).first()
        people = learners(session)
        if competency is not None and first is not None and people:
            person = self.story.chance("first look").choice(people)
            by = session.get_one(Person, first)
            try:
                cells = [Cell(person.id, competency.id, 2)]
                actions.validate_batch(None, by, cells, key="demo:first-look", now=now)
            except Refused:
                return  # reached long ago

    def _oldest(self, code: str) -> TrainingRequest | None:
        found = select(TrainingRequest).join(Badge, Badge.id == TrainingRequest.badge_id).where(Badge.code == code)
        return db.session.scalars(
            found.where(TrainingRequest.status == "waiting").order_by(TrainingRequest.asked_at)
        ).first()


def learners(session: Session) -> list[Person]:
    """Who follows a pathway now, in a steady order."""
    enrolled = select(Enrolment.person_id).where(Enrolment.ended_on.is_(None))
    found = select(Person).where(Person.id.in_(enrolled), Person.left_at.is_(None)).order_by(Person.id)
    return list(session.scalars(found))
