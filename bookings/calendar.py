"""Pure: the rows of a week to the grid and the list that a page prints. No Flask, no database.

Cells are flat named tuples with their words ready, because a week of thirty resources has hundreds of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup

from bookings import opening
from bookings.values import Booked, Slot
from fablab import clock
from fablab.i18n import _, say_hour

#: classes of the bands by kind of booking: three greys, so that colour stays meaningful
GREYS = {"own": "g-1", "session": "g-2", "rental": "g-3", "training": "g-2"}


class Band(NamedTuple):
    """A rectangle of a cell: minutes from the left edge of the day, and its class."""

    x: int
    width: int
    cls: str


class Cell(NamedTuple):
    """One resource on one day: its bands, the words for its longest free stretch, and how many bookings.

    ``every_free``: all that is free, in order, the longest included.
    """

    day: date
    bands: tuple[Band, ...]
    free: Slot | None
    words: str
    bookings: int
    every_free: tuple[Slot, ...] = ()


class Row(NamedTuple):
    """A resource and its days."""

    id: int
    name: str
    cells: tuple[Cell, ...]


class Grid(NamedTuple):
    """Resources as rows, days as columns; ``width`` is the minutes shown of each day."""

    days: tuple[date, ...]
    width: int
    rows: tuple[Row, ...]


class Line(NamedTuple):
    """One booking of the list: everything it takes, joined."""

    slot: Slot
    names: str
    booked: Booked


def shade_of(booked: Booked) -> str:
    """The class of a booking's band: stripes for what waits for a yes, else the grey of its kind."""
    return "asked" if booked.status == "requested" else GREYS[booked.kind]


def grid(
    resources: Sequence[tuple[int, str]],
    booked: Iterable[Booked],
    days: Sequence[date],
    windows: Sequence[Slot],
    shut: Mapping[int, Sequence[Slot]],
    now: datetime,
    broken: Mapping[int, Sequence[Slot]] | None = None,
    shade: Callable[[Booked], str] = shade_of,
) -> Grid:
    """The week of some resources.

    ``resources``: id and name, in order; ``windows``: when they may be booked; ``shut``: closures by resource;
    ``broken``: those of them that are breakdowns; ``shade``: the class of the band of a booking.
    A free stretch is open, not shut, not booked and not over.
    """
    open_by_day = _by_day(windows)
    opens, closes = _edges(days, windows, booked := list(booked))
    taken: dict[tuple[int, date], list[Booked]] = defaultdict(list)
    for one in booked:
        taken[one.resource_id, clock.local_day(one.starts_at)].append(one)
    words = _Words()
    rows = []
    for id_, name in resources:
        closed, out = _by_day(shut.get(id_, ())), (broken or {}).get(id_, ())
        cells = (
            _cell(day, open_by_day[day], taken[id_, day], closed[day], out, (opens, closes), now, words, shade)
            for day in days
        )
        rows.append(Row(id_, name, tuple(cells)))
    return Grid(tuple(days), closes - opens, tuple(rows))


def drawn(bands: Iterable[Band], width: int) -> Markup:
    """The strip of a day as an SVG element: bands of minutes, on a day of ``width`` minutes.

    Put together here: a template that prints each part of some hundred bands takes a fifth of a week's page for it.
    """
    shapes = "".join(f'<rect class="{cls}" x="{x}" width="{long}" height="20"/>' for x, long, cls in bands)
    box = f'viewBox="0 0 {width} 20" preserveAspectRatio="none"'
    return Markup(f'<svg class="band" {box} aria-hidden="true">{shapes}</svg>')  # numbers and classes of ours


def lines(resources: Mapping[int, str], booked: Iterable[Booked]) -> list[Line]:
    """The same week as a list: one line a booking, soonest first."""
    together: dict[str, list[Booked]] = defaultdict(list)
    for one in booked:
        together[one.public_id].append(one)
    found = []
    for claims in together.values():
        claims.sort(key=lambda one: (one.resource_id != one.main_id, one.resource_id))
        names = dict.fromkeys(resources[one.resource_id] for one in claims if one.resource_id in resources)
        found.append(Line(Slot(claims[0].starts_at, claims[0].ends_at), ", ".join(names), claims[0]))
    return sorted(found, key=lambda line: (line.slot, line.names))


def longest(slots: Iterable[Slot]) -> Slot | None:
    """The longest of some stretches, the first of equals."""
    return max(slots, key=lambda slot: (slot.minutes, -slot.start.timestamp()), default=None)


class _Words:
    """«14 h – 19 h» by stretch, each hour said once a page."""

    def __init__(self) -> None:
        self._hours: dict[datetime, str] = {}
        self._full, self._closed, self._past, self._broken = _("complet"), _("fermé"), _("passé"), _("en panne")

    def of(
        self,
        free: Slot | None,
        windows: Sequence[Slot],
        ahead: Sequence[Slot],
        shut: Sequence[Slot],
        out: Sequence[Slot],
    ) -> str:
        if free is None and windows and not ahead:
            return self._past
        if free is None and opening.without(ahead, shut):
            return self._full
        if free is None:
            return self._broken if ahead and not opening.without(ahead, out) else self._closed
        return f"{self._hour(free.start)} – {self._hour(free.end)}"

    def _hour(self, moment: datetime) -> str:
        if moment not in self._hours:
            self._hours[moment] = say_hour(moment)
        return self._hours[moment]


def _cell(
    day: date,
    windows: Sequence[Slot],
    taken: Sequence[Booked],
    shut: Sequence[Slot],
    out: Sequence[Slot],
    edges: tuple[int, int],
    now: datetime,
    words: _Words,
    shade: Callable[[Booked], str],
) -> Cell:
    busy = [Slot(one.starts_at, one.ends_at) for one in taken]
    ahead = [Slot(max(slot.start, now), slot.end) for slot in windows if slot.end > now]
    every_free = opening.without(ahead, [*busy, *shut])
    free = longest(every_free)
    # A day without hours is shut from edge to edge, whatever closure lies on it too.
    whole = Band(0, edges[1] - edges[0], "closed")
    bands = [_band(slot, day, edges, "closed") for slot in shut] if windows else [whole]
    bands += [_band(slot, day, edges, shade(one)) for slot, one in zip(busy, taken, strict=True)]
    drawn = tuple(band for band in bands if band.width > 0)
    return Cell(day, drawn, free, words.of(free, windows, ahead, shut, out), len(taken), tuple(every_free))


def _band(slot: Slot, day: date, edges: tuple[int, int], cls: str) -> Band:
    opens, closes = edges
    start = min(max(_minute(slot.start, day), opens), closes)
    end = min(max(_minute(slot.end, day), opens), closes)
    return Band(start - opens, end - start, cls)


def _minute(moment: datetime, day: date) -> int:
    """Minutes of the wall clock since the midnight that begins a day; before it 0, after it 1440."""
    local = clock.to_local(moment)
    if local.date() != day:
        return 0 if local.date() < day else 1440
    return local.hour * 60 + local.minute


def _edges(days: Sequence[date], windows: Sequence[Slot], booked: Sequence[Booked]) -> tuple[int, int]:
    """First and last minute shown, the same for every day: what is open and what is booked."""
    spans = [(slot.start, slot.end) for slot in windows] + [(one.starts_at, one.ends_at) for one in booked]
    if not spans or not days:
        return 8 * 60, 20 * 60
    starts = [_minute(start, clock.local_day(start)) for start, _end in spans]
    ends = [_minute(end, clock.local_day(start)) for start, end in spans]
    return min(starts) // 60 * 60, -(-max(ends) // 60) * 60


def _by_day(slots: Iterable[Slot]) -> dict[date, list[Slot]]:
    """Slots by each local day they touch, cut to nothing: a cell clips them itself."""
    found: dict[date, list[Slot]] = defaultdict(list)
    for slot in slots:
        for day in _days_of(slot):
            found[day].append(slot)
    return found


def _days_of(slot: Slot) -> Iterable[date]:
    day, last = clock.local_day(slot.start), clock.local_day(slot.end)
    while day < last or (day == last and slot.end > clock.day_bounds(day)[0]):
        yield day
        day = date.fromordinal(day.toordinal() + 1)
