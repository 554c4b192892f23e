"""What the indicators are worth in a period, added up by the database: four statements for two periods."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, and_, case, distinct, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from bookings.queries_house import House, house_of
from fablab import clock
from fablab.house import kept
from fablab.people.models_file import Answer
from fablab.ready import rows
from machines.queries_year import seconds_between
from machines.values_year import minutes_of
from pathways.models_exits import ExitCheck
from pathways.models_groups import PRESENT as PRESENT_STATUSES
from pathways.models_pathways import ExitSituation
from pathways.queries_exits import notes_that_count
from pathways.values_exits import ASKED_OF
from reports.queries_scope import FIRST, LAST, Rows, Sources, sources, text_of, values_of
from reports.values_indicators import EXIT_STEPS, Indicator, ratio
from reports.values_periods import Period
from reports.values_public import OF_PEOPLE, UNKNOWN, Filters
from rooms.queries import in_use

_NUMBERS = 7
_ONE: Any = literal_column("1")
_ZERO: Any = literal_column("0")
PRESENT: list[Any] = [literal_column(f"'{status}'") for status in PRESENT_STATUSES]
#: statuses of a booking that somebody came to
USED: list[Any] = [literal_column(f"'{status}'") for status in ("checked_in", "done")]


@dataclass(frozen=True)
class Figures:
    """Every indicator of a period by its code (None: nothing to share), and how people split, by question.

    Beside the indicators: ``positive_STEP`` and ``not_counted_STEP``, the numbers that shares of exits are made of.
    """

    values: Mapping[str, float | None]
    splits: Mapping[str, Mapping[str, int]]
    #: places taken by month («2026-09») and pathway id
    months: Mapping[tuple[str, str], int]
    #: share of bookings whose holder's gender is not known
    women_unknown: float | None

    def of(self, indicator: Indicator) -> float | None:
        """What one is worth; hours are in seconds."""
        return self.values[indicator.code]


class ExitKind(NamedTuple):
    """What a situation after a pathway counts as. ``positive``: yes, no, or None: out of both wholes."""

    known: bool
    positive: bool | None


def exit_kinds(session: Session) -> Mapping[str, ExitKind]:
    """What each situation counts as for the house, by its code."""
    found = session.execute(select(ExitSituation.code, ExitSituation.group, ExitSituation.positive))
    return {code: ExitKind(group != UNKNOWN, positive) for code, group, positive in found}


def figures(
    session: Session,
    period: Period,
    filters: Filters,
    now: datetime,
    *,
    positive: Mapping[str, bool | None] | None = None,
) -> Figures:
    """Everything the dashboard says of a period. Two statements, beside the house's.

    ``positive``: which situations after a pathway a funder counts as positive, by code; the house's own unless told.
    """
    kinds = kept(session, exit_kinds)
    if positive is not None:
        kinds = {code: kind._replace(positive=positive[code]) for code, kind in kinds.items()}
    engine, values = session.get_bind().dialect.name, values_of(period, filters, now)
    splits: dict[str, Counter[str]] = {name: Counter() for name in OF_PEOPLE}
    people = new = 0
    for *answers, is_new, count in rows(session, _split(filters.names), values):
        people += count
        new += count if is_new else 0
        for name, answer in zip(OF_PEOPLE, answers, strict=True):
            splits[name][answer] += count
    told: dict[tuple[str, str], list[int]] = {}
    for what, key, *numbers in rows(session, _totals(engine, filters.names), values):
        told[what, key] = [int(number or 0) for number in numbers]
    found = _worked_out(told, kinds) | {"people": people, "new_people": new}
    found["occupancy"] = ratio(int(found["room_hours"] or 0), _open_seconds(session, period))
    months = {(what[6:], key): numbers[0] for (what, key), numbers in told.items() if what.startswith("month ")}
    unknown = told.get(("bookings", UNKNOWN), _NOTHING)[0]
    return Figures(found, splits, months, ratio(unknown, int(found["bookings"] or 0)))


_NOTHING = [0] * _NUMBERS


def _worked_out(told: Mapping[tuple[str, str], list[int]], kinds: Mapping[str, ExitKind]) -> dict[str, float | None]:
    """The indicators, from the numbers of each source."""
    places, finished, dropped, interrupted, left, still_open, exits = told.get(("enrolments", ""), _NOTHING)
    groups, sessions, offered = told.get(("sessions", ""), _NOTHING)[:3]
    expected, present, attended = told.get(("attendances", ""), _NOTHING)[:3]
    by_gender = {key: numbers for (what, key), numbers in told.items() if what == "bookings"}
    bookings, booked, used, no_shows = (sum(one[place] for one in by_gender.values()) for place in range(4))
    women = by_gender.get("female", _NOTHING)[0]
    lent, organisations = told.get(("rentals", ""), _NOTHING)[:2]
    return {
        "places": places,
        "finished": finished,
        "dropped": dropped,
        "interrupted": interrupted,
        "left": left,
        "open": still_open,
        "exits": exits,
        **{code: value for step in EXIT_STEPS for code, value in _after(step, told, exits, kinds).items()},
        "completion": ratio(finished, finished + dropped + interrupted),
        "groups": groups,
        "sessions": sessions,
        "hours_offered": offered,
        "hours_attended": attended,
        "attendance": ratio(present, expected),
        **{f"badges_{kind}": told.get(("awards", kind), _NOTHING)[0] for kind in ("safety", "stage", "pathway")},
        "bookings": bookings,
        "hours_booked": booked,
        "hours_used": used,
        "no_shows": no_shows,
        "women": ratio(women, sum(one[0] for gender, one in by_gender.items() if gender not in _NOT_KNOWN)),
        "room_hours": lent,
        "organisations": organisations,
        "visitors": told.get(("visitors", ""), _NOTHING)[0],
    }


def _after(
    step: str, told: Mapping[tuple[str, str], list[int]], exits: int, kinds: Mapping[str, ExitKind]
) -> dict[str, float | None]:
    """What is known at a step after the exit, and how many stand well: those that do not count are in neither whole."""
    stand = {kinds[code]: 0 for (what, code) in told if what == f"after {step}"}
    for (what, code), numbers in told.items():
        if what == f"after {step}":
            stand[kinds[code]] += numbers[0]
    known = sum(count for kind, count in stand.items() if kind.known)
    positive = sum(count for kind, count in stand.items() if kind.positive)
    not_counted = sum(count for kind, count in stand.items() if kind.known and kind.positive is None)
    return {
        f"known_{step}": known,
        f"positive_{step}": positive,
        f"not_counted_{step}": not_counted,
        f"positive_known_{step}": ratio(positive, known - not_counted),
        f"positive_all_{step}": ratio(positive, exits - not_counted),
    }


_NOT_KNOWN = (UNKNOWN, "no_answer")


@lru_cache(256)
def _split(names: frozenset[str]) -> Rows:
    people = sources(names).people
    columns = [people.c[name] for name in OF_PEOPLE]
    return select(*columns, people.c.new, func.count()).group_by(*columns, people.c.new)


@lru_cache(256)
def _totals(engine: str, names: frozenset[str]) -> CompoundSelect[*tuple[Any, ...]]:
    found = sources(names)
    return union_all(
        _of_enrolments(found),
        _by_month(found),
        *(_of_exits(found, step) for step in EXIT_STEPS),
        _of_sessions(engine, found),
        _of_attendances(engine, found),
        _line("awards", found.awards.c.kind, func.count()).group_by(found.awards.c.kind),
        _of_bookings(engine, found),
        _of_rentals(engine, found),
        _line("visitors", None, func.coalesce(func.sum(found.visitors.c.people), _ZERO)),
    )


def _line(what: Any, key: Any, *numbers: Any) -> Rows:
    """Columns of one shape, whatever is added up."""
    padded = [*numbers, *[_ZERO] * (_NUMBERS - len(numbers))]
    named = literal_column(f"'{what}'") if isinstance(what, str) else what
    labelled = [number.label(f"number_{place}") for place, number in enumerate(padded)]
    return select(named.label("what"), (literal_column("''") if key is None else key).label("key"), *labelled)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, _ONE), else_=_ZERO)), _ZERO)


#: what is counted of enrolments alone, in the order of their numbers
ENROLMENTS = ("places", "finished", "dropped", "interrupted", "left", "open", "exits")
_ASKED_OF: list[Any] = [literal_column(f"'{status}'") for status in ASKED_OF]


def enrolment_conditions(found: Sources) -> Mapping[str, Any]:
    """Which enrolments of the scope an indicator counts; its list asks the same."""
    one = found.enrolments.c
    ended = one.ended_on.between(FIRST, LAST)
    return {
        "places": one.first_attended_on >= FIRST,
        "finished": and_(one.status == "finished", ended),
        "dropped": and_(one.status == "dropped", ended),
        "interrupted": and_(one.status == "interrupted", ended),
        "left": and_(one.status.in_(("redirected", "moved_away")), ended),
        "open": func.coalesce(one.ended_on > LAST, one.ended_on.is_(None)),
        "exits": and_(one.status.in_(_ASKED_OF), ended),
        **{f"known_{step}": and_(one.status.in_(_ASKED_OF), ended, _known(one, step)) for step in EXIT_STEPS},
    }


def _of_enrolments(found: Sources) -> Rows:
    conditions = enrolment_conditions(found)
    counts = [_count(conditions[code]) for code in ENROLMENTS]
    return _line("enrolments", None, *counts).select_from(found.enrolments)


def _said(one: Any, step: str) -> Any:
    """The situation last noted at a step of an exit, by its code; what was said of an exit before it is not of it."""
    return (
        select(ExitCheck.situation_code)
        .where(*notes_that_count(one.id, one.ended_on, step))
        .order_by(ExitCheck.at.desc(), ExitCheck.id.desc())
        .limit(_ONE)
        .scalar_subquery()
    )


_UNKNOWN_GROUP: Any = literal_column("'unknown'")


def _known(one: Any, step: str) -> Any:
    return _said(one, step).in_(select(ExitSituation.code).where(ExitSituation.group != _UNKNOWN_GROUP))


def _of_exits(found: Sources, step: str) -> Rows:
    """Of those who left in the period: how many stood where at a step."""
    one = found.enrolments.c
    said = select(_said(one, step).label("code")).where(enrolment_conditions(found)["exits"]).subquery("said")
    return _line(f"after {step}", said.c.code, func.count()).where(said.c.code.is_not(None)).group_by(said.c.code)


def _by_month(found: Sources) -> Rows:
    one = found.enrolments.c
    month = literal_column("'month '").concat(func.substr(text_of(one.first_attended_on), 1, 7))
    pathway = text_of(one.pathway_id)
    return _line(month, pathway, func.count()).where(one.first_attended_on >= FIRST).group_by(month, pathway)


def _of_sessions(engine: str, found: Sources) -> Rows:
    one = found.sessions.c
    length = func.coalesce(func.sum(seconds_between(engine, one.ends_at, one.starts_at)), _ZERO)
    return _line("sessions", None, func.count(distinct(one.group_id)), func.count(), length)


def attended_seconds(engine: str, one: Any) -> Any:
    """How long somebody was in a session, late minutes taken off."""
    return seconds_between(engine, one.ends_at, one.starts_at) - one.minutes_late * literal_column("60")


def _of_attendances(engine: str, found: Sources) -> Rows:
    one = found.attendances.c
    came = one.status.in_(PRESENT)
    attended = func.coalesce(func.sum(case((came, attended_seconds(engine, one)), else_=_ZERO)), _ZERO)
    return _line("attendances", None, func.count(), _count(came), attended)


def _of_bookings(engine: str, found: Sources) -> Rows:
    """By gender of the holder: added up by person first, so that each is asked their gender once."""
    one = found.bookings.c
    length = seconds_between(engine, one.ends_at, one.starts_at)
    by_holder = (
        select(
            one.holder_id,
            func.count().label("bookings"),
            func.sum(length).label("booked"),
            func.sum(case((one.status.in_(USED), length), else_=_ZERO)).label("used"),
            _count(one.status == literal_column("'no_show'")).label("missed"),
        )
        .group_by(one.holder_id)
        .subquery("by_holder")
    )
    said = (
        select(Answer.value)
        .where(
            Answer.person_id == by_holder.c.holder_id,
            Answer.kind == literal_column("'gender'"),
            Answer.since <= LAST,
        )
        .order_by(Answer.since.desc(), Answer.id.desc())
        .limit(_ONE)
        .scalar_subquery()
    )
    split = select(
        func.coalesce(said, literal_column(f"'{UNKNOWN}'")).label("gender"),
        by_holder.c.bookings,
        by_holder.c.booked,
        by_holder.c.used,
        by_holder.c.missed,
    ).subquery("split")
    sums = [func.sum(split.c[name]) for name in ("bookings", "booked", "used", "missed")]
    return _line("bookings", split.c.gender, *sums).group_by(split.c.gender)


def _of_rentals(engine: str, found: Sources) -> Rows:
    one = found.rentals.c
    # An hour of half a hall is no room-hour.
    length = case((one.whole_id.is_(None), seconds_between(engine, one.ends_at, one.starts_at)), else_=_ZERO)
    return _line("rentals", None, func.coalesce(func.sum(length), _ZERO), func.count(distinct(one.structure_id)))


def _open_seconds(session: Session, period: Period) -> int:
    """For how long rooms could be lent in a period, all together: the opening hours of each, public holidays out."""
    house = house_of(session)
    places = Counter(room.place_id for room in in_use(session, period.last) if room.whole_id is None)
    return sum(60 * count * _open_minutes(house, place, period) for place, count in places.items())


def _open_minutes(house: House, place_id: int, period: Period) -> int:
    windows = house.open(place_id, "open", period.first, period.last) or ()
    return minutes_of(one for one in windows if house.public_holiday(clock.local_day(one.start)) is None)
