"""The rules of shifts: pure. Facts in, refusals out."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.values import Slot
from fablab import clock
from fablab.i18n import _, say_date
from fablab.refusals import Refusal

#: a shift is written at most so long ahead: a school year
_MOST = timedelta(days=366)


@dataclass(frozen=True)
class Wish:
    """Somebody's shift to write: the first one, and the last day when it comes back every week."""

    person_id: int
    place_id: int
    first: Slot
    until: date | None = None

    @property
    def last_end(self) -> datetime:
        """A moment after the end of the last one."""
        if self.until is None:
            return self.first.end
        return max(self.first.end, clock.day_bounds(self.until)[1])


def refusals(wish: Wish, already: Sequence[Slot], now: datetime) -> list[Refusal]:
    """Every reason not to write a shift; ``already`` are the other shifts of the same person."""
    found = []
    if wish.first.end <= now:
        found.append(Refusal("shift_past", _("Cette heure est passée."), field="day"))
    if wish.first.minutes > 14 * 60:
        found.append(Refusal("shift_long", _("Une permanence dure 14 heures au plus."), field="ends"))
    if wish.until is not None and wish.until < clock.local_day(wish.first.start):
        found.append(Refusal("shift_backwards", _("Le dernier jour vient après le premier."), field="until"))
    elif wish.until is not None and wish.until > clock.local_day(now) + _MOST:
        latest = say_date(clock.local_day(now) + _MOST)
        found.append(Refusal("shift_far", _("Au plus tard le %(day)s.", day=latest), field="until"))
    elif any(one.overlaps(other) for one in weekly(wish) for other in already):
        found.append(Refusal("shift_twice", _("Cette personne a déjà une permanence à ce moment."), field="starts"))
    return found


def withdraw_refusals(*, gone: bool, ends_at: datetime, now: datetime) -> list[Refusal]:
    """Why a shift cannot be taken away: it is already, or it is over."""
    if gone:
        return [Refusal("shift_gone", _("Cette permanence est déjà retirée."))]
    if ends_at <= now:
        return [Refusal("shift_over", _("Cette permanence est passée."))]
    return []


def restore_refusals(wish: Wish, already: Sequence[Slot], now: datetime, *, of_the_team: bool) -> list[Refusal]:
    """Why a withdrawn shift cannot be put back: its person watches over nobody any more, or what refuses a new one."""
    if not of_the_team:
        return [Refusal("not_team", _("Cette personne n’est plus dans l’équipe."))]
    return refusals(wish, already, now)


def weekly(wish: Wish) -> list[Slot]:
    """The wish week after week in wall time, seasons and holidays left in: the first alone without a last day.

    A week whose change of clock skips one of its hours is left out.
    """
    start, end = clock.to_local(wish.first.start), clock.to_local(wish.first.end)
    slots, day = [wish.first], start.date() + timedelta(days=7)
    while wish.until is not None and day <= wish.until:
        with suppress(clock.NoSuchTime):
            slots.append(Slot(clock.at(day, start.time()), clock.at(day, end.time())))
        day += timedelta(days=7)
    return slots
