"""What a machine adds to the engine: badge, age, paper, supervision, quotas, and the adults on shift."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.kinds import Kind
from bookings.values import Ask, Limits, Presence, Slot
from fablab import clock
from fablab.refusals import Refusal
from machines import queries, rules
from machines.queries import Happening
from machines.values import Day, Facts, Holder, Lead, MachineRules, Sheet, Watch
from pathways import queries as training
from pathways.rules_badges import badge_gap
from pathways.values import BadgeTerms, Gap, lacks


class MachineKind(Kind):
    """Rules of machines."""

    def gather(self, session: Session, asks: Sequence[Ask], now: datetime) -> Mapping[Ask, Facts]:
        """The facts of somebody's own bookings, for many asks at once; nothing for group sessions.

        Six statements (nine when badges lapse by disuse and hours matter), four more when a badge is missing.
        """
        own = [ask for ask in asks if ask.kind == "own" and ask.holder_id is not None]
        if not own:
            return {}
        sheets = queries.sheets(session, {ask.resource_id for ask in own})
        own = [ask for ask in own if ask.resource_id in sheets]
        span = Slot(min(ask.slot.start for ask in own), max(ask.slot.end for ask in own))
        rooms = {place for _sheet, place in sheets.values()}
        people = {ask.holder_id for ask in own if ask.holder_id is not None}
        there = queries.happening(session, rooms, people, span, now)
        holders = _holders(session, people, [sheet for sheet, _place in sheets.values()], there, now)
        hours = _OpenLab(session, own)
        return _Facts(own, _Common(sheets, holders, there, queries.rules_of(session), hours))

    def refusals(self, ask: Ask, facts: Facts | None, now: datetime) -> list[Refusal]:
        """Every reason of this part; a group session has facts of its own elsewhere."""
        return rules.refusals(ask, facts, now) if facts is not None else []

    def limits(self, ask: Ask, facts: Facts | None) -> Limits | None:
        """How early and late a machine may be asked for, as the house set it."""
        if facts is None:
            return None
        notice = timedelta(hours=facts.limits.min_notice_hours)
        return Limits(notice=notice, horizon=timedelta(days=facts.limits.horizon_days))

    def supervision(self, ask: Ask, facts: Facts | None, now: datetime) -> str | None:
        """The level deduced, to write on the booking."""
        return rules.level_of(ask, facts) if facts is not None else None

    def presences(self, session: Session, place_ids: Iterable[int], span: Slot) -> list[Presence]:
        """Adults on shift count in the gauge of the place where they are."""
        shifts = queries.shifts_during(session, place_ids, span)
        return [Presence(place_id, slot, 1, person_id) for person_id, place_id, slot in shifts]


class _Facts(Mapping[Ask, Facts]):
    """The facts of each ask, put together when they are looked at: of a hundred free slots few are."""

    def __init__(self, asks: Sequence[Ask], common: "_Common") -> None:
        self._asks, self._common = asks, common

    def __getitem__(self, ask: Ask) -> Facts:
        if not self._common.knows(ask):
            raise KeyError(ask)
        return self._common.facts(ask)

    def __iter__(self) -> Iterator[Ask]:
        return iter(self._asks)

    def __len__(self) -> int:
        return len(self._asks)


@dataclass
class _Common:
    """What asks share: one Holder a person, one Day a room and local day."""

    sheets: Mapping[int, tuple[Sheet, int]]
    holders: Mapping[int, tuple[Holder, Mapping[str, str]]]
    there: Happening
    limits: MachineRules
    hours: "_OpenLab"

    def __post_init__(self) -> None:
        self._days: dict[tuple[int, date], Day] = {}
        self._facts: dict[tuple[int, int | None, date], Facts] = {}

    def knows(self, ask: Ask) -> bool:
        """Whether the ask is somebody's own, on a machine."""
        return ask.kind == "own" and ask.resource_id in self.sheets and ask.holder_id in self.holders

    def facts(self, ask: Ask) -> Facts:
        """The facts of one ask."""
        local = clock.local_day(ask.slot.start)
        key = (ask.resource_id, ask.holder_id, local)
        if key not in self._facts:
            self._facts[key] = self._gather(ask, local)
        found = self._facts[key]
        if ask.override:
            room = self.sheets[ask.resource_id][1]
            return replace(found, day=replace(found.day, open_lab=self.hours.around(ask, room)))
        return found

    def _gather(self, ask: Ask, local: date) -> Facts:
        sheet, room = self.sheets[ask.resource_id]
        holder, names = self.holders[ask.holder_id or 0]
        if (room, local) not in self._days:
            self._days[room, local] = self._day(room, ask)
        return Facts(sheet, holder, self._days[room, local], self.limits, names)

    def _day(self, room: int, ask: Ask) -> Day:
        start, end = clock.day_bounds(clock.local_day(ask.slot.start))
        # A slot may run past midnight: half of the next day belongs to its day.
        around = Slot(start, end + timedelta(hours=12))
        there = self.there
        watches = [(place, one) for place, one in there.watches if one.slot.overlaps(around)]
        leads = [(place, one) for place, one in there.leads if one.slot.overlaps(around)]
        return Day(
            watches=tuple(Watch(one.person_id, one.slot, place == room) for place, one in watches),
            leads=tuple(Lead(one.person_id, one.slot, place == room) for place, one in leads),
            uses=tuple(one for place, one in there.uses if place == room and one.slot.overlaps(around)),
            groups=tuple(one for place, one in there.groups if place == room and one.slot.overlaps(around)),
        )


class _OpenLab:
    """The open-lab hours around each ask.

    Outside them the engine refuses already, unless the team overrides: only then they are read, because nobody
    works alone in the building outside open-lab hours, whatever the reason.
    """

    def __init__(self, session: Session, asks: Sequence[Ask]) -> None:
        passed = [ask for ask in asks if ask.override]
        self._house: engine.House | None = None
        if passed:
            first = min(clock.local_day(ask.slot.start) for ask in passed)
            last = max(clock.local_day(ask.slot.end) for ask in passed)
            self._house = engine.read_house(session, first, last)

    def around(self, ask: Ask, place_id: int) -> tuple[Slot, ...]:
        """The windows that may cover an ask."""
        if self._house is None:
            return ()
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
        own = there.own.get(person_id, ())
        found[person_id] = (Holder(person_id, born, agreements, held, gaps, own), names)
    return found


def _terms(session: Session, codes: Collection[str]) -> dict[str, BadgeTerms]:
    return {badge.code: badge for badge in training.safety_badges(session, codes)} if codes else {}
