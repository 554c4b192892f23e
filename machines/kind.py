"""What a machine adds to the engine: badge, age, paper, supervision, quotas, and the adults on shift."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.kinds import Kind, Known, Steps
from bookings.models import Booking
from bookings.queries import TakenRow
from bookings.queries_house import House, house_of
from bookings.values import Ask, Limits, Presence, Scope, Slot, Whereabouts
from fablab import clock
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refusal, refuse
from machines import queries, queries_room, queries_training, queries_use, rules, rules_training
from machines.kinds_training import Teaching, read_teaching
from machines.models import Machine
from machines.models_training import TrainingSlot
from machines.queries_room import Happening
from machines.values import Day, Facts, Holder, Lead, MachineRules, Minors, Sheet, Training, Watch
from machines.words_use import steps_of
from pathways import queries as training
from pathways import upkeep_requests
from pathways.rules_badges import badge_gap
from pathways.values_badges import BadgeTerms, Gap, lacks

#: how the engine's notices are called when they speak of a machine that goes on past closing
RUNS_ON = MappingProxyType(
    {"booking-approved": "past-closing-agreed", "booking-refused": "past-closing-refused"},
)


class MachineKind(Kind):
    """Rules of machines."""

    def read(self, session: Session, scope: Scope, taken: Sequence[TakenRow], now: datetime) -> "OnShift":
        """The facts of people's own bookings of machines; of anything else only who is there.

        Three statements (five when badges lapse by disuse), one more when a badge is missing.
        """
        every = queries.sheets(session)
        sheets = {id_: every[id_] for id_ in scope.resource_ids if id_ in every}
        if not sheets or not (scope.holders or scope.training):
            busy = queries_training.busy_during(session, scope.people, scope.span) if scope.people else ()
            return OnShift(queries_room.there_during(session, scope.span, taken, now), busy)
        limits = queries.rules_of(session)
        counted = timedelta(days=limits.absence_period_days + limits.suspension_days + 1)
        there = queries_room.happening(session, scope.holders, scope.span, taken, now, counted=counted)
        needed = [sheet for sheet, _place in sheets.values()]
        holders = _holders(session, scope.holders, needed, there, now) if scope.holders else {}
        learning = read_teaching(session, scope, there, needed) if scope.training else None
        return MachinesKnown(sheets, holders, there, limits, house_of(session), learning)

    def people(self, session: Session, bookings: Sequence[Booking]) -> Mapping[int, Sequence[Person]]:
        """Who teaches and who learns in training slots."""
        ids = [booking.id for booking in bookings if booking.kind == "training"]
        return queries_training.people_of(session, ids) if ids else {}

    def concerning(self, session: Session, person_ids: Collection[int], now: datetime) -> Sequence[Booking]:
        """The training slots to come that these people teach or learn in."""
        return queries_training.coming_with(session, person_ids, now)

    def ended(self, session: Session, booking: Booking, now: datetime) -> None:
        """The requests that a training slot answered wait again."""
        if booking.kind == "training":
            for request in queries_training.requests_of(session, booking.id):
                upkeep_requests.put_back(session, request, now)

    def restored(self, session: Session, booking: Booking, by: Person, now: datetime) -> None:
        """The requests that waited since are planned again. Raises Refused when one has found its answer elsewhere."""
        if booking.kind != "training":
            return
        requests = queries_training.requests_of(session, booking.id)
        if not requests or any(request.status not in ("waiting", "answered") for request in requests):
            raise refuse("request_gone", _("Une de ces demandes a déjà sa réponse\u00a0: prévoir une autre formation."))
        for request in requests:
            upkeep_requests.plan(session, request, by, now)

    def notice(self, booking: Booking, notice: str) -> str:
        """What runs past closing is agreed or refused in words of its own."""
        return RUNS_ON.get(notice, notice) if booking.there_until is not None else notice

    def page(self, session: Session, booking: Booking) -> str | None:
        """The page of a training slot, or of what runs past closing."""
        if booking.there_until is not None:
            return f"/machines/apres-fermeture/{booking.public_id}"
        if booking.kind != "training":
            return None
        public_id = session.scalar(select(TrainingSlot.public_id).where(TrainingSlot.booking_id == booking.id))
        return f"/formations/{public_id}" if public_id else None

    def steps(self, session: Session, booking: Booking, now: datetime) -> Steps | None:
        """A machine is begun with its material and checks, and ended with the state it is left in."""
        if booking.kind != "own" or not isinstance(booking.resource, Machine):
            return None
        hours = queries.rules_of(session).free_cancellation_hours
        return steps_of(booking, queries_use.use_of(session, booking.id), hours, now)

    def late_after(self, session: Session) -> timedelta | None:
        """The minutes that the house waits for whoever booked; none are waited for ever."""
        minutes = queries.rules_of(session).late_minutes
        return timedelta(minutes=minutes) if minutes else None


class OnShift(Known):
    """Adults on shift and visitors of the open lab count in the gauge of the place where they are."""

    def __init__(self, there: Sequence[tuple[int, int, Slot]], busy: Sequence[Training] = ()) -> None:
        self.presences = [Presence(place_id, slot, 1, person_id) for person_id, place_id, slot in there]
        self.whereabouts = [
            Whereabouts(person_id, one.slot, _("une formation"), one.booking_id)
            for one in busy
            for person_id in (one.facilitator_id, *(learner for learner, _minor in one.learners))
        ]

    def facts(self, ask: Ask) -> Facts | None:
        """What the rules of machines look at for an ask; nothing was read of any."""
        return None


class MachinesKnown(OnShift):
    """The facts of each ask, put together when they are looked at: one Holder a person, one Day a room and day."""

    def __init__(
        self,
        sheets: Mapping[int, tuple[Sheet, int]],
        holders: Mapping[int, tuple[Holder, Mapping[str, str]]],
        there: Happening,
        limits: MachineRules,
        house: House,
        teaching: Teaching | None = None,
    ) -> None:
        adults = [(watch.person_id, place, watch.slot) for place, watch in there.watches]
        visitors = [(one.person_id, place, one.slot) for place, one in there.visitors]
        super().__init__(adults + visitors, there.trainings)
        self._teaching = teaching
        self._sheets, self._holders, self._there, self._house = sheets, holders, there, house
        self._rules = limits
        notice, horizon = timedelta(hours=limits.min_notice_hours), timedelta(days=limits.horizon_days)
        self._limits = Limits(notice=notice, horizon=horizon)
        self._days: dict[tuple[int, date], Day] = {}
        self._facts: dict[tuple[int, int | None, date], Facts] = {}

    def refusals(self, ask: Ask, now: datetime) -> list[Refusal]:
        """Every reason of this part; a group session is watched over by its leads."""
        if ask.kind == "training" and self._teaching is not None and ask.resource_id in self._sheets:
            sheet, room = self._sheets[ask.resource_id]
            facts = self._teaching.facts(ask, sheet, self._day(room, ask), self._rules)
            return rules_training.refusals(ask, facts, now)
        mine = self.facts(ask)
        return rules.refusals(ask, mine, now) if mine is not None else []

    def limits(self, ask: Ask) -> Limits | None:
        """How early and late a machine may be asked for, as the house set it; on the spot, any moment is good."""
        if ask.at_once:
            return None
        return self._limits if self._knows(ask) else None

    def supervision(self, ask: Ask) -> str | None:
        """The level deduced, to write on the booking; whoever teaches stays beside."""
        if ask.kind == "training":
            return "beside"
        facts = self.facts(ask)
        return rules.level_of(ask, facts) if facts is not None else None

    def facts(self, ask: Ask) -> Facts | None:
        """The facts of somebody's own ask of a machine; None for any other ask."""
        if not self._knows(ask):
            return None
        local = clock.local_day(ask.slot.start)
        key = (ask.resource_id, ask.holder_id, local)
        if key not in self._facts:
            self._facts[key] = self._gather(ask, local)
        found = self._facts[key]
        if ask.override:
            room = self._sheets[ask.resource_id][1]
            return replace(found, day=replace(found.day, open_lab=self._open_lab(ask, room)))
        return found

    def _knows(self, ask: Ask) -> bool:
        return ask.kind == "own" and ask.resource_id in self._sheets and ask.holder_id in self._holders

    def _gather(self, ask: Ask, local: date) -> Facts:
        sheet, room = self._sheets[ask.resource_id]
        holder, names = self._holders[ask.holder_id or 0]
        if (room, local) not in self._days:
            self._days[room, local] = self._day(room, ask)
        kept = tuple(one for one in self._there.kept if one.resource_id == sheet.id)
        return Facts(sheet, holder, self._days[room, local], self._rules, names, kept)

    def _day(self, room: int, ask: Ask) -> Day:
        start, end = clock.day_bounds(clock.local_day(ask.slot.start))
        # A slot may run past midnight: half of the next day belongs to its day.
        around = Slot(start, end + timedelta(hours=12))
        there = self._there
        watches = [(place, one) for place, one in there.watches if one.slot.overlaps(around)]
        leads = [(place, one) for place, one in there.leads if one.slot.overlaps(around)]
        lessons = [one for one in there.trainings if one.slot.overlaps(around) and one.booking_id != ask.moving]
        leads += [(one.place_id, Lead(one.facilitator_id, one.slot, True)) for one in lessons]
        minors = [(one.place_id, Minors(one.slot, one.minors)) for one in lessons if one.minors]
        return Day(
            watches=tuple(Watch(one.person_id, one.slot, place == room) for place, one in watches),
            leads=tuple(Lead(one.person_id, one.slot, place == room) for place, one in leads),
            uses=queries_room.uses_of(there.taken, room, around),
            groups=tuple(one for place, one in (*there.groups, *minors) if place == room and one.slot.overlaps(around)),
            visitors=tuple(one for place, one in there.visitors if one.minor and place == room),
        )

    def _open_lab(self, ask: Ask, place_id: int) -> tuple[Slot, ...]:
        """The open-lab hours that may cover an ask.

        Outside them the engine refuses already, unless the team overrides: only then they matter here, because
        nobody works alone in the building outside open-lab hours, whatever the reason.
        """
        first, last = clock.local_day(ask.slot.start), clock.local_day(ask.slot.end)
        return self._house.open(place_id, "open_lab", first, last) or ()


def _holders(
    session: Session, people: Collection[int], sheets: Sequence[Sheet], there: Happening, now: datetime
) -> dict[int, tuple[Holder, Mapping[str, str]]]:
    """Each person as the rules see them, with the names of the badges that anybody lacks."""
    papers = queries.papers_of(session, people)
    standings = training.badge_standings(session, people, {sheet.badge_code for sheet in sheets})
    needed = {sheet.badge_code for sheet in sheets}
    absent: dict[int, set[str]] = {}
    for person_id in people:
        lacking = [lack for code in needed for lack in lacks(standings[person_id], code, now, now)]
        absent[person_id] = {lack.code for lack in lacking if lack.reason in ("never", "revoked")}
    terms = _terms(session, {code for codes in absent.values() for code in codes})
    levels = training.levels_of(session, people) if terms else {}
    today = clock.local_day(now)
    names = {code: one.name for code, one in terms.items()}
    found: dict[int, tuple[Holder, Mapping[str, str]]] = {}
    for person_id in people:
        born, agreements = papers.get(person_id, (None, ()))
        held = standings[person_id]
        valid = frozenset(code for code in held if not lacks(held, code, now, now))
        gaps: dict[str, Gap] = {
            code: badge_gap(terms[code], levels[person_id], valid, born, today)
            for code in absent[person_id]
            if code in terms
        }
        own, absences = there.own.get(person_id, ()), there.absences.get(person_id, ())
        found[person_id] = (Holder(person_id, born, agreements, held, gaps, own, absences), names)
    return found


def _terms(session: Session, codes: Collection[str]) -> dict[str, BadgeTerms]:
    return {badge.code: badge for badge in training.safety_badges(session, codes)} if codes else {}
