"""The page of days and hours, ready to print: for a first booking and for a move alike."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from bookings.models import Booking
from bookings.values import Slot
from fablab import clock
from fablab.i18n import _, ngettext, say_capital, say_day, say_hour, say_length, say_short_day, say_when
from fablab.refusals import Refusal
from machines import words
from machines.models import Machine
from machines.queries_cards import QUOTA
from machines.queries_slots import Choices, DayOfHours, Hour


@dataclass(frozen=True)
class Box:
    """One box to choose: a day, a length or an hour; ``why`` when it is not possible."""

    value: str
    chosen: bool = False
    url: str | None = None
    off: bool = False
    why: str = ""
    text: str = ""
    start: str = ""
    until: str = ""
    full: str = ""
    weekday: str = ""
    number: int = 0
    month: str = ""
    note: str = ""


@dataclass(frozen=True)
class Page:
    """Everything the template prints."""

    machine: Machine
    title: str
    action: str
    days: tuple[Box, ...]
    lengths: tuple[Box, ...]
    hours: tuple[Box, ...]
    hours_title: str
    minutes: int
    summary: str
    cancel_until: str
    button: str
    note: str = ""
    already: tuple[tuple[str, str], ...] = ()
    blocked: tuple[Refusal, ...] = ()
    moving: bool = False
    earlier: str | None = None
    later: str | None = None
    #: of the days shown, those that are full: ISO and said
    full_days: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TakenPage:
    """The short answer when somebody was faster: the nearest slots, and the way back to all hours."""

    machine: Machine
    action: str
    minutes: int
    nearest: tuple[Box, ...]
    hours: str


def form_key() -> str:
    """A key of this showing of the form, that makes it book once when sent twice."""
    return secrets.token_urlsafe(16)


def page_of(
    machine: Machine,
    found: Choices,
    now: datetime,
    mine: Sequence[Booking],
    *,
    chosen: Slot | None = None,
    note: str = "",
    moving: str | None = None,
) -> Page:
    """A machine's hours: ``mine`` my other bookings, ``chosen`` what the form said, ``moving`` the one that moves."""
    day = found.chosen
    # Who has booked this machine already chooses each further hour: back, then the same button, books nothing more.
    again = not moving and any(one.resource_id == machine.id for one in mine)
    hour = _chosen_hour(day, chosen, offered=not again)
    address = _Addresses(machine, found.minutes, moving)
    return Page(
        machine=machine,
        title=_("Je change l’heure") if moving else machine.simple_name,
        action=address.action(),
        days=tuple(_day_box(one, address, one is day, bool(_of_day(machine, one, mine))) for one in found.days),
        lengths=() if moving else tuple(_length_box(one, address, day, found.minutes) for one in found.lengths),
        hours=tuple(_hour_box(one, one is hour, mine) for one in day.hours if not _between_steps(one)) if day else (),
        hours_title=_("À quelle heure, %(day)s ?", day=say_day(day.day)) if day else "",
        minutes=found.minutes,
        summary=_summary(day, found.minutes),
        cancel_until=free_until(hour.slot, found.limits.free_cancellation_hours, now) if hour else "",
        button=_("Je change l’heure") if moving else _("Je réserve"),
        note=note,
        already=_already(machine, day, mine),
        blocked=_blocked(day),
        moving=bool(moving),
        earlier=address.to(found.earlier) if found.earlier else None,
        later=address.to(found.later) if found.later else None,
        full_days=() if moving else tuple(_full_days(machine, found, mine)),
    )


def taken_page(
    machine: Machine, slot: Slot, refusals: Sequence[Refusal], *, moving: str | None = None
) -> TakenPage | None:
    """The short answer when the time is taken and nothing else stands in the way; else None."""
    if [one.code for one in refusals] != ["taken"]:
        return None
    nearest: Sequence[Slot] = dict(refusals[0].facts).get("nearest", ())  # type: ignore[assignment]  # by the engine
    address = _Addresses(machine, slot.minutes, moving)
    boxes = tuple(_hour_box(Hour(one, None, ()), False) for one in nearest[:2])
    return TakenPage(machine, address.action(), slot.minutes, boxes, address.to(clock.local_day(slot.start)))


@dataclass(frozen=True)
class _Addresses:
    """Where the boxes lead, for a booking or for a move."""

    machine: Machine
    minutes: int
    moving: str | None

    def to(self, day: date | None, minutes: int | None = None) -> str:
        chosen = day.isoformat() if day else None
        if self.moving:
            return url_for("machines.move", public_id=self.moving, jour=chosen)
        return url_for("machines.hours", code=self.machine.code, jour=chosen, duree=minutes or self.minutes)

    def action(self) -> str:
        if self.moving:
            return url_for("machines.move", public_id=self.moving)
        return url_for("machines.hours", code=self.machine.code)


def _day_box(one: DayOfHours, address: _Addresses, chosen: bool, mine: bool) -> Box:
    weekday, _number, *month = say_short_day(one.day).split(" ")
    # A day is as free as it would be with fewer bookings: the top of the page says how many I have.
    free = sum(all(refusal.code in QUOTA for refusal in hour.refusals) for hour in one.hours)
    note = ngettext("%(num)s libre", "%(num)s libres", free) if free else _("j’y suis") if mine else _why_none(one)
    return Box(
        one.day.isoformat(),
        chosen=chosen,
        off=not free and not chosen,
        url=address.to(one.day),
        weekday=weekday,
        number=one.day.day,
        month=" ".join(month),
        note=note,
    )


def _why_none(day: DayOfHours) -> str:
    """Two words why nothing is free: what all its hours share, else that they are taken."""
    codes = [{refusal.code for refusal in hour.refusals} for hour in day.hours]
    # The last hours are too short for everybody: they say nothing of the day.
    told = [found for found in codes if not found & {"too_short", "outside_hours"}] or codes
    shared = set.intersection(*told) - {"taken"} if told else {"past"}
    return next((str(word) for code, word in words.SHORT.items() if code in shared), _("complet"))


def _full_days(machine: Machine, found: Choices, mine: Sequence[Booking]) -> Iterator[tuple[str, str]]:
    """The days of which others' bookings, not my own, are what leaves nothing free: ISO and said."""
    for one in found.days:
        codes = {refusal.code for hour in one.hours for refusal in hour.refusals}
        others = bool(codes & {"taken", "kept_for_line"}) and not codes & QUOTA
        if others and not one.free and not _of_day(machine, one, mine):
            yield one.day.isoformat(), say_day(one.day)


def _already(machine: Machine, day: DayOfHours | None, mine: Sequence[Booking]) -> tuple[tuple[str, str], ...]:
    """What I booked of this machine on the day shown: said, not refused; with the address of each."""
    return tuple(
        (
            _("J’ai déjà réservé cette machine ce jour-là, à %(hour)s.", hour=say_hour(one.starts_at)),
            url_for("machines.booking", public_id=one.public_id),
        )
        for one in _of_day(machine, day, mine)
    )


def _of_day(machine: Machine, day: DayOfHours | None, mine: Sequence[Booking]) -> list[Booking]:
    """Of my bookings, those of this machine on that day."""
    return [one for one in mine if day and one.resource_id == machine.id and clock.local_day(one.starts_at) == day.day]


def _length_box(minutes: int, address: _Addresses, day: DayOfHours | None, chosen: int) -> Box:
    url = address.to(day.day if day else None, minutes)
    return Box(str(minutes), chosen=minutes == chosen, url=url, text=say_length(minutes))


def _hour_box(hour: Hour, chosen: bool, mine: Sequence[Booking] = ()) -> Box:
    start, end = clock.to_local(hour.slot.start), say_hour(hour.slot.end)
    why = str(words.SHORT.get(hour.refusals[0].code, _("pas possible"))) if hour.refusals else ""
    met = next((one for one in mine if hour.slot.overlaps(Slot(one.starts_at, one.ends_at))), None)
    if why and met:
        why = _("j’ai déjà %(hour)s", hour=say_hour(met.starts_at))
    return Box(
        start.isoformat(timespec="minutes"),
        chosen=chosen and not why,
        why=why,
        start=say_hour(hour.slot.start),
        until=_("jusqu’à %(hour)s", hour=end),
        text=say_when(hour.slot.start),
        full=words.full_slot(hour.slot),
    )


def _between_steps(hour: Hour) -> bool:
    """A minute that only cleaning after a booking made possible, and that this booking's own move takes away."""
    return any(refusal.code == "off_step" for refusal in hour.refusals)


def _blocked(day: DayOfHours | None) -> tuple[Refusal, ...]:
    """What stands in the way of every hour of the day alike (two bookings already): said once."""
    if day is None or not day.hours or day.free:
        return ()
    return tuple(refusal for refusal in day.hours[0].refusals if refusal.code in QUOTA)


def _chosen_hour(day: DayOfHours | None, chosen: Slot | None, *, offered: bool) -> Hour | None:
    """The hour already ticked: the one asked for, else the first free one where one is ``offered``."""
    if day is None or not day.free:
        return None
    return next(
        (hour for hour in day.free if chosen and hour.slot.start == chosen.start), day.free[0] if offered else None
    )


def _summary(day: DayOfHours | None, minutes: int) -> str:
    if day is None or not day.free:
        return ""
    return say_capital(_("%(day)s, pour %(length)s", day=say_day(day.day), length=say_length(minutes)))


def free_until(slot: Slot, hours_before: int, now: datetime) -> str:
    """Until when one may cancel without a word, or what to do after that."""
    limit = slot.start - timedelta(hours=hours_before)
    if limit <= now:
        return _("Si je ne peux pas venir, je préviens l’équipe.")
    return _("Je peux annuler sans problème jusqu’à %(when)s.", when=say_when(limit))
