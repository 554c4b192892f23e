"""When the groups of a year meet: in the Fablab's real group windows, holidays left out, one group a window and track.

On the first track a group has the Fablab and its machines; on the others it is in a room of the house.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from tests.pathways.year.facts import local, read_catalogue

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST, LAST = date(2026, 9, 8), date(2027, 6, 30)

#: weekday and hour of a window
Hour = tuple[int, str]
TUESDAY, TUESDAY_LATE, WEDNESDAY, THURSDAY, THURSDAY_LATE, FRIDAY, FRIDAY_LATE = (
    (1, "09:00"), (1, "13:30"), (2, "10:00"), (3, "09:00"), (3, "13:30"), (4, "09:00"), (4, "13:30")
)  # fmt: skip
#: the holidays' windows of a Tuesday, a Wednesday and a Thursday
HOLIDAYS = ((1, "10:00"), (2, "10:00"), (3, "10:00"))

#: for each pathway, where its groups follow each other: a track and its weekly windows
LANES: Mapping[str, Sequence[tuple[int, tuple[Hour, ...]]]] = {
    "TREMPLIN": [(0, (TUESDAY, THURSDAY)), (0, (TUESDAY_LATE, THURSDAY_LATE))],
    "REBOND": [(0, (FRIDAY, FRIDAY_LATE)), (1, (TUESDAY, THURSDAY))],
    "DECLIC": [
        (0, (WEDNESDAY,)),
        (1, (TUESDAY_LATE,)),
        (1, (THURSDAY_LATE,)),
        (1, (WEDNESDAY,)),
        (2, (WEDNESDAY,)),
        (2, (FRIDAY,)),
    ],
    "PASSEUR": [(2, (TUESDAY_LATE,)), (2, (THURSDAY_LATE,))],
}
#: a first pathway must be finished before: nobody is a Passeur in autumn
NOT_BEFORE = {"PASSEUR": date(2027, 1, 5)}
SPRING = date(2027, 2, 1)


@dataclass(frozen=True)
class Meeting:
    """One session of a group: its time in the window, and until when it goes on in a room of the house."""

    number: int
    start: datetime
    end: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Planned:
    """A group of the year."""

    name: str
    pathway: str
    track: int
    meetings: tuple[Meeting, ...]


class Agenda:
    """The windows of the school year, and the groups that fit them."""

    def __init__(self) -> None:
        house, fablab = read_catalogue("bookings", "house.yaml"), read_catalogue("machines", "machines.yaml")["fablab"]
        self.off = {date.fromisoformat(one["date"]) for one in house["calendar"]["public_holidays"]}
        self.off |= {date.fromisoformat(one["date"]) for one in house["calendar"]["bridge_closures"]}
        self.away = [
            (date.fromisoformat(one["start"]), date.fromisoformat(one["end"]))
            for one in house["calendar"]["school_holidays"]
        ]
        self.term, self.holidays = fablab["school_term"], fablab["school_holidays"]
        pathways = read_catalogue("pathways", "pathways.yaml")["pathways"]
        self.sessions = {one["code"]: one["sessions"] for one in pathways}

    def groups(self, wanted: Mapping[str, int]) -> list[Planned]:
        """So many groups of each pathway, the first to begin first; two of Déclic are lived in the holidays."""
        found = []
        for pathway, number in wanted.items():
            offered = [*self._in_holidays(pathway), *self._in_turn(pathway)] if number > 10 else self._in_turn(pathway)
            fitting = sorted(offered, key=lambda one: one[1][0].start)
            assert len(fitting) >= number, f"{pathway}: {len(fitting)} groups fit, {number} wanted"
            names = count(1)
            found += [
                Planned(f"{pathway.capitalize()} {next(names)}", pathway, track, meetings)
                for track, meetings in self._spread(fitting, number)
            ]
        return sorted(found, key=lambda one: one.meetings[0].start)

    def _spread(
        self, fitting: Sequence[tuple[int, tuple[Meeting, ...]]], number: int
    ) -> Sequence[tuple[int, tuple[Meeting, ...]]]:
        """The first ones; where there are few, the last of them in spring, when Passeurs help in sessions."""
        spring = [one for one in fitting if one[1][0].start >= local(SPRING, "08:00")]
        few = 1 < number <= 10 and spring and spring[0] not in fitting[: number - 1]
        return [*fitting[: number - 1], spring[0]] if few else fitting[:number]

    def _in_turn(self, pathway: str) -> list[tuple[int, tuple[Meeting, ...]]]:
        asked, found = self.sessions[pathway], []
        for track, hours in LANES[pathway]:
            windows = list(self._windows(hours, NOT_BEFORE.get(pathway, FIRST), self.term, away=False))
            for first in range(0, len(windows) - asked["count"] + 1, asked["count"]):
                found.append((track, self._meetings(windows[first : first + asked["count"]], asked["hours"])))
        return found

    def _in_holidays(self, pathway: str) -> list[tuple[int, tuple[Meeting, ...]]]:
        if pathway != "DECLIC":
            return []
        asked, windows = self.sessions[pathway], list(self._windows(HOLIDAYS, FIRST, self.holidays, away=True))
        return [
            (0, self._meetings(windows[at : at + asked["count"]], asked["hours"])) for at in (0, asked["count"] * 2)
        ]

    def _windows(
        self, hours: Sequence[Hour], since: date, season: Mapping[str, Sequence[Mapping[str, str]]], *, away: bool
    ) -> Iterator[tuple[datetime, datetime]]:
        day = since
        while day <= LAST:
            for window in season[WEEKDAYS[day.weekday()]]:
                asked = window["type"] == "group" and (day.weekday(), window["start"]) in hours
                if asked and day not in self.off and self._is_away(day) == away:
                    yield local(day, window["start"]), local(day, window["end"])
            day += timedelta(days=1)

    def is_school(self, day: date) -> bool:
        """Whether the Fablab lives as in a week of school."""
        return day not in self.off and not self._is_away(day)

    def _is_away(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.away)

    @staticmethod
    def _meetings(windows: Sequence[tuple[datetime, datetime]], hours: int) -> tuple[Meeting, ...]:
        found = []
        for number, (start, closes) in enumerate(windows, 1):
            end = start + timedelta(hours=hours)
            found.append(Meeting(number, start, min(end, closes), end if end > closes else None))
        return tuple(found)
