"""The demonstration: nothing in it breaks a rule of the house, and the same seed tells the same year."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from bookings.models import Booking, Claim, Place
from bookings.queries_house import house_of
from fablab import clock, house
from fablab.db import Model, db
from fablab.home import demo
from fablab.journal import JournalEntry
from fablab.people import actions_account
from fablab.people import demo as people
from fablab.people.models import Authorisation, Person, RoleGrant
from fablab.people.rules import may_take_part
from fablab.permissions import Role
from machines.demo import open_lab
from machines.models import Machine, Shift
from pathways.models import PRESENT, Attendance, Award, Enrolment, TrainingSession, Validation
from tests.conftest import NOW
from tests.make import make_person

pytestmark = pytest.mark.slow

SCHOOL_DAY = date(2026, 11, 24)
#: a Wednesday of the Christmas holidays
HOLIDAY = date(2026, 12, 23)
LIVED = ("confirmed", "checked_in", "done")


@pytest.fixture
def template_app(furnished_app: Flask) -> Flask:
    """The shipped catalogue is there already."""
    return furnished_app


def tell(app: Flask, day: date, seed: int = 1) -> list[str]:
    """A small demonstration in a house that has its catalogue and nothing else."""
    with app.test_request_context(base_url="http://localhost"):
        demo.make_people(day)
        return demo.fill(day, seed, small=True)


def test_nothing_in_the_demonstration_breaks_a_rule_in_the_holidays(app: Flask, session: Session) -> None:
    judge(session, HOLIDAY, tell(app, HOLIDAY))


def judge(session: Session, day: date, said: list[str]) -> None:
    """A year that was told: enough in it, nothing that breaks a rule, and it is told once only."""
    assert "50" in said[0]
    assert session.query(Validation).count() > 50
    assert session.query(Award).count() > 20
    assert session.query(Booking).filter_by(kind="own").count() > 5
    for check in CHECKS:
        assert check(session) == [], check.__doc__
    assert facts_of_the_day_or_later(session, day) == []
    with pytest.raises(click.ClickException, match="told already"):
        demo.fill(day, 1)


def test_on_a_school_day_no_rule_is_broken_and_the_same_seed_tells_the_same_year(app: Flask) -> None:
    told = []
    for _time in (1, 2):
        connection = db._app_engines[app][None]
        undone = connection.begin_nested()  # type: ignore[attr-defined]  # the connection of the test
        count_from_one(db.session())
        said = tell(app, SCHOOL_DAY)
        told.append(what_was_told(db.session()))
        if len(told) == 1:  # the second is the same to the last row
            judge(db.session(), SCHOOL_DAY, said)
        db.session.remove()
        undone.rollback()
    for name, rows in told[0].items():
        assert rows == told[1][name], name
    for name in ("person", "person_word", "booking", "validation", "award", "attendance", "journal_entry"):
        assert len(told[0][name]) > 20, name


def count_from_one(session: Session) -> None:
    """PostgreSQL's sequences do not go back with what is undone: ids begin anew, after those of the catalogue."""
    if session.get_bind().dialect.name == "postgresql":
        for table in Model.metadata.tables.values():
            if "id" in table.columns:
                last = select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery()
                session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last + 1, False)))
        session.commit()


def test_the_cast_enters_with_the_log_ins_that_are_printed(app: Flask, session: Session) -> None:
    with app.test_request_context(base_url="http://localhost"):
        demo.make_people(SCHOOL_DAY)
        found = people.log_ins(session)
        assert len(found) == len(people.STAFF) + len(people.YOUNG)
        for one in (found[0], found[-1]):
            enter: Callable[[str, str, datetime], Person] = (
                actions_account.enter_with_password if "@" in one.identifier else actions_account.enter_with_handle
            )
            assert enter(one.identifier, one.secret, NOW).first_name == one.name.split()[0]
    assert house.is_demo(session)


def test_a_house_with_people_never_becomes_a_demonstration(app: Flask, session: Session) -> None:
    make_person("Ada", "Real")
    with pytest.raises(click.ClickException, match="people in this house"):
        demo.make_people(SCHOOL_DAY)
    with pytest.raises(click.ClickException, match="not a demonstration"):
        demo.begin_anew(SCHOOL_DAY)
    with pytest.raises(click.ClickException, match="not a demonstration"):
        demo.fill(SCHOOL_DAY, 1)
    assert session.query(Person).count() == 1


# --- what must hold ------------------------------------------------------------------------------


def claims_that_cross(session: Session) -> list[Any]:
    """Two claims that hold never share a moment of a resource."""
    other = aliased(Claim)
    crossing = (
        select(Claim.id, other.id)
        .join(other, (other.resource_id == Claim.resource_id) & (other.id > Claim.id))
        .where(Claim.holds, other.holds, Claim.starts_at < other.ends_at, other.starts_at < Claim.ends_at)
    )
    return list(session.execute(crossing))


def bookings_without_badge(session: Session) -> list[Any]:
    """The machine's badge was held before the slot, and is valid at its END."""
    held = select(Award.id).where(
        Award.person_id == Booking.holder_id,
        Award.badge_id == Machine.badge_id,
        Award.awarded_at <= Booking.created_at,
        Award.expires_at >= Booking.ends_at,
    )
    found = select(Booking.id).join(Machine, Machine.id == Booking.resource_id)
    return list(session.scalars(found.where(Booking.kind == "own", Booking.status.in_(LIVED), ~held.exists())))


def attendance_of_strangers(session: Session) -> list[Any]:
    """Only people enrolled in the group are written present, late, absent or excused."""
    enrolled = select(Enrolment.id).where(
        Enrolment.person_id == Attendance.person_id, Enrolment.group_id == TrainingSession.group_id
    )
    found = select(Attendance.id).join(TrainingSession, TrainingSession.id == Attendance.session_id)
    return list(session.scalars(found.where(~enrolled.exists())))


def people_in_two_places(session: Session) -> list[Any]:
    """Nobody has two slots at once, nor a slot during a session they attended."""
    other = aliased(Booking)
    twice = (
        select(Booking.id, other.id)
        .join(other, (other.holder_id == Booking.holder_id) & (other.id > Booking.id))
        .where(Booking.status.in_(LIVED), other.status.in_(LIVED))
        .where(Booking.starts_at < other.ends_at, other.starts_at < Booking.ends_at)
    )
    attended = (
        select(Booking.id)
        .join(Attendance, Attendance.person_id == Booking.holder_id)
        .join(TrainingSession, TrainingSession.id == Attendance.session_id)
        .where(Booking.status.in_(LIVED), Attendance.status.in_(PRESENT))
        .where(Booking.starts_at < TrainingSession.ends_at, TrainingSession.starts_at < Booking.ends_at)
    )
    return [*session.execute(twice), *session.execute(attended)]


def rooms_too_full(session: Session) -> list[Any]:
    """The Fablab's 19 people, the team on shift included, at the start of every slot."""
    place = session.scalars(select(Place).where(Place.code == "ESP-01")).one()
    slots = session.scalars(select(Booking).where(Booking.place_id == place.id, Booking.status.in_(LIVED))).all()
    shifts = session.scalars(select(Shift).where(Shift.place_id == place.id, Shift.withdrawn_at.is_(None))).all()
    full = []
    for moment in {one.starts_at for one in slots}:
        heads = sum(one.headcount for one in slots if one.starts_at <= moment < one.ends_at)
        heads += sum(one.starts_at <= moment < one.ends_at for one in shifts)
        if heads > (place.gauge or 0):
            full.append((moment, heads))
    return full


def slots_out_of_hours(session: Session) -> list[Any]:
    """Whoever comes alone comes during the open lab, never on a public holiday."""
    slots = session.scalars(select(Booking).where(Booking.kind == "own", Booking.status.in_(LIVED))).all()
    days = [clock.local_day(one.starts_at) for one in slots]
    windows = open_lab(session, min(days), max(days) + timedelta(days=1))
    inside = [one for one in slots if any(w.start <= one.starts_at and one.ends_at <= w.end for w in windows)]
    return [one.id for one in slots if one not in inside]


def minors_without_paper(session: Session) -> list[Any]:
    """A minor on a machine has a parent's word that covers the day."""
    found = session.execute(
        select(Booking, Person)
        .join(Person, Person.id == Booking.holder_id)
        .where(Booking.kind == "own", Booking.status.in_(LIVED))
    )
    lacking = []
    for booking, person in found:
        papers = session.scalars(select(Authorisation).where(Authorisation.person_id == person.id)).all()
        if not may_take_part(person.birth_date, papers, "machines", clock.local_day(booking.starts_at)):
            lacking.append(booking.id)
    return lacking


def too_many_bookings(session: Session) -> list[Any]:
    """Two bookings to come at most."""
    rows = session.execute(
        text(
            "SELECT holder_id, count(*) FROM booking WHERE kind = 'own' AND status = 'confirmed' "
            "GROUP BY holder_id HAVING count(*) > 2"
        )
    )
    return list(rows)


def validations_of_absent_people(session: Session) -> list[Any]:
    """What was validated in a session was seen there."""
    there = select(Attendance.id).where(
        Attendance.session_id == Validation.session_id,
        Attendance.person_id == Validation.person_id,
        Attendance.status.in_(PRESENT),
    )
    return list(session.scalars(select(Validation.id).where(Validation.session_id.is_not(None), ~there.exists())))


def team_at_work_on_days_off(session: Session) -> list[Any]:
    """On a public holiday or a Sunday nobody of the team does anything; a young person may, from their phone."""
    team = select(RoleGrant.person_id).where(RoleGrant.role != Role.YOUNG)
    acts = session.execute(select(JournalEntry.at, JournalEntry.verb).where(JournalEntry.actor_id.in_(team))).all()
    assert acts
    calendar = house_of(session)
    days = [(clock.local_day(at), verb) for at, verb in acts]
    return [(day, verb) for day, verb in days if day.weekday() == 6 or calendar.public_holiday(day)]


CHECKS = (
    claims_that_cross,
    bookings_without_badge,
    attendance_of_strangers,
    people_in_two_places,
    rooms_too_full,
    slots_out_of_hours,
    minors_without_paper,
    too_many_bookings,
    validations_of_absent_people,
    team_at_work_on_days_off,
)


def facts_of_the_day_or_later(session: Session, day: date) -> list[Any]:
    """Nothing has happened yet on the day itself."""
    morning = clock.at(day, time())
    return [
        *session.scalars(select(Booking.id).where(Booking.created_at >= morning)),
        *session.scalars(select(Booking.id).where(Booking.checked_in_at >= morning)),
        *session.scalars(select(Attendance.id).where(Attendance.taken_at >= morning)),
        *session.scalars(select(Validation.id).where(Validation.at >= morning)),
        *session.scalars(select(Award.id).where(Award.awarded_at >= morning)),
    ]


#: what nobody may guess, and so follows no seed: ids in addresses, secrets, and the letters that carry them
UNGUESSED = {
    "public_id",
    "house_mark.mark",
    "person.secret_hash",
    "card.token_digest",
    "letter.key",
    "letter.body",
    "structure_paper.file_key",
}


def what_was_told(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Everything in the house by table, without what nobody may guess; an id said elsewhere is a mark."""
    found = {
        table.name: [dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()]
        for table in Model.metadata.sorted_tables
    }
    ids = {row["public_id"] for rows in found.values() for row in rows if "public_id" in row}
    return {
        name: [
            {
                column: without(ids, value)
                for column, value in row.items()
                if column not in UNGUESSED and f"{name}.{column}" not in UNGUESSED
            }
            for row in rows
        ]
        for name, rows in found.items()
    }


def without(ids: set[str], value: Any) -> Any:
    """A value with each of these ids in it said as a mark: the last step of a link, or an award in a proof."""
    if isinstance(value, str) and value.removeprefix("booking-") in ids:
        return "booking-…"  # its name in calendars
    if isinstance(value, str):
        start, slash, last = value.rpartition("/")
        return f"{start}{slash}…" if last in ids else value
    if isinstance(value, list):
        return [without(ids, one) for one in value]
    if isinstance(value, dict):
        return {key: without(ids, one) for key, one in value.items()}
    return value
