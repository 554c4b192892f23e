"""Pure: who watches over whom. The level of a booking is deduced, never chosen.

*Beside me* takes one facilitator for the whole slot; *in the room* needs facilitators' shifts in the room for the
whole slot; *autonomous* an adult of the team in the building, always inside the open-lab hours.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bookings import opening
from bookings.values import Slot
from machines.values import Day, Level, Sheet

#: the freest first
LEVELS: tuple[Level, ...] = ("autonomous", "in_room", "beside")


def allowed_levels(sheet: Sheet, age: int) -> list[Level]:
    """The levels that somebody of this age (on the day of the slot) may work at, the freest first."""
    return [level for level in LEVELS if (least := sheet.min_age(level)) is not None and age >= least]


def deduce(sheet: Sheet, age: int, slot: Slot, day: Day, *, moving: int | None = None) -> Level | None:
    """The freest level that age and shifts allow during the whole slot; None: nobody can watch over it."""
    for level in allowed_levels(sheet, age):
        if _covered(level, slot, day, moving):
            return level
    return None


def adults_in_room(slot: Slot, day: Day) -> int:
    """The fewest adults of the team in the room at any moment of the slot."""
    return min(len(_adults_at(moment, day)) for moment in _moments(slot, day))


def lacks_adults(sheet: Sheet, slot: Slot, day: Day, least: int) -> bool:
    """Whether a machine of high risk would run with fewer adults of the team in the room than that, at some moment."""
    return sheet.risk == "high" and adults_in_room(slot, day) < least


def minors_over(
    slot: Slot,
    day: Day,
    per_adult: int,
    *,
    moving: int | None = None,
    more: int = 1,
    besides: Collection[int] = (),
) -> bool:
    """Whether one more minor (``more`` of them) would make more than ``per_adult`` for each adult at some moment.

    ``besides``: ids of those more; who of them is at the open lab already is not counted twice.

    Adults of the building count where nobody is in the room: only people who may be alone are there then.
    """
    for moment in _moments(slot, day):
        adults = len(_adults_at(moment, day)) or len(_people(day, moment))
        minors = more + sum(use.minor for use in day.uses if use.booking_id != moving and _at(use.slot, moment))
        minors += sum(group.count for group in day.groups if _at(group.slot, moment))
        minors += sum(one.person_id not in besides for one in day.visitors if _at(one.slot, moment))
        # Nobody there at all is another rule's word.
        if adults and minors > per_adult * adults:
            return True
    return False


def is_free(person: int, slot: Slot, day: Day) -> bool:
    """Whether somebody is on shift in the room for the whole slot and leads nothing then."""
    shifts = [watch.slot for watch in day.watches if watch.person_id == person and watch.in_room]
    leading = [lead.slot for lead in day.leads if lead.person_id == person]
    return _cover(opening.without(shifts, leading), slot)


def still_helped(slot: Slot, day: Day) -> bool:
    """Whether everybody beside whom a facilitator stays, at some moment of the slot, has one of their own."""
    taken = [use.slot for use in day.uses if use.level == "beside"]
    return all(
        _everybody_has_a_helper(one, [*taken[:index], *taken[index + 1 :]], day)
        for index, one in enumerate(taken)
        if one.overlaps(slot)
    )


def _covered(level: Level, slot: Slot, day: Day, moving: int | None) -> bool:
    if level == "autonomous":
        inside = day.open_lab is None or any(window.covers(slot) for window in day.open_lab)
        return inside and _cover((watch.slot for watch in day.watches), slot)
    if level == "in_room":
        return _cover(_room_time(day), slot)
    taken = [use.slot for use in day.uses if use.level == "beside" and use.booking_id != moving]
    return _everybody_has_a_helper(slot, taken, day)


def _cover(slots: Iterable[Slot], slot: Slot) -> bool:
    return any(stretch.covers(slot) for stretch in opening.merged(slots))


def _room_time(day: Day) -> list[Slot]:
    """When each facilitator on shift is really in the room: not while they lead a session elsewhere."""
    stretches: list[Slot] = []
    for watch in day.watches:
        if watch.in_room:
            away = [lead.slot for lead in day.leads if lead.person_id == watch.person_id and not lead.in_room]
            stretches += opening.without([watch.slot], away)
    return stretches


def _everybody_has_a_helper(slot: Slot, taken: Sequence[Slot], day: Day) -> bool:
    """Whether each of these slots, and one more, can have a facilitator of its own from its start to its end.

    Taken in order of start, only the end of each facilitator's last slot matters: all ways to give the next slot
    are kept as such rows of ends, so that no choice made too early refuses somebody.
    """
    slots = sorted(_touching(slot, taken))
    people = sorted({watch.person_id for watch in day.watches if watch.in_room})
    ways: set[tuple[datetime, ...]] = {(slots[0].start,) * len(people)}
    for one in slots:
        able = [index for index, person in enumerate(people) if is_free(person, one, day)]
        ways = {(*way[:index], one.end, *way[index + 1 :]) for way in ways for index in able if way[index] <= one.start}
    return bool(ways) and bool(people)


def _touching(slot: Slot, others: Sequence[Slot]) -> list[Slot]:
    """The slot and all that overlap it, or overlap one of those, and so on."""
    found, left = [slot], list(others)
    while near := [other for other in left if any(other.overlaps(one) for one in found)]:
        found += near
        for other in near:
            left.remove(other)
    return found


def _moments(slot: Slot, day: Day) -> list[datetime]:
    """The start of the slot and every moment in it when somebody comes or goes."""
    slots = [one.slot for kind in (day.watches, day.leads, day.uses, day.groups, day.visitors) for one in kind]
    changes = {moment for one in slots for moment in (one.start, one.end)}
    return [slot.start, *(moment for moment in changes if slot.start < moment < slot.end)]


def _adults_at(moment: datetime, day: Day) -> set[int]:
    leading = {lead.person_id: lead.in_room for lead in day.leads if _at(lead.slot, moment)}
    on_shift = {watch.person_id for watch in day.watches if watch.in_room and _at(watch.slot, moment)}
    return {person for person in on_shift | set(leading) if leading.get(person, True)}


def _people(day: Day, moment: datetime) -> set[int]:
    return {watch.person_id for watch in day.watches if _at(watch.slot, moment)}


def _at(slot: Slot, moment: datetime) -> bool:
    return slot.start <= moment < slot.end
