"""A year of a small house, told straight to the tables: everything that figures come from, odd cases too."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bookings.models import Booking
from fablab import clock
from fablab.db import Model, new_public_id, transaction
from fablab.people.models import Person, Scheme
from fablab.people.models_file import Answer, Referral
from pathways.models import (
    Attendance,
    Award,
    Enrolment,
    ExitCheck,
    ExitSituation,
    Group,
    PathwayVersion,
    TrainingSession,
)
from rooms.models_counts import VisitorCount
from rooms.values_activities import BANDS
from tests.make import make_staff, make_young
from tests.make_file import make_structure
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import make_group, make_pathway, make_safety_badge
from tests.make_rooms import make_room, make_tenant

#: the days that are told: the end of a school year, the next one up to today
FIRST, LAST = date(2026, 1, 5), date(2026, 12, 20)
ENDS = ("finished", "finished", "dropped", "interrupted", "redirected", "moved_away")
BOOKING_STATUSES = ("confirmed", "checked_in", "done", "no_show", "cancelled", "refused", "requested")


def make_year(people: int = 30, *, seed: int = 7) -> Person:
    """A house of so many young people, three pathways, six groups; whoever of the team told it."""
    chance = random.Random(seed)
    team = make_staff()
    versions = [make_pathway(code) for code in ("DECLIC", "REBOND", "TREMPLIN")]
    groups = [make_group(versions[number % 3], f"Groupe {number}") for number in range(6)]
    young = [_young(number, chance) for number in range(people)]
    senders = [make_structure("Mission Locale"), make_structure("Collège du Lac", kind="school")]
    fablab = make_fablab()
    machines = [make_machine(fablab, code).id for code in ("VIN-01", "VIN-02")]
    rooms = [make_room(fablab.place, code).id for code in ("SAL-01", "SAL-02")]
    rooms.append(make_room(fablab.place, "SAL-01A", whole_id=rooms[0]).id)
    tenants = [make_tenant(f"Chœurs {number}").id for number in range(3)]
    badge = make_safety_badge()
    with transaction() as session:
        for rows in (
            _told_of(young, senders, team, chance),
            _enrolled(young, groups, versions, chance),
            _awarded(young, badge.id, chance),
            _booked(young, machines, fablab.place.id, chance),
            _lent(tenants, rooms, fablab.place.id, chance),
            _counted(team, chance),
        ):
            session.add_all(rows)
        session.flush()
        session.add_all(_situations())
        payer = Scheme(code="DI-10", name="CAF", nature="funding", data_status="invented")
        session.add(payer)
        session.flush()
        session.add_all(_asked_after(session.scalars(select(Enrolment)).all(), team, random.Random(seed + 1)))
        for group in groups[::2]:
            session.get_one(Group, group.id).scheme_id = payer.id
        for group in groups:
            for lesson in _lessons(group, chance):
                session.add(lesson)
                session.flush()
                session.add_all(_roll(lesson, chance.sample(young, 6), team, chance))
    return team


def _young(number: int, chance: random.Random) -> Person:
    # Birthdays around the edges of the bands, one on 29 February, one not known.
    born: Any = date(2000 + number % 16, 1 + number % 12, 1 + number % 28)
    born = {0: None, 1: date(2008, 2, 29), 2: date(2008, 12, 31)}.get(number, born)
    situation = chance.choice(("in_school", "dropped_out", "integration"))
    return make_young(f"Jeune{number}", "Essai", birth_date=born, situation=situation)


def _told_of(young: list[Person], senders: list[Any], team: Person, chance: random.Random) -> Iterator[Model]:
    def said(person: Person, kind: str, value: str | None) -> Answer:
        day = _day(chance)
        return Answer(
            person_id=person.id, kind=kind, value=value, since=day, recorded_at=_at(day), recorded_by_id=team.id
        )

    for person in young:
        for _time in range(chance.randrange(3)):
            yield said(person, "gender", chance.choice(("female", "male", "other", "no_answer", None)))
        for _time in range(chance.randrange(3)):
            yield said(person, "priority_district", chance.choice(("yes", "no", "unknown", None)))
        if chance.random() < 0.6:
            day = _day(chance)
            until = day + timedelta(days=chance.randrange(1, 200)) if chance.random() < 0.4 else None
            yield Referral(
                person_id=person.id, structure_id=chance.choice(senders).id, since=day, until=until,
                recorded_at=_at(day), recorded_by_id=team.id,
            )  # fmt: skip


def _enrolled(
    young: list[Person], groups: list[Group], versions: list[PathwayVersion], chance: random.Random
) -> Iterator[Model]:
    for person in young:
        for version in chance.sample(versions, chance.randrange(3)):
            enrolled = _day(chance)
            came = enrolled + timedelta(days=chance.randrange(30)) if chance.random() < 0.85 else None
            over = (came or enrolled) + timedelta(days=chance.randrange(150)) if chance.random() < 0.6 else None
            open_one = "under_way" if came else "enrolled"
            mine = [group.id for group in groups if group.version_id == version.id]
            yield Enrolment(
                person_id=person.id, version_id=version.id, group_id=chance.choice([*mine, None]),
                status=chance.choice(ENDS) if over else open_one, enrolled_on=enrolled,
                situation_at_entry=chance.choice(("in_school", "dropped_out", "integration", None)),
                first_attended_on=came, ended_on=over,
            )  # fmt: skip


def _situations() -> Iterator[Model]:
    for code, positive, group in (
        ("permanent_contract", True, "lasting_job"), ("no_solution", False, "no_solution"),
        ("still_in_school", None, "not_applicable"), ("unknown", False, "unknown"),
    ):  # fmt: skip
        yield ExitSituation(code=code, label=code, positive=positive, group=group)


def _asked_after(enrolments: Sequence[Enrolment], team: Person, chance: random.Random) -> Iterator[Model]:
    """Of some who left: where they stood, said twice, said by mistake, or never."""
    codes = ("permanent_contract", "permanent_contract", "no_solution", "still_in_school", "unknown")
    for one in enrolments:
        for step, days in (("w0", 0), ("w4", 28), ("m6", 182)):
            for _time in range(chance.randrange(3) if one.ended_on else 0):
                at = _at((one.ended_on or LAST) + timedelta(days=days), chance.randrange(8, 18))
                gone = chance.random() < 0.2
                yield ExitCheck(
                    enrolment_id=one.id, step=step, situation_code=chance.choice(codes), told_on=clock.local_day(at),
                    at=at, by_id=team.id, taken_back_at=at if gone else None,
                    taken_back_by_id=team.id if gone else None,
                )  # fmt: skip


def _lessons(group: Group, chance: random.Random) -> Iterator[TrainingSession]:
    for number in range(1, 15):
        start = _at(_day(chance), chance.randrange(8, 23))
        yield TrainingSession(
            group_id=group.id, number=number, title="Séance", starts_at=start,
            ends_at=start + timedelta(hours=chance.choice((2, 3, 4))),
            status="cancelled" if chance.random() < 0.1 else "planned",
            attendance_at=start if chance.random() < 0.8 else None,
        )  # fmt: skip


def _roll(lesson: TrainingSession, people: list[Person], team: Person, chance: random.Random) -> Iterator[Model]:
    for person in people if lesson.attendance_at else []:
        status = chance.choice(("present", "present", "late", "absent", "excused"))
        yield Attendance(
            session_id=lesson.id, person_id=person.id, status=status,
            minutes_late=chance.randrange(5, 60) if status == "late" else 0,
            taken_at=lesson.starts_at, taken_by_id=team.id,
        )  # fmt: skip


def _awarded(young: list[Person], badge_id: int, chance: random.Random) -> Iterator[Model]:
    for number in range(40):
        day, ended = _day(chance), chance.random() < 0.1
        yield Award(
            key=f"essai-{number}", person_id=chance.choice(young).id, badge_id=badge_id, badge_name="Badge", proof=[],
            awarded_at=_at(day), undone_at=_at(day) if chance.random() < 0.1 else None,
            ended_at=_at(day) if ended else None, ended_reason="Repris." if ended else None,
        )  # fmt: skip


def _booked(young: list[Person], machines: list[int], place: int, chance: random.Random) -> Iterator[Model]:
    for _number in range(160):
        yield _booking(chance, "own", machines, place_id=place, holder_id=chance.choice(young).id)


def _lent(tenants: list[int], rooms: list[int], place: int, chance: random.Random) -> Iterator[Model]:
    for _number in range(80):
        yield _booking(chance, "rental", rooms, place_id=place, structure_id=chance.choice(tenants))


def _booking(chance: random.Random, kind: str, things: list[int], **whose: Any) -> Booking:
    start = _at(_day(chance), chance.randrange(0, 24))
    return Booking(
        public_id=new_public_id(), kind=kind, resource_id=chance.choice(things), starts_at=start,
        ends_at=start + timedelta(minutes=30 * chance.randrange(1, 9)), status=chance.choice(BOOKING_STATUSES),
        suspended=chance.random() < 0.1, created_at=start, **whose,
    )  # fmt: skip


def _counted(team: Person, chance: random.Random) -> Iterator[Model]:
    for _number in range(60):
        day = _day(chance)
        yield VisitorCount(
            day=day, band=chance.choice(BANDS), people=chance.choice((1, 3, 12, -2)), counted_at=_at(day),
            counted_by_id=team.id, taken_back_at=_at(day) if chance.random() < 0.1 else None,
        )  # fmt: skip


def _day(chance: random.Random) -> date:
    # The edges of periods come more often than chance would have them.
    edges = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1))
    return chance.choice(edges) if chance.random() < 0.1 else FIRST + timedelta(chance.randrange((LAST - FIRST).days))


def _at(day: date, hour: int = 12) -> datetime:
    return clock.at(day, time(hour))
