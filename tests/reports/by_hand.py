"""The same figures another way: every row read, one by one, as somebody with the registers open would count."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, Resource
from fablab import clock
from fablab.db import Model
from fablab.people.models import Person, Structure
from fablab.people.models_file import Answer, Referral
from pathways.models import (
    Attendance,
    Award,
    Badge,
    Enrolment,
    ExitCheck,
    ExitSituation,
    Group,
    PathwayVersion,
    TrainingSession,
)
from reports.values_periods import Period
from reports.values_public import OF_TRAINING, Filters
from rooms.models_counts import VisitorCount

Row = TypeVar("Row", bound=Model)
Rows = dict[str, list[tuple[str, int]]]


@dataclass
class Registers:
    """A period and what is kept of the house."""

    session: Session
    period: Period
    filters: Filters
    now: datetime
    books: dict[type[Model], list[Any]]

    def every(self, model: type[Row]) -> list[Row]:
        """All the rows of a table, read once."""
        if model not in self.books:
            self.books[model] = list(self.session.scalars(select(model)))
        return self.books[model]

    @cached_property
    def people(self) -> dict[int, dict[str, str]]:
        """Who is counted, and how they are described."""
        return described(self)

    def inside(self, moment: datetime) -> bool:
        return self.period.holds(clock.local_day(moment))

    def kept(self, version_id: int, group_id: int | None) -> bool:
        pathway = self.session.get_one(PathwayVersion, version_id).pathway_id
        pays = self.session.get_one(Group, group_id).scheme_id if group_id else None
        return (
            self.filters.pathway in ("", str(pathway))
            and self.filters.group in ("", str(group_id))
            and self.filters.funder in ("", str(pays))
        )


def enrolments(hand: Registers) -> list[Enrolment]:
    lived = [
        one
        for one in hand.every(Enrolment)
        if one.first_attended_on and one.first_attended_on <= hand.period.last
        and not (one.ended_on and one.ended_on < hand.period.first)
        and hand.kept(one.version_id, one.group_id)
    ]  # fmt: skip
    return lived


def described(hand: Registers) -> dict[int, dict[str, str]]:
    """Who is counted, and how they are described."""
    firsts: dict[int, Enrolment] = {}
    for one in sorted(enrolments(hand), key=lambda one: (one.first_attended_on or date.max, one.id)):
        firsts.setdefault(one.person_id, one)
    found = {id_: _describe(hand, hand.session.get_one(Person, id_), one) for id_, one in firsts.items()}
    asked = {name: value for name, value in hand.filters.values.items() if name not in OF_TRAINING}
    return {id_: told for id_, told in found.items() if all(told[name] == value for name, value in asked.items())}


def _describe(hand: Registers, person: Person, first: Enrolment) -> dict[str, str]:
    last = hand.period.last
    all_mine = [one for one in hand.every(Enrolment) if one.person_id == person.id]
    first_ever = min(one.first_attended_on for one in all_mine if one.first_attended_on)
    sent = [
        one
        for one in hand.every(Referral)
        if one.person_id == person.id and one.since <= last and not (one.until and one.until <= hand.period.first)
    ]
    sender = max(sent, key=lambda one: (one.since, one.id), default=None)
    return {
        "situation": first.situation_at_entry or "unknown",
        "gender": answer(hand, person.id, "gender"),
        "district": answer(hand, person.id, "priority_district"),
        "band": band(person.birth_date, last),
        "sender": hand.session.get_one(Structure, sender.structure_id).kind if sender else "unknown",
        "new": "yes" if first_ever >= hand.period.first else "no",
    }


def answer(hand: Registers, person_id: int | None, kind: str) -> str:
    given = [one for one in hand.every(Answer) if one.person_id == person_id and one.kind == kind]
    known = [one for one in given if one.since <= hand.period.last]
    latest = max(known, key=lambda one: (one.since, one.id), default=None)
    return (latest.value if latest else None) or "unknown"


def band(birth: date | None, day: date) -> str:
    if birth is None:
        return "unknown"
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    bands = {"11-14": range(11, 15), "15-17": range(15, 18), "18-20": range(18, 21), "21-25": range(21, 26)}
    return next((name for name, ages in bands.items() if age in ages), "other")


def rows(hand: Registers) -> Rows:
    """indicator -> its lines: a key, and how much it weighs."""
    found: Rows = {}
    people = hand.people
    narrowed = bool(set(hand.filters.names) - set(OF_TRAINING))
    found["people"] = [(f"person {id_}", 1) for id_ in people]
    found["new_people"] = [(f"person {id_}", 1) for id_, told in people.items() if told["new"] == "yes"]
    scope = [one for one in enrolments(hand) if one.person_id in people]
    _enrolments(found, scope, hand.period)
    _after(found, hand, scope)
    _sessions(found, hand, set(people) if narrowed else None)
    _awards(found, hand, set(people) if hand.filters.names else None)
    _machines(found, hand, set(people) if hand.filters.names else None)
    _house(found, hand)
    return found


def _enrolments(found: Rows, scope: list[Enrolment], period: Period) -> None:
    def those(test: Callable[[Enrolment], bool]) -> list[tuple[str, int]]:
        return [(f"enrolment {one.id}", 1) for one in scope if test(one)]

    def ended(*statuses: str) -> Callable[[Enrolment], bool]:
        return lambda one: one.status in statuses and one.ended_on is not None and period.holds(one.ended_on)

    found["places"] = those(lambda one: period.holds(one.first_attended_on or date.max))
    found["finished"], found["dropped"] = those(ended("finished")), those(ended("dropped"))
    found["interrupted"], found["left"] = those(ended("interrupted")), those(ended("redirected", "moved_away"))
    found["open"] = those(lambda one: one.ended_on is None or one.ended_on > period.last)


def _after(found: Rows, hand: Registers, scope: list[Enrolment]) -> None:
    kinds = {one.code: one for one in hand.every(ExitSituation)}
    gone = ("finished", "dropped", "interrupted", "moved_away")
    exits = [one for one in scope if one.ended_on and hand.period.holds(one.ended_on) and one.status in gone]
    found["exits"] = [(f"enrolment {one.id}", 1) for one in exits]
    for step in ("w0", "w4", "m6"):
        names = known, positive, not_counted = f"known_{step}", f"positive_{step}", f"not_counted_{step}"
        found |= {name: [] for name in names}
        for exit_ in exits:
            told = [one for one in hand.every(ExitCheck) if (one.enrolment_id, one.step) == (exit_.id, step)]
            stand = [one for one in told if one.taken_back_at is None and one.told_on >= (exit_.ended_on or date.max)]
            if not stand:
                continue
            kind, line = (
                kinds[max(stand, key=lambda one: (one.at, one.id)).situation_code],
                (f"enrolment {exit_.id}", 1),
            )
            if kind.group != "unknown":
                found[known].append(line)
                if kind.positive is None:
                    found[not_counted].append(line)
            if kind.positive:
                found[positive].append(line)


def _sessions(found: Rows, hand: Registers, people: set[int] | None) -> None:
    rolls: dict[int, list[Attendance]] = {}
    for one in hand.every(Attendance):
        rolls.setdefault(one.session_id, []).append(one)
    found |= {name: [] for name in ("sessions", "hours_offered", "present", "hours_attended", "attendances")}
    groups = set()
    for lesson in hand.every(TrainingSession):
        group = hand.session.get_one(Group, lesson.group_id)
        took_place = lesson.status == "planned" and lesson.ends_at <= hand.now and hand.inside(lesson.starts_at)
        if not took_place or not hand.kept(group.version_id, group.id):
            continue
        roll = [one for one in rolls.get(lesson.id, []) if people is None or one.person_id in people]
        length = lesson.ends_at - lesson.starts_at
        if people is None or roll:
            groups.add(group.id)
            found["sessions"].append((f"session {lesson.id}", 1))
            found["hours_offered"].append((f"session {lesson.id}", int(length.total_seconds())))
        for one in roll:
            found["attendances"].append((f"attendance {one.id}", 1))
            if one.status in ("present", "late"):
                there = length - timedelta(minutes=one.minutes_late)
                found["present"].append((f"attendance {one.id}", 1))
                found["hours_attended"].append((f"attendance {one.id}", int(there.total_seconds())))
    found["groups"] = [(f"group {id_}", 1) for id_ in groups]


def _awards(found: Rows, hand: Registers, people: set[int] | None) -> None:
    for kind in ("safety", "stage", "pathway"):
        found[f"badges_{kind}"] = [
            (f"award {one.id}", 1)
            for one in hand.every(Award)
            if hand.session.get_one(Badge, one.badge_id).kind == kind and hand.inside(one.awarded_at)
            and one.undone_at is None and (people is None or one.person_id in people)
        ]  # fmt: skip


def _taken(hand: Registers, kind: str, of: str) -> list[Booking]:
    return [
        one
        for one in hand.every(Booking)
        if one.kind == kind and hand.session.get_one(Resource, one.resource_id).kind == of
        and hand.inside(one.starts_at) and not one.suspended
        and one.status in ("confirmed", "checked_in", "done", "no_show")
    ]  # fmt: skip


def _seconds(one: Booking) -> tuple[str, int]:
    return f"booking {one.id}", int((one.ends_at - one.starts_at).total_seconds())


def _machines(found: Rows, hand: Registers, people: set[int] | None) -> None:
    mine = [one for one in _taken(hand, "own", "machine") if people is None or one.holder_id in people]
    found["bookings"] = [(f"booking {one.id}", 1) for one in mine]
    found["hours_booked"] = [_seconds(one) for one in mine]
    found["hours_used"] = [_seconds(one) for one in mine if one.status in ("checked_in", "done")]
    found["no_shows"] = [(f"booking {one.id}", 1) for one in mine if one.status == "no_show"]
    genders = [(f"booking {one.id}", answer(hand, one.holder_id, "gender")) for one in mine]
    found["women"] = [(key, 1) for key, gender in genders if gender == "female"]
    found["gender_known"] = [(key, 1) for key, gender in genders if gender in ("female", "male", "other")]
    found["gender_unknown"] = [(key, 1) for key, gender in genders if gender == "unknown"]


def _house(found: Rows, hand: Registers) -> None:
    lent = [one for one in _taken(hand, "rental", "room") if one.status != "no_show"]
    whole = [one for one in lent if hand.session.get_one(Resource, one.resource_id).whole_id is None]
    found["room_hours"] = [_seconds(one) for one in whole]
    found["organisations"] = [(f"structure {id_}", 1) for id_ in {one.structure_id for one in lent}]
    counts = hand.every(VisitorCount)
    counted = [one for one in counts if hand.period.holds(one.day) and one.taken_back_at is None]
    found["visitors"] = [(f"count {one.id}", one.people) for one in counted]


def worth(found: Rows, indicator: str) -> int:
    """What the lines of an indicator add up to."""
    return sum(weight for _key, weight in found[indicator])


def split(hand: Registers, name: str) -> Counter[str]:
    """How many people for each answer to a question."""
    return Counter(told[name] for told in hand.people.values())
