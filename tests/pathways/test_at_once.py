"""Two people of the team doing the same thing at the same moment, on several connections."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from fablab import clock
from fablab.db import db, transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Award, Badge, Competency, Enrolment, Group, Mastery, PathwayVersion, Validation
from pathways.values_validating import Cell
from tests.make import make_staff, make_young
from tests.make_pathways import (
    enrol,
    make_competency,
    make_group,
    make_pathway,
    make_safety_badge,
    make_validator,
    validate,
)


def together(app: Flask, *acts: Callable[[], Any]) -> list[BaseException]:
    """Run these acts at the same moment, a thread and a connection each; gives what they raised."""
    barrier, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act()
            except Exception as error:
                raised.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return list(raised)


def row(model: type[Any], row_id: int) -> Any:
    """A row on the connection of this thread; objects of another thread are not touched."""
    return db.session().get_one(model, row_id)


def count(model: type[Any]) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


def test_two_validations_at_once_give_one_stage_badge(shared_database: Flask) -> None:
    now = clock.now()
    version = make_pathway("DECLIC", {"EXP": {"SEC-01": 2, "MAC-01": 2}})
    codes = [make_competency(code).id for code in ("SEC-01", "MAC-01")]
    people = [make_young(f"Jeune{number}") for number in range(6)]
    for person in people:
        enrol(person, version=version)
    authors, ids = [make_staff("Samir").id, make_staff("Lina").id], [person.id for person in people]

    def save(author_id: int, level: int) -> Callable[[], Any]:
        def act() -> None:
            author = row(Person, author_id)
            for person_id in ids:
                cells = [Cell(person_id, code, level) for code in codes]
                with suppress(Refused):
                    actions.validate_batch(None, author, cells, key=f"{author_id}-{person_id}", now=now)

        return act

    assert together(shared_database, save(authors[0], 2), save(authors[1], 3)) == []
    assert count(Award) == len(people)
    levels = db.session().scalars(
        select(Mastery.level).join(Competency).where(Competency.code.in_(["SEC-01", "MAC-01"]))
    )
    assert set(levels) == {3}
    assert actions.rebuild_mastery() == 0


def test_a_form_sent_twice_at_once_saves_once(shared_database: Flask) -> None:
    author_id, now = make_staff("Samir").id, clock.now()
    cells = [Cell(make_young("Inès").id, make_competency().id, 2)]

    def act() -> None:
        actions.validate_batch(None, row(Person, author_id), cells, key="k" * 32, now=now)

    assert together(shared_database, act, act, act) == []
    assert count(Validation) == 1


def test_two_colleagues_hand_over_the_same_badge_at_once(shared_database: Flask) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-05": 2})
    givers, person, now = [make_validator(), make_validator()], make_young("Inès"), clock.now()
    validate(person, {"MAC-05": 2})

    badge_id, person_id = badge.id, person.id

    def give(giver_id: int) -> Callable[[], Any]:
        return lambda: actions.hand_over(row(Badge, badge_id), [row(Person, person_id)], row(Person, giver_id), now)

    raised = together(shared_database, *(give(giver.id) for giver in givers))
    assert [error.codes for error in raised if isinstance(error, Refused)] == [["already_held"]]
    assert len(raised) == 1
    assert count(Award) == 1


def test_two_groups_of_the_same_name_at_once_make_one(shared_database: Flask) -> None:
    version_id, lina_id, now = make_pathway().id, make_staff("Lina").id, clock.now()
    day = clock.local_day(now)

    def first() -> None:
        with transaction() as session:
            session.add(Group(version_id=version_id, name="Les mardis", starts_on=day, created_at=now))
            session.flush()
            time.sleep(0.6)  # written, not yet said: the other looks for the name meanwhile

    def second() -> None:
        version, lina = row(PathwayVersion, version_id), row(Person, lina_id)
        db.session.commit()
        time.sleep(0.3)
        actions.open_group(version, "Les mardis", day, lina, now)

    raised = together(shared_database, first, second)
    assert [error.codes for error in raised if isinstance(error, Refused)] == [["name_taken"]], raised
    assert count(Group) == 1


def test_the_last_place_of_a_group_goes_to_one(shared_database: Flask) -> None:
    version = make_pathway(group_max=1)
    group_id, samir_id, now = make_group(version).id, make_staff("Samir").id, clock.now()
    ids = [make_young(name).id for name in ("Inès", "Tom", "Lou")]

    def take(person_id: int) -> Callable[[], Any]:
        def act() -> None:
            group = row(Group, group_id)
            actions.enrol(row(Person, person_id), group.version, row(Person, samir_id), now, group=group)

        return act

    raised = together(shared_database, *(take(person_id) for person_id in ids))
    assert [error.codes for error in raised if isinstance(error, Refused)] == [["group_full"]] * 2
    assert count(Enrolment) == 1
