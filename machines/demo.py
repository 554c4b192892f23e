"""The demonstration's open lab: who watches over it, who books what, what breaks. All through the actions."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, asking, queries_closures
from bookings.models import Booking, Place
from bookings.queries_house import house_of
from bookings.values import Ask, Slot
from fablab import clock, reasons
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions as shop
from machines import actions_repair, actions_use, queries_use
from machines.models import Machine, Shift
from machines.rules_shifts import Wish
from machines.values_repair import Report
from machines.values_use import Left, Start
from pathways.models import Award, Badge, BadgeOpening

#: the open lab is told from so many days before the day to so many after it
BEFORE, AFTER = 70, 20
#: two in the room, by turns
PAIRS = (("samir", "awa"), ("chloe", "bastien"))
IN_THE_BUILDING = "nadia"
#: lengths people choose, in minutes
LENGTHS = (30, 60, 60, 90, 120)
WAYS = ("no_show", "cancelled", *["done"] * 12)
BROKEN, BROKEN_FOR, BACK_IN = "BRO-01", 3, 9
#: of the cast, who has a booking to come, and on which machines they like to work
WISHES = {
    "nivolet-67": ("FDM-01", "OUT-01"),
    "boussole-84": ("LAS-02", "FDM-02"),
    "rabot-25": (BROKEN, "COU-01"),
    "sapin-89": ("LAS-02", "FDM-04"),
    "renard-42": ("VIN-01",),
    "etoile-95": ("ELE-02",),
    "castor-27": ("PRE-01", "VIN-01"),
}
#: of the cast, whose badges fall asleep: what they do not book by chance
UNUSED = {"nivolet-67": ("LAS-01", "LAS-02")}


@dataclass
class OpenLab:
    """What the open lab of the demonstration knows while it is told."""

    story: Story
    day: date
    team: dict[str, int]
    cast: dict[str, int]
    small: bool = False
    windows: list[Slot] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    made: int = 0

    def prepare(self) -> None:
        """Put shifts, bookings and a breakdown into the story."""
        session = db.session()
        before = 21 if self.small else BEFORE
        first, last = self.day - timedelta(days=before), self.day + timedelta(days=AFTER)
        self.windows = open_lab(session, first, last)
        self.codes = {code: id_ for code, id_ in session.execute(select(Machine.code, Machine.id))}
        if self.windows:
            self.story.at_work(clock.at(first - timedelta(days=10), time(9)), self._write_shifts)
        for window in self.windows:
            chance = self.story.chance("open lab", window.start)
            for number in range(chance.randint(1, 2) if self.small else chance.randint(3, 8)):
                ahead = timedelta(days=chance.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 9)), hours=chance.randint(0, 5))
                self.story.at(window.start - ahead, partial(self._somebody_books, window, number))
        for handle, wanted in WISHES.items():
            at = clock.at(self.day - timedelta(days=4), time(18)) + timedelta(minutes=len(handle))
            self.story.at(at, partial(self._cast_books, handle, wanted))
        self.story.at_work(clock.at(self.day - timedelta(days=BROKEN_FOR), time(11, 40)), self._break)
        self.story.at_work(clock.at(self.day - timedelta(days=1), time(10, 15)), self._withdraw)

    # --- bookings -----------------------------------------------------------------------------------

    def _somebody_books(self, window: Slot, number: int, now: datetime) -> None:
        """Somebody who holds a badge takes a free hour of a machine it opens, if the rules let them."""
        session, chance = db.session(), self.story.chance("booking", window.start, number)
        # Whoever comes often comes again: some draw more lots than others.
        unused = {(self.cast[handle], self.codes[code]) for handle, codes in UNUSED.items() for code in codes}
        pairs = [pair for pair in holders(session, now) if pair not in unused]
        held = [pair for turn, pair in enumerate(pairs) for _lot in range(1 + turn % 3)]
        for _try in range(3):
            if held:
                person_id, machine_id = chance.choice(held)
                if self._book(person_id, machine_id, [window], chance, now):
                    return

    def _cast_books(self, handle: str, wanted: Sequence[str], now: datetime) -> None:
        """Somebody of the cast books one of the machines they like, in the coming days."""
        coming = [one for one in self.windows if one.start >= clock.at(self.day, time(12))]
        chance = self.story.chance("wish", handle)
        for code in wanted:
            for window in coming[:8]:
                if self._book(self.cast[handle], self.codes[code], [window], chance, now):
                    return

    def _book(
        self, person_id: int, machine_id: int, windows: Iterable[Slot], chance: random.Random, now: datetime
    ) -> bool:
        """Book the first of a few free hours that every rule accepts; whether it was done."""
        session = db.session()
        machine = session.get_one(Machine, machine_id)
        minutes = min(max(chance.choice(LENGTHS), machine.min_minutes), machine.max_minutes)
        free = [slot for window in windows for slot in asking.free_slots(session, machine_id, window, minutes, now)]
        asks = [Ask(machine_id, slot, holder_id=person_id) for slot in chance.sample(free, min(len(free), 4))]
        answers = asking.weigh(session, asks, now) if asks else {}
        for ask in asks:
            if not answers[ask].refusals:
                booking = actions.book(ask, session.get_one(Person, person_id), now)
                self._live(booking.id, ask.slot, chance)
                self.made += 1
                return True
        return False

    def _live(self, booking_id: int, slot: Slot, chance: random.Random) -> None:
        """What becomes of a booking, when its time comes."""
        way = chance.choice(WAYS)
        if way == "cancelled":
            self.story.at(slot.start - timedelta(hours=chance.randint(3, 20)), partial(self._cancel, booking_id))
        elif way == "no_show":
            self.story.at(slot.start + timedelta(minutes=20), partial(self._miss, booking_id))
        else:
            self.story.at(slot.start + timedelta(minutes=chance.randint(-5, 8)), partial(self._come, booking_id))
            self.story.at(slot.end, partial(self._finish, booking_id))

    def _cancel(self, booking_id: int, now: datetime) -> None:
        booking = db.session.get_one(Booking, booking_id)
        # Cancelled in the first hour after it was made by chance, or already let go: nothing to do.
        if booking.status == "confirmed" and booking.holder is not None and booking.created_at < now:
            actions.cancel(booking, "", booking.holder, now)

    def _miss(self, booking_id: int, now: datetime) -> None:
        booking = db.session.get_one(Booking, booking_id)
        if booking.status == "confirmed" and not booking.suspended:
            actions.mark_no_show(booking, None, now)

    def _come(self, booking_id: int, now: datetime) -> None:
        """The team checks somebody in; refused (a badge that ended since), the team cancels."""
        booking = db.session.get_one(Booking, booking_id)
        if booking.status != "confirmed" or booking.suspended:
            return
        by = self._on_duty(now)
        try:
            actions_use.check_in(booking, _said(booking), by, now)
        except Refused as refused:
            actions.cancel(db.session.get_one(Booking, booking_id), reasons.keep(refused.refusals), by, now)

    def _finish(self, booking_id: int, now: datetime) -> None:
        booking = db.session.get_one(Booking, booking_id)
        if booking.status != "checked_in":
            return
        # One in six forgets to say it: the program closes the use.
        way = self.story.chance("left", booking_id).randint(1, 6)
        if way == 1:
            actions.finish(booking, None, now)
        else:
            took = self.story.chance("took", booking_id).randint(5, 80)
            left = Left("mess", None, "Des chutes à balayer") if way == 2 else Left(quantity=took)
            actions_use.check_out(booking, left, self._on_duty(now), now)

    # --- the team, the machines ---------------------------------------------------------------------

    def _pair(self, day: date) -> tuple[str, str]:
        return PAIRS[day.weekday() % 2]

    def _on_duty(self, now: datetime) -> Person:
        return db.session.get_one(Person, self.team[self._pair(clock.local_day(now))[0]])

    def _write_shifts(self, now: datetime) -> None:
        """Two of the team in the room for each window of the open lab, and one in the building.

        Every week in school weeks; one by one in the holidays and on Saturdays, which do not come back each week.
        """
        session, by = db.session(), db.session.get_one(Person, self.team["nadia"])
        house = house_of(session)
        weekly: dict[tuple[int, time], list[Slot]] = {}
        alone: list[Slot] = []
        for window in self.windows:
            local = clock.to_local(window.start)
            if house.season(local.date()) == "school" and local.weekday() < 5:
                weekly.setdefault((local.weekday(), local.time()), []).append(window)
            else:
                alone.append(window)
        wishes = [(slots[0], clock.local_day(slots[-1].start)) for _lane, slots in sorted(weekly.items())]
        for first, until in [*wishes, *((window, None) for window in alone)]:
            for name, place_id in self._watch(first).items():
                shop.add_shift(Wish(self.team[name], place_id, first, until), by, now)

    def _watch(self, window: Slot) -> dict[str, int]:
        """Who is where during a window: by mailbox, the room or the house."""
        session = db.session()
        room = session.scalars(select(Machine.place_id).order_by(Machine.id)).first() or 0
        return {name: room for name in self._pair(clock.local_day(window.start))} | {IN_THE_BUILDING: house_id(session)}

    def _withdraw(self, now: datetime) -> None:
        """Somebody of the team cannot come one evening: the bookings that need two adults are marked."""
        late = clock.at(self.day + timedelta(days=5), time())
        found = select(Shift).where(Shift.starts_at > late, Shift.person_id == self.team["bastien"])
        shift = db.session.scalars(found.order_by(Shift.starts_at)).first()
        if shift is not None:
            shop.withdraw_shift(shift, db.session.get_one(Person, self.team["bastien"]), now)

    def _break(self, now: datetime) -> None:
        """The embroidery machine breaks down: what was booked on it waits."""
        machine = db.session.get_one(Machine, self.codes[BROKEN])
        by = db.session.get_one(Person, self.team["chloe"])
        back_on = self.day + timedelta(days=BACK_IN)
        said = Report("wear", "La canette accroche\u00a0: pièce commandée.", False, "demo-broken")
        actions_repair.report_grave(machine, said, None, back_on, by, now)


def _said(booking: Booking) -> Start:
    """What is said as somebody begins: the machine's first material, and all that it asks."""
    handling = queries_use.handling_of(db.session.get_one(Machine, booking.resource_id))
    return Start(next(iter(handling.allowed), None), handling.protections, handling.checks)


def open_lab(session: Session, first: date, last: date) -> list[Slot]:
    """The Fablab's open-lab windows between two days, holidays and closures taken out, in order."""
    house = house_of(session)
    places = session.scalars(select(Machine.place_id).distinct()).all()
    span = Slot(clock.at(first, time()), clock.at(last, time()))
    found: list[Slot] = []
    for place_id in places:
        around = {spot.id for spot in house.chain(place_id)}
        shut = [one for at, _resource, one in queries_closures.shut_during(session, span) if at in around]
        for window in house.open(place_id, "open_lab", first, last) or ():
            holiday = house.public_holiday(clock.local_day(window.start))
            if not holiday and not any(one.covers(window) for one in shut):
                found.append(window)
    return sorted(found)


def holders(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(person, machine) for every safety badge in force, in a steady order."""
    held = (
        select(Award.person_id, BadgeOpening.resource_id)
        .join(Badge, Badge.id == Award.badge_id)
        .join(BadgeOpening, BadgeOpening.badge_id == Badge.id)
        .where(Award.awarded_at <= now, Award.expires_at > now, Award.ended_at.is_(None))
        .order_by(Award.id, BadgeOpening.id)
    )
    return [(person_id, resource_id) for person_id, resource_id in session.execute(held)]


def house_id(session: Session) -> int:
    """The place that holds all others."""
    return session.scalars(select(Place.id).where(Place.parent_id.is_(None))).one()
