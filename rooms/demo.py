"""The demonstration's rooms: what organisations asked for once, who came, who left early, what still waits.

The kinds of one-offs are those of a typical month of the catalogue (rooms.yaml). All through the actions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bookings import asking
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import clock, house
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import (
    actions,
    actions_counts,
    actions_day,
    actions_desk,
    demo_keys,
    demo_papers,
    queries,
    queries_activities,
)
from rooms.values import Sheet, Tenant
from rooms.values_activities import Held

#: one-offs are told from so many days before the day to so many after it
BEFORE, AFTER = 70, 40
#: hours at which they begin, and what becomes of them
HOURS = ((9, 0), (10, 0), (14, 0), (14, 0), (17, 30), (18, 0), (18, 0), (18, 30))
WAYS = ("missing", "given_up", *["came"] * 16)
#: days ago -> what the desk wrote, and whether it is handed over
LOG = {
    3: (("Le facteur a laissé un colis pour le Fablab.", False),),
    2: (("Deux chaises de la salle Bauges sont à réparer.", False),),
    1: (("La clé du placard de la salle Granier est au tiroir du haut.", True), ("Plus de craies au tableau.", False)),
}
#: for so many weeks before the day who came to activities is counted
COUNTED_WEEKS = 4
#: of the day itself, so that the desk has something to do: kind of room, when it begins, hours, people, what for
TODAY = (
    ("meeting", (9, 0), 2, 6, "Réunion de bureau"),
    ("activities", (10, 0), 2, 18, "Réunion de parents"),
    ("music", (14, 0), 3, 4, "Enregistrement d’un podcast"),
    ("training", (14, 0), 3, 12, "Jury de fin de formation"),
    ("meeting", (17, 0), 2, 9, "Comité de pilotage"),
    ("kitchen", (18, 0), 2, 8, "Atelier cuisine"),
)


@dataclass
class Lending:
    """What the rooms of the demonstration know while it is told."""

    story: Story
    day: date
    team: Mapping[str, int]
    small: bool = False

    def prepare(self) -> None:
        """Put the one-offs of some months, of the day, and of the association with a log-in, into the story."""
        session = db.session()
        kinds: Sequence[dict[str, Any]] = house.settings(session).get("rooms.typical_month_one_offs") or ()
        before, after = (14, 12) if self.small else (BEFORE, AFTER)
        for number, kind in enumerate(kinds):
            for turn in range(kind["count"] * (before + after) // 30):
                chance = self.story.chance("one-off", number, turn)
                on = self.day + timedelta(days=chance.randint(-before, after))
                if on != self.day:
                    wish = (kind["room_category"], chance.choice(HOURS), kind["hours"], kind["people"], kind["purpose"])
                    ago = chance.randint(12, 40)
                    self._asked_for(on, wish, (kind["applicant"], number, turn), ago)
        for number, wish in enumerate(TODAY):
            self._asked_for(self.day, wish, ("association", "today", number), 14 + number)
        self.story.at(clock.at(self.day - timedelta(days=6), time(19, 10)), self._contact_asks)
        self.story.at_work(clock.at(self.day - timedelta(days=2), time(17, 5)), self._contact_sends)
        self.story.at_work(clock.at(self.day - timedelta(days=10), time(10, 15)), self._hand_badges)
        weeks = 1 if self.small else COUNTED_WEEKS
        first, last = self.day - timedelta(weeks=weeks), self.day - timedelta(days=1)
        for held in queries_activities.held_between(session, first, last):
            self.story.at(held.slot.end, partial(self._counted, held))
        for ago, notes in LOG.items():
            self.story.at_work(clock.at(self.day - timedelta(days=ago), time(8, 50)), self._open_day)
            for number, (said, handover) in enumerate(notes):
                at = clock.at(self.day - timedelta(days=ago), time(16 + number, 20))
                self.story.at_work(at, partial(self._note, said, handover))

    def _asked_for(self, on: date, wish: tuple[Any, ...], about: tuple[Any, ...], ago: int) -> None:
        at = clock.at(on - timedelta(days=ago), time(11)) + timedelta(minutes=ago)
        self.story.at_work(at, partial(self._ask, on, wish, about))

    def _ask(self, on: date, wish: tuple[Any, ...], about: tuple[Any, ...], now: datetime) -> None:
        """The desk asks for an organisation of this kind: the first room and hour that every rule accepts."""
        session, chance = db.session(), self.story.chance("lent", on, *about)
        tenants = _of_kind(session, about[0], on)
        if not tenants:
            return
        category, (hour, minutes), hours, people, purpose = wish
        rooms = [one for one in queries.in_use(session, on) if one.category == category]
        start = clock.at(on, time(hour, minutes))
        slot = Slot(start, start + timedelta(hours=hours))
        tenant = chance.choice(tenants)
        if booking := self._lend(session, rooms, slot, tenant, people, purpose, self._who("accueil"), now):
            self._live(booking, chance)

    def _counted(self, held: Held, now: datetime) -> None:
        """The desk writes how many came: about as many as usual."""
        chance = self.story.chance("counted", held.offer.code, held.day)
        came = {band: max(0, usual + chance.randint(-2, 2)) if usual else 0 for band, usual in held.offer.usual.items()}
        actions_counts.set_counts(held.offer, held.day, came, self._who("accueil"), now)

    def _open_day(self, now: datetime) -> None:
        actions_day.open_day(self._who("accueil"), now)

    def _note(self, said: str, handover: bool, now: datetime) -> None:
        actions_day.write(said, self._who("accueil"), now, handover=handover)

    def _contact_asks(self, now: datetime) -> None:
        """The association with a log-in asks for a meeting in three weeks, and for the great hall next month."""
        session, contact = db.session(), self._who("association")
        [tenant] = queries.acted_for(session, contact.id, clock.local_day(now))
        for category, ahead, people, purpose in (
            ("meeting", 19, 9, "Réunion de bureau"), ("great_hall", 33, 60, "Assemblée générale"),
        ):  # fmt: skip
            for on in (self.day + timedelta(days=ahead + more) for more in range(4)):
                rooms = [one for one in queries.in_use(session, on) if one.category == category]
                slot = Slot(clock.at(on, time(18)), clock.at(on, time(20)))
                if self._lend(session, rooms, slot, tenant, people, purpose, contact, now):
                    break

    def _contact_sends(self, now: datetime) -> None:
        demo_papers.send_insurance(self._who("association"), now)

    def _hand_badges(self, now: datetime) -> None:
        """The association with a log-in, and three others, have badges since ten days ago."""
        session = db.session()
        [tenant] = queries.acted_for(session, self.team["association"], clock.local_day(now))
        demo_keys.hand_badges(session, tenant.id, self._who("accueil"), now)

    def _lend(
        self, session: Session, rooms: Sequence[Sheet], slot: Slot, tenant: Tenant, people: int, purpose: str,
        by: Person, now: datetime,
    ) -> Booking | None:  # fmt: skip
        """Ask for the first of these rooms that every rule accepts."""
        for room in rooms:
            ask = Ask(
                room.id, slot, kind="rental", structure_id=tenant.id, headcount=min(people, room.usual_capacity),
                purpose=purpose,
            )  # fmt: skip
            if not asking.weigh_one(session, ask, now).refusals:
                return actions.lend(ask, by, now)
        return None

    def _live(self, booking: Booking, chance: Any) -> None:
        """What becomes of it: answered where it waits, then who comes and who leaves."""
        start, end = booking.starts_at, booking.ends_at
        if booking.status == "requested":
            self.story.at_work(
                booking.created_at + timedelta(days=chance.randint(2, 7)), partial(self._say_yes, booking.id)
            )
        way = chance.choice(WAYS)
        if way == "given_up":
            self.story.at_work(start - timedelta(days=chance.randint(1, 6)), partial(self._cancel, booking.id))
        elif way == "missing":
            self.story.at(start + timedelta(minutes=20), partial(self._do, booking.id, actions_desk.missing))
        else:
            self.story.at(
                start + timedelta(minutes=chance.randint(-8, 9)), partial(self._come, booking.id, chance.randint(-3, 2))
            )
            self.story.at(
                end - timedelta(minutes=chance.choice((0, 0, 5, 15))), partial(self._do, booking.id, actions_desk.leave)
            )

    def _say_yes(self, booking_id: int, now: datetime) -> None:
        booking = db.session.get_one(Booking, booking_id)
        actions.accept([booking] if booking.status == "requested" else [], self._who("nadia"), now)

    def _cancel(self, booking_id: int, now: datetime) -> None:
        booking = db.session.get_one(Booking, booking_id)
        if booking.status in ("requested", "confirmed") and booking.created_at < now:
            actions.give_up(booking, self._who("accueil"), now)

    def _come(self, booking_id: int, more: int, now: datetime) -> None:
        """They come, one more or some fewer than planned, and are counted."""
        booking = db.session.get_one(Booking, booking_id)
        planned = booking.headcount
        self._do(booking_id, actions_desk.arrive, now)
        if booking.status == "checked_in":
            self._do(booking_id, partial(actions_desk.count, heads=max(1, planned + more)), now)

    def _do(self, booking_id: int, act: Any, now: datetime) -> None:
        """An act of the desk; refused (never answered, a closure), nothing happens."""
        try:
            act(db.session.get_one(Booking, booking_id), by=self._who("accueil"), now=now)
        except Refused:
            return

    def _who(self, mailbox: str) -> Person:
        return db.session.get_one(Person, self.team[mailbox])


def _of_kind(session: Session, kind: str, on: date) -> list[Tenant]:
    """The organisations of a kind that the house lends to and that are insured on a day."""
    limits = queries.rules_of(session)
    return [
        one
        for one in queries.tenants(session).values()
        if one.kind == kind and one.insured_on(on) and one.agreement != "expired" and not limits.terms(one.kind).refused
    ]
