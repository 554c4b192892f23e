"""The day at the Fablab, as the team's front pages show it: sessions, machines now, who is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bookings import queries_closures
from bookings.models import LIVE, Booking
from bookings.queries import week_of
from bookings.queries_house import house_of
from bookings.rules import may_begin
from bookings.rules_late import is_missed
from bookings.values import Booked, Slot
from fablab import clock
from fablab.i18n import _, joined, ngettext, say_hour, say_length, say_short_day
from machines.queries import rules_of
from machines.queries_cards import machines_in_use
from machines.queries_repair import troubles
from machines.queries_shifts import shifts_in
from machines.values_repair import Trouble
from machines.words import near_when
from pathways import queries_groups
from pathways.models import PRESENT, Attendance, TrainingSession
from pathways.queries_papers import lacking_in
from pathways.queries_sessions import expected_at
from pathways.views_words import lesson_things

#: for what the Fablab is open, and how far the next opening is looked for
USES, AHEAD = ("open_lab", "group"), timedelta(days=21)
#: a session that begins within this time is announced, and its roll call is the light
SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class LessonCard:
    """A session of the day, ready to print."""

    lesson: TrainingSession
    lines: tuple[str, ...]
    moment: str
    chip: str | None
    roll_url: str


@dataclass(frozen=True)
class MachineNow:
    """A machine at this moment: its state (a chip's name) and until when."""

    name: str
    family: str
    state: str
    detail: str
    url: str


@dataclass(frozen=True)
class Expected:
    """Somebody who booked a machine today."""

    booking: Booking
    may_check_in: bool
    late: bool


@dataclass(frozen=True)
class OnDuty:
    """Adults of the team on shift together: names, by the machines or elsewhere in the house, from when to when."""

    names: str
    in_room: bool
    slot: Slot


@dataclass(frozen=True)
class Sorry:
    """Somebody who said that they cannot come, and to what."""

    name: str
    lesson: TrainingSession


def day_of(now: datetime) -> Slot:
    """The local day of a moment."""
    return Slot(*clock.day_bounds(clock.local_day(now)))


def lessons(session: Session, now: datetime) -> list[LessonCard]:
    """The sessions of the day with how many are expected or came: 12 statements at most."""
    span = day_of(now)
    found = queries_groups.sessions_during(session, span.start, span.end)
    if not found:
        return []
    ids = [lesson.id for lesson in found]
    expected = expected_at(session, found)
    sorry = queries_groups.apologies_of(session, ids)
    came = dict(
        session.execute(
            select(Attendance.session_id, func.count())
            .where(Attendance.session_id.in_(ids), Attendance.status.in_(PRESENT))
            .group_by(Attendance.session_id)
        ).all()
    )
    lacking = lacking_in(session, {lesson.group_id for lesson in found}, clock.local_day(now))
    return [
        _card(
            lesson,
            len(expected[lesson.id]),
            came.get(lesson.id),
            sum(one == lesson.id for one, _p in sorry),
            lacking.get(lesson.group_id, (0, 0)),
            now,
        )
        for lesson in found
    ]


def following(session: Session, cards: Sequence[LessonCard], now: datetime) -> TrainingSession | None:
    """On a day without any session, the next one to come; None on another day."""
    return None if cards else queries_groups.next_session(session, now)


def roll_to_call(cards: Sequence[LessonCard], now: datetime) -> LessonCard | None:
    """The session whose roll is to be called now: begun or about to, and not called yet."""
    return next(
        (card for card in cards if card.lesson.attendance_at is None and card.lesson.starts_at <= now + SOON), None
    )


def sorry_today(session: Session, cards: Sequence[LessonCard]) -> list[Sorry]:
    """Who said that they cannot come today."""
    by_id = {card.lesson.id: card.lesson for card in cards}
    said = queries_groups.apologies_of(session, by_id)
    people = {person.id: person for person in queries_groups.people_by_ids(session, [one for _s, one in said])}
    found = [Sorry(people[one].short_name, by_id[lesson_id]) for lesson_id, one in said if one in people]
    return sorted(found, key=lambda one: (one.lesson.starts_at, one.name))


def machines_now(session: Session, now: datetime) -> list[MachineNow]:
    """Every machine of the house at this moment, those that are not free first: 5 statements.

    Free is said of none whose place is closed: when it opens is said instead.
    """
    machines = machines_in_use(session, clock.local_day(now))
    ids = [machine.id for machine in machines]
    wrong = troubles(session, ids, now)
    wait = timedelta(minutes=rules_of(session).late_minutes)
    today: dict[int, list[Booked]] = {}
    for booked in week_of(session, ids, Slot(now, day_of(now).end)):
        late = is_missed(booked.kind, booked.status, booked.starts_at, booked.created_at, wait, now)
        if booked.ends_at > now and not late:
            today.setdefault(booked.resource_id, []).append(booked)
    closed = _closed(session, {machine.place_id for machine in machines}, now)
    return [
        MachineNow(
            machine.simple_name,
            machine.pictogram,
            *_state(today.get(machine.id, []), wrong.get(machine.id), closed.get(machine.place_id), now),
            url_for("machines.machine", code=machine.code),
        )
        for machine in machines
    ]


def _closed(session: Session, place_ids: set[int], now: datetime) -> dict[int, str]:
    """Of these places, those that are closed now, and when each opens, in words; a place without hours never closes."""
    today, found = clock.local_day(now), dict[int, str]()
    for place_id in place_ids:
        house = house_of(session)
        uses = [use for use in USES if house.open(place_id, use, today, today) is not None]
        last = today + AHEAD
        slots = [slot for use in uses for slot in queries_closures.open_slots(session, place_id, use, today, last)]
        coming = sorted(slot.start for slot in slots if slot.end > now)
        if uses and (not coming or coming[0] > now):
            found[place_id] = _opens(coming[0], now) if coming else _("on ne sait pas jusqu’à quand")
    return found


def _opens(moment: datetime, now: datetime) -> str:
    if clock.local_day(moment) == clock.local_day(now):
        return _("ouvre à %(hour)s", hour=say_hour(moment))
    return _("ouvre %(when)s", when=near_when(moment, now))


def expected(session: Session, now: datetime) -> list[Expected]:
    """The people who booked a machine today and whose time is not over, soonest first."""
    span, wait = day_of(now), timedelta(minutes=rules_of(session).late_minutes)
    found = session.scalars(
        select(Booking)
        .where(
            Booking.kind == "own",
            Booking.status.in_(LIVE),
            Booking.starts_at >= span.start,
            Booking.starts_at < span.end,
            Booking.ends_at > now,
        )
        .options(joinedload(Booking.resource), joinedload(Booking.holder))
        .order_by(Booking.starts_at, Booking.id)
    )
    return [
        Expected(
            one,
            may_begin(one.status, Slot(one.starts_at, one.ends_at), now, suspended=one.suspended),
            is_missed(one.kind, one.status, one.starts_at, one.created_at, wait, now),
        )
        for one in found
    ]


def on_duty(session: Session, now: datetime) -> list[OnDuty]:
    """Who is on shift for the rest of the day, soonest first, those of one place and time together: one statement."""
    together: dict[tuple[Slot, bool], list[str]] = {}
    for shift in shifts_in(session, Slot(now, day_of(now).end)):
        key = (Slot(shift.starts_at, shift.ends_at), shift.place.parent_id is not None)
        together.setdefault(key, []).append(shift.person.first_name)
    return [OnDuty(", ".join(dict.fromkeys(names)), in_room, slot) for (slot, in_room), names in together.items()]


def _card(
    lesson: TrainingSession, expected: int, came: int | None, sorry: int, lacking: tuple[int, int], now: datetime
) -> LessonCard:
    if lesson.attendance_at is not None:
        people = _("%(came)s présents sur %(expected)s", came=came or 0, expected=expected)
    else:
        people = ngettext("%(num)s jeune attendu", "%(num)s jeunes attendus", expected)
        if sorry:
            people += ", " + ngettext("%(num)s a prévenu", "%(num)s ont prévenu", sorry)
        if lacking[1]:
            people += ", " + ngettext("%(num)s sans accord d’un parent", "%(num)s sans accord d’un parent", lacking[1])
        elif lacking[0]:
            people += ", " + ngettext(
                "%(num)s à qui il manque un papier", "%(num)s à qui il manque des papiers", lacking[0]
            )
    leads = ", ".join(lead.person.first_name for lead in lesson.leads)
    things = joined(lesson_things(lesson))
    words = (people, _("avec %(names)s", names=leads) if leads else "", things)
    detail = joined([word for word in words if word], " · ")
    moment = "past" if lesson.ends_at <= now else "now" if lesson.starts_at <= now + SOON else ""
    left = lesson.starts_at - now
    soon = timedelta() < left <= SOON
    chip = _("Dans %(length)s", length=say_length(max(1, int(left.total_seconds()) // 60))) if soon else None
    return LessonCard(
        lesson,
        (_("Séance %(number)s\u00a0: %(title)s", number=lesson.number, title=lesson.title), detail),
        moment,
        chip,
        url_for("pathways.attendance", public_id=lesson.public_id),
    )


def _state(today: list[Booked], wrong: Trouble | None, closed: str | None, now: datetime) -> tuple[str, str]:
    if wrong:
        back = _("retour %(day)s", day=say_short_day(wrong.back_on)) if wrong.back_on else wrong.words
        return wrong.state, back
    following = today[0] if today else None
    taken = following is not None and following.starts_at <= now + SOON
    if closed and not taken:
        return "closed", closed
    if following is None:
        return "free", _("rien d’autre aujourd’hui")
    if following.starts_at <= now:
        state = "running" if following.status == "checked_in" else "booked"
        return state, _("jusqu’à %(hour)s", hour=say_hour(following.ends_at))
    if following.starts_at <= now + SOON:
        return "booked", _("à %(hour)s", hour=say_hour(following.starts_at))
    return "free", _("jusqu’à %(hour)s", hour=say_hour(following.starts_at))
