"""Book, move, cancel, close, lift, withdraw an adult: the engine against a model that thinks minute by minute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, kinds, upkeep_again
from bookings.kinds import Kind, Known
from bookings.models import Booking, Claim, Closure
from bookings.queries import TakenRow
from bookings.values import Ask, Over, Scope, Slot
from fablab.db import db, transaction
from fablab.refusals import Refusal, Refused
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_place, make_resource, slot

START = slot("08:00", "09:00").start
GAUGE = 2
#: what is booked -> the leaves it takes; and minutes of cleaning by leaf
HALL, LEFT, RIGHT, LASER = range(4)
LEAVES = {HALL: (LEFT, RIGHT), LEFT: (LEFT,), RIGHT: (RIGHT,), LASER: (LASER,)}
CLEANING = {LEFT: 0, RIGHT: 10, LASER: 20}
#: closing one of these closes the others
CLOSES = {
    None: {HALL, LEFT, RIGHT, LASER},
    HALL: {HALL, LEFT, RIGHT},
    LEFT: {HALL, LEFT},
    RIGHT: {HALL, RIGHT},
    LASER: {LASER},
}

spans = st.tuples(st.integers(0, 17), st.integers(1, 6)).map(lambda drawn: (drawn[0] * 10, (drawn[0] + drawn[1]) * 10))
things = st.sampled_from([HALL, LEFT, RIGHT, LASER])


@dataclass
class Made:
    """A booking as the model knows it; minutes from 08:00."""

    thing: int
    start: int
    end: int
    person: int
    live: bool = True
    suspended: bool = False

    @property
    def holds(self) -> bool:
        return self.live and not self.suspended

    def minutes(self) -> set[int]:
        return set(range(self.start, self.end))

    def takes(self) -> set[tuple[int, int]]:
        return {
            (leaf, minute) for leaf in LEAVES[self.thing] for minute in range(self.start, self.end + CLEANING[leaf])
        }


@dataclass
class Shut:
    """A closure as the model knows it."""

    thing: int | None
    start: int
    end: int
    kind: str
    lifted: bool = False

    def lies_on(self, made: Made) -> bool:
        return made.thing in CLOSES[self.thing] and bool(made.minutes() & set(range(self.start, self.end)))


@dataclass
class Model:
    """Everything, minute by minute."""

    bookings: dict[int, Made] = field(default_factory=dict)
    closures: dict[int, Shut] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)

    def codes(self, asked: Made, but: int | None = None) -> set[str]:
        others = [one for id_, one in self.bookings.items() if id_ != but and one.holds]
        found = set()
        for shut in self.closures.values():
            if not shut.lifted and shut.lies_on(asked):
                found.add("out_of_service" if shut.kind == "breakdown" else "closed")
        if any(one.takes() & asked.takes() for one in others):
            found.add("taken")
        if any(one.person == asked.person and one.minutes() & asked.minutes() for one in others):
            found.add("two_places")
        if any(sum(minute in one.minutes() for one in others) >= GAUGE for minute in asked.minutes()):
            found.add("place_full")
        if asked.minutes() & self.alone:
            found.add("no_adult")
        return found

    def under(self, shut: Shut) -> list[tuple[int, Made]]:
        found = [(id_, one) for id_, one in self.bookings.items() if one.live and shut.lies_on(one)]
        return sorted(found, key=lambda pair: (pair[1].start, pair[0]))


class Adults(Kind, Known):
    """The stretches of the day that no adult watches."""

    def __init__(self) -> None:
        self.alone: set[int] = set()

    def read(self, session: Session, scope: Scope, taken: Sequence[TakenRow], now: datetime) -> Known:
        return self

    def refusals(self, ask: Ask, now: datetime) -> list[Refusal]:
        unwatched = set(range(*_minutes(ask.slot))) & self.alone
        return [Refusal("no_adult", "Personne pour surveiller.", effect="warn")] if unwatched else []


def _minutes(when: Slot) -> tuple[int, int]:
    start = int((when.start - START).total_seconds()) // 60
    return start, start + when.minutes


def _slot(start: int, end: int) -> Slot:
    return Slot(START + timedelta(minutes=start), START + timedelta(minutes=end))


def outcome(act: Callable[[], Booking]) -> tuple[Booking | None, set[str]]:
    """What an action made, or the codes of its refusals."""
    try:
        return act(), set()
    except Refused as refused:
        return None, set(refused.codes)


class Engine(RuleBasedStateMachine):
    bookings: Bundle[int] = Bundle("bookings")
    closures: Bundle[int] = Bundle("closures")

    def __init__(self) -> None:
        super().__init__()
        place = make_place(gauge=GAUGE)
        hall = make_resource(place, step_minutes=10, min_minutes=10)
        parts = [
            make_resource(place, step_minutes=10, min_minutes=10, whole_id=hall.id, turnaround=CLEANING[leaf])
            for leaf in (LEFT, RIGHT)
        ]
        laser = make_resource(place, step_minutes=10, min_minutes=10, turnaround=CLEANING[LASER])
        self.place_id = place.id
        self.ids = [hall.id, *(part.id for part in parts), laser.id]
        self.people = [make_young().id for _ in range(3)]
        self.staff = make_staff()
        self.adults = Adults()
        kinds.register("space", self.adults)
        self.model = Model()

    def booking(self, id_: int) -> Booking:
        found = db.session.get(Booking, id_)
        assert found is not None
        return found

    @rule(target=bookings, thing=things, span=spans, person=st.integers(0, 2))
    def book(self, thing: int, span: tuple[int, int], person: int) -> int:
        asked = Made(thing, *span, person)
        expected = self.model.codes(asked)
        ask = Ask(self.ids[thing], _slot(*span), holder_id=self.people[person])
        made, codes = outcome(lambda: actions.book(ask, None, NOW))
        assert codes == expected
        if made is None:
            return 0
        self.model.bookings[made.id] = asked
        return made.id

    @rule(id_=bookings, span=spans)
    def move(self, id_: int, span: tuple[int, int]) -> None:
        known = self.model.bookings.get(id_)
        if known is None:
            return
        moved = Made(known.thing, *span, known.person)
        expected = self.model.codes(moved, but=id_) if known.live else {"status"}
        _made, codes = outcome(lambda: actions.move(self.booking(id_), _slot(*span), self.staff, NOW))
        assert codes == expected
        if not codes:
            self.model.bookings[id_] = moved

    @rule(id_=bookings)
    def cancel(self, id_: int) -> None:
        known = self.model.bookings.get(id_)
        if known is None:
            return
        _made, codes = outcome(lambda: actions.cancel(self.booking(id_), "", self.staff, NOW))
        assert codes == (set() if known.live else {"status"})
        known.live, known.suspended = False, False

    @rule(target=closures, thing=st.none() | things, span=spans, kind=st.sampled_from(["closure", "breakdown"]))
    def close(self, thing: int | None, span: tuple[int, int], kind: str) -> int:
        when = _slot(*span)
        over = Over(
            "Travaux.",
            when.start,
            when.end,
            kind,
            place_id=self.place_id if thing is None else None,
            resource_id=None if thing is None else self.ids[thing],
        )
        laid = actions.close(over, self.staff, NOW)
        shut = Shut(thing, *span, kind)
        for _id, made in self.model.under(shut):
            made.suspended = True
        self.model.closures[laid.closure.id] = shut
        return laid.closure.id

    @rule(id_=consumes(closures))
    def lift(self, id_: int) -> None:
        closure = db.session.get(Closure, id_)
        assert closure is not None
        actions.lift(closure, self.staff, NOW)
        shut = self.model.closures[id_]
        shut.lifted = True
        for booking_id, made in self.model.under(shut):
            if made.suspended and shut.kind == "closure" and not self.model.codes(made, but=booking_id):
                made.suspended = False

    @rule(id_=bookings)
    def give_back(self, id_: int) -> None:
        known = self.model.bookings.get(id_)
        if known is None or not known.live:
            return
        expected = self.model.codes(known, but=id_) if known.suspended else set()
        _made, codes = outcome(lambda: actions.give_back(self.booking(id_), self.staff, NOW))
        assert codes == expected
        if not codes:
            known.suspended = False

    @rule(span=spans)
    def withdraw_an_adult(self, span: tuple[int, int]) -> None:
        self.adults.alone |= set(range(*span))
        self.model.alone |= set(range(*span))
        coming = [self.booking(id_) for id_, made in self.model.bookings.items() if made.live]
        with transaction() as session:
            asked = upkeep_again.ask_again(session, coming, NOW)
        standing = {id_ for id_, made in self.model.bookings.items() if made.holds and self.model.codes(made, but=id_)}
        assert {one.id for one in asked.warned} == standing
        assert asked.cancelled == ()

    @rule()
    def an_adult_comes_back(self) -> None:
        self.adults.alone.clear()
        self.model.alone.clear()

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        db.session.rollback()
        rows = db.session.execute(
            select(Booking.id, Booking.starts_at, Booking.status, Booking.suspended, Claim.resource_id, Claim.holds,
                   Claim.starts_at, Claim.ends_at)
            .join(Claim, Claim.booking_id == Booking.id)
            .where(Booking.place_id == self.place_id)
        ).all()  # fmt: skip
        held: dict[int, set[tuple[int, int]]] = {id_: set() for id_ in self.model.bookings}
        for id_, starts, status, suspended, resource, holds, claimed, until in rows:
            made = self.model.bookings[id_]
            assert (starts, status, suspended) == (
                _slot(made.start, made.end).start, "confirmed" if made.live else "cancelled", made.suspended
            )  # fmt: skip
            if holds:
                start, end = _minutes(Slot(claimed, until))
                held[id_] |= {(self.ids.index(resource), minute) for minute in range(start, end)}
        assert held == {id_: made.takes() if made.holds else set() for id_, made in self.model.bookings.items()}
        everything = [minute for minutes in held.values() for minute in minutes]
        assert len(everything) == len(set(everything))


def test_the_engine_agrees_with_a_model_that_thinks_minute_by_minute(shared_database: Flask) -> None:
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
