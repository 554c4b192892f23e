"""Charts worked out before the page prints them: every coordinate is a number here, and its table stands beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from fablab.i18n import language
from reports.asked import Asked
from reports.values_periods import Period

#: units of the drawing: its height, a column, the space between two
HEIGHT, COLUMN, GAP = 120, 28, 12


@dataclass(frozen=True)
class Piece:
    """A part of a column: the class of its colour, where it stands, how high it is."""

    colour: str
    top: float
    height: float


@dataclass(frozen=True)
class Column:
    """A month: its name, its number, its parts from the ground up, where it stands."""

    name: str
    value: int
    left: int
    pieces: Sequence[Piece]

    @property
    def middle(self) -> float:
        """Where its name is written."""
        return self.left + COLUMN / 2

    @property
    def top(self) -> float:
        """Where its number is written above."""
        return self.pieces[-1].top if self.pieces else HEIGHT


@dataclass(frozen=True)
class Months:
    """Places taken month by month, by pathway. ``table``: month, then one number a pathway, then their sum."""

    columns: Sequence[Column]
    pathways: Sequence[tuple[str, str]]
    table: Sequence[tuple[str, Sequence[int], int]]

    @property
    def width(self) -> int:
        """How wide the drawing is, in its units."""
        return max(1, len(self.columns)) * (COLUMN + GAP) + GAP


#: a longer period is not drawn month by month: nobody would read it
MOST_MONTHS = 24


def months(counted: Mapping[tuple[str, str], int], asked: Asked) -> Months | None:
    """The chart of places; None when the period has one month, too many, or nothing to draw."""
    names = _months_of(asked.period)
    if not 1 < len(names) <= MOST_MONTHS or not counted:
        return None
    shown = [id_ for id_ in asked.offered["pathway"] if any(key[1] == id_ for key in counted)]
    lines = [(_name(key), [counted.get((key, id_), 0) for id_ in shown]) for key in names]
    most = max(sum(numbers) for _month, numbers in lines)
    colours = [asked.colours[id_] for id_ in shown]
    columns = [_column(place, name, numbers, colours, most) for place, (name, numbers) in enumerate(lines)]
    pathways = [(asked.offered["pathway"][id_], asked.colours[id_]) for id_ in shown]
    return Months(columns, pathways, [(name, numbers, sum(numbers)) for name, numbers in lines])


def _column(place: int, name: str, numbers: Sequence[int], colours: Sequence[str], most: int) -> Column:
    pieces, top = [], float(HEIGHT)
    for number, colour in zip(numbers, colours, strict=True):
        if number:
            height = number * HEIGHT / most
            top -= height
            pieces.append(Piece(colour, round(top, 2), round(height, 2)))
    return Column(name, sum(numbers), GAP + place * (COLUMN + GAP), pieces)


def _months_of(period: Period) -> list[str]:
    first, last = period.first.year * 12 + period.first.month - 1, period.last.year * 12 + period.last.month - 1
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


def _name(month: str) -> str:
    return str(format_date(date.fromisoformat(f"{month}-01"), "LLL", locale=language()))
