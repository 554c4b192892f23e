"""The database itself refuses two claims that cross, whoever writes them, on both engines."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from bookings import actions, queries
from bookings.models import Booking, Claim, Place, Resource
from bookings.values import Ask, Slot
from fablab.db import db, transaction
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import make_young
from tests.make_bookings import make_resource, slot

HOUR = timedelta(hours=1)


def write_straight(session: Session, resource: Resource, taken: Slot, *, holds: bool = True) -> int:
    """A booking and its claim written without asking any rule."""
    booking = Booking(
        kind="own",
        resource_id=resource.id,
        place_id=resource.place_id,
        starts_at=taken.start,
        ends_at=taken.end,
        created_at=NOW,
    )
    session.add(booking)
    session.flush()
    claim = Claim(resource_id=resource.id, booking_id=booking.id, starts_at=taken.start, ends_at=taken.end, holds=holds)
    session.add(claim)
    session.flush()
    return claim.id


NINE_TO_ELEVEN = slot("09:00", "11:00")


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (("07:00", "08:00"), False),
        (("08:00", "09:00"), False),
        (("08:00", "09:30"), True),
        (("09:00", "11:00"), True),
        (("09:30", "10:30"), True),
        (("08:00", "12:00"), True),
        (("10:30", "12:00"), True),
        (("11:00", "12:00"), False),
    ],
)
def test_the_database_refuses_a_claim_that_crosses_another(
    session: Session, other: tuple[str, str], refused: bool
) -> None:
    resource = make_resource()
    with transaction() as writing:
        write_straight(writing, resource, NINE_TO_ELEVEN)
    if refused:
        with pytest.raises(IntegrityError, match="claim_taken"), transaction() as writing:
            write_straight(writing, resource, slot(*other))
    else:
        with transaction() as writing:
            write_straight(writing, resource, slot(*other))


def test_a_claim_let_go_stands_in_nobodys_way_until_it_is_taken_again(session: Session) -> None:
    resource = make_resource()
    with transaction() as writing:
        free = write_straight(writing, resource, NINE_TO_ELEVEN, holds=False)
        write_straight(writing, resource, NINE_TO_ELEVEN)
    with pytest.raises(IntegrityError, match="claim_taken"), transaction() as writing:
        writing.execute(update(Claim).where(Claim.id == free).values(holds=True))


def test_an_old_long_claim_still_refuses_one_at_its_end(session: Session) -> None:
    resource = make_resource()
    with transaction() as writing:
        write_straight(writing, resource, Slot(NINE_TO_ELEVEN.start - 500 * HOUR, NINE_TO_ELEVEN.end))
    with pytest.raises(IntegrityError, match="claim_taken"), transaction() as writing:
        write_straight(writing, resource, slot("10:30", "12:00"))


def test_two_resources_never_stand_in_each_others_way(session: Session) -> None:
    with transaction() as writing:
        write_straight(writing, make_resource_in(writing), NINE_TO_ELEVEN)
        write_straight(writing, make_resource_in(writing), NINE_TO_ELEVEN)


def make_resource_in(session: Session) -> Resource:
    number = session.scalar(select(func.count(Resource.id))) or 0
    place = Place(code=f"P{number}", name="La maison")
    resource = Resource(code=f"R{number}", name="x", simple_name="x", kind="space", place=place)
    session.add(resource)
    session.flush()
    return resource


def all_at_once(app: Flask, acts: list[Callable[[], None]]) -> list[BaseException | None]:
    """Run each act in a thread of its own, started together; what each raised."""
    raised: list[BaseException | None] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                acts[number]()
            except (Refused, IntegrityError, OperationalError) as error:
                raised[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def count_held(resource_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Claim.id)).where(Claim.resource_id == resource_id, Claim.holds)) or 0


def test_sixteen_people_at_once_get_one_booking_and_fifteen_clear_refusals(shared_database: Flask) -> None:
    resource = make_resource()
    people = [make_young() for _ in range(16)]
    for start, end in (("14:00", "15:00"), ("15:00", "16:30"), ("17:00", "18:00")):
        asks = [Ask(resource.id, slot(start, end), holder_id=person.id) for person in people]
        raised = all_at_once(shared_database, [lambda ask=ask: _book(ask) for ask in asks])  # type: ignore[misc]
        assert [error for error in raised if error is not None and not isinstance(error, Refused)] == []
        assert sorted(",".join(error.codes) for error in raised if isinstance(error, Refused)) == ["taken"] * 15
    assert count_held(resource.id) == 3


def _book(ask: Ask) -> None:
    actions.book(ask, None, NOW)


def test_a_check_without_the_guarantee_double_books_in_the_same_race(shared_database: Flask) -> None:
    """Shows that the race is tight: the same threads, checking then inserting, book the same time twice."""
    resource = make_resource()
    _remove_the_guarantee()
    rounds = [slot(f"{hour:02}:00", f"{hour:02}:30") for hour in range(8, 20)]
    for asked in rounds:
        all_at_once(shared_database, [lambda asked=asked: _naive(resource, asked)] * 16)  # type: ignore[misc]
    assert count_held(resource.id) > len(rounds)


def _naive(resource: Resource, asked: Slot) -> None:
    session = db.session()
    _made, taken = queries.first_look(session, None, [resource.id], asked)
    session.rollback()
    if not taken:
        with transaction() as writing:
            write_straight(writing, resource, asked)


def _remove_the_guarantee() -> None:
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            statements = ["ALTER TABLE claim DROP CONSTRAINT claim_taken", "DROP TRIGGER claim_waits ON claim"]
        else:
            statements = ["DROP TRIGGER claim_taken_insert", "DROP TRIGGER claim_taken_update"]
        for statement in statements:
            session.connection().exec_driver_sql(statement)


def test_sixteen_connections_that_insert_claims_straight_meet_no_deadlock(shared_database: Flask) -> None:
    """Each takes two things, half of them in the other order: what deadlocks under a bare constraint."""
    first, second = make_resource(), make_resource()
    together = threading.Barrier(16, timeout=20)

    def insert_many(*things: Resource) -> None:
        for hour in range(20):
            together.wait()
            with suppress(IntegrityError), transaction() as session:
                for thing in things:
                    write_straight(session, thing, slot(f"{hour:02}:00", f"{hour:02}:30"))

    acts = [lambda: insert_many(first, second), lambda: insert_many(second, first)] * 8
    assert all_at_once(shared_database, acts) == [None] * 16
    assert _deadlocks() == 0
    assert (count_held(first.id), count_held(second.id)) == (20, 20)


def _deadlocks() -> int:
    """How many PostgreSQL has found in this database since it was made; SQLite, with one writer, knows none."""
    session = db.session()
    if session.get_bind().dialect.name != "postgresql":
        return 0
    counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(session.connection().exec_driver_sql(counted).scalar_one())
