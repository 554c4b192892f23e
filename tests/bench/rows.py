"""What is measured: each operation as a stream of requests, dates and machines varied."""

import itertools
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from fablab import clock
from machines.values_year import SchoolYear
from tests.bench.house import PASSWORD, PIN, STAFF, Bench, Target
from tests.bench.load import Line, Visitor, log_in

Request = Callable[[], bytes | None]
YOUNG_DOOR, TEAM_DOOR, FORM_PAGE = "/entrer", "/entrer/equipe", "/mon-compte"
#: weeks around this one that are looked at
WEEKS = (-3, -2, -1, 0, 1, 2, 3)


@dataclass(frozen=True)
class Row:
    """One line of the table: its requests, the clients that send them, the answers that are right."""

    name: str
    request: Request
    clients: int
    right: int = 200


class Visitors:
    """Everybody who is in, by real log-ins."""

    def __init__(self, port: int, bench: Bench) -> None:
        self.port = port
        line = Line(port)
        self.team = log_in(line, TEAM_DOOR, FORM_PAGE, email=STAFF, secret=PASSWORD)
        with ThreadPoolExecutor(8) as pool:
            self.young = list(pool.map(self._young, bench.newcomers))
            self.learners = list(pool.map(self._young, bench.learners))

    def _young(self, handle: str) -> Visitor:
        line = _line(self.port)
        return log_in(line, YOUNG_DOOR, FORM_PAGE, handle=handle, secret=PIN)


_lines = threading.local()


def _line(port: int) -> Line:
    if getattr(_lines, "port", None) != port:
        _lines.port, _lines.line = port, Line(port)
    return _lines.line  # type: ignore[no-any-return]  # a thread's own


def rows_of(bench: Bench, people: Visitors) -> list[Row]:
    """Every row, in the order of the table; those that book come last, since they change the house."""
    some = people.young[:16]
    bookers = list(_pairs(people.young[16:], bench.free))
    half = len(bookers) // 2
    refused = itertools.cycle(_pairs_refused(some, bench.taken))
    found = [Row("hello-world", forever(_plain("/hello")), clients) for clients in (1, 16)]
    for clients in (1, 16):
        found += [
            Row("day of one machine", forever(_days(people.team, bench)), clients),
            Row("week of one machine", forever(_weeks_of_one(people.team, bench)), clients),
            Row("week of 30 machines", forever(_weeks(people.team, bench)), clients),
            Row("free hours of one machine", forever(_hours(some, bench)), clients),
            Row("cards of 30 machines", forever(_pages(some, "/reserver")), clients),
            Row("refused: hour taken", forever(refused), clients, right=409),
            Row("my path", forever(_pages(people.learners, "/mon-parcours")), clients),
        ]
    found.append(Row("year, hours by machine", forever(_year(people.team, bench)), 1))
    found.append(Row("book", forever(iter(bookers[:half])), 1, right=303))
    found.append(Row("book", forever(iter(bookers[half:])), 16, right=303))
    return found


def forever(requests: Iterator[bytes]) -> Request:
    """The next request, whichever thread asks; None when there is none left."""
    lock = threading.Lock()

    def following() -> bytes | None:
        with lock:
            return next(requests, None)

    return following


def _plain(path: str) -> Iterator[bytes]:
    return itertools.repeat(Visitor().get(path))


def _pages(visitors: list[Visitor], path: str) -> Iterator[bytes]:
    return itertools.cycle([visitor.get(path) for visitor in visitors])


def _weeks(team: Visitor, bench: Bench) -> Iterator[bytes]:
    """The team's week of all machines, this one and those around it."""
    mondays = [clock.local_day(bench.monday) + timedelta(weeks=week) for week in WEEKS]
    return itertools.cycle([team.get(f"/machines/semaine?semaine={monday.isoformat()}") for monday in mondays])


def _weeks_of_one(team: Visitor, bench: Bench) -> Iterator[bytes]:
    """The week of one machine, any of them."""
    mondays = [clock.local_day(bench.monday) + timedelta(weeks=week) for week in WEEKS]
    asked = [f"/machines/{code}/semaine?semaine={monday}" for code in bench.codes for monday in mondays]
    random.Random(3).shuffle(asked)
    return itertools.cycle([team.get(path) for path in asked])


def _year(team: Visitor, bench: Bench) -> Iterator[bytes]:
    """The school year before this one: whole when the house holds 30,000 bookings or more (15,600 in that year)."""
    begins = SchoolYear.of(clock.local_day(bench.monday)).begins - 1
    return itertools.repeat(team.get(f"/machines/heures?annee={begins}"))


def _days(team: Visitor, bench: Bench) -> Iterator[bytes]:
    """One machine's day: its bookings, cancelled ones included."""
    days = [clock.local_day(bench.monday) + timedelta(weeks=week, days=day) for week in WEEKS for day in range(6)]
    asked = [f"/machines/{code}/{day.isoformat()}" for code in bench.codes for day in days]
    random.Random(1).shuffle(asked)
    return itertools.cycle([team.get(path) for path in asked])


def _hours(visitors: list[Visitor], bench: Bench) -> Iterator[bytes]:
    """The free hours of a machine on a day of the coming four weeks."""
    chance, codes = random.Random(2), sorted({target.code for target in bench.free})
    today = clock.local_day(clock.now())
    requests = []
    for number in range(500):
        day = today + timedelta(days=chance.randrange(1, 27))
        path = f"/reserver/{chance.choice(codes)}?jour={day}&duree=30"
        requests.append(visitors[number % len(visitors)].get(path))
    return itertools.cycle(requests)


def _book(visitor: Visitor, target: Target, key: str) -> bytes:
    start = clock.to_local(target.slot.start).isoformat(timespec="minutes")
    return visitor.post(f"/reserver/{target.code}", start=start, minutes=target.slot.minutes, key=key)


def _pairs(visitors: list[Visitor], free: tuple[Target, ...]) -> Iterator[bytes]:
    """Each of these people books twice, the most that one may; never two machines at the same time."""
    half = min(len(visitors), len(free) // 2)
    later = list(free[half : 2 * half])
    for number, visitor in enumerate(visitors[:half]):
        yield _book(visitor, free[number], f"banc-{number}-a")
    for number, visitor in enumerate(visitors[:half]):
        turn = next((i for i, one in enumerate(later) if not one.slot.overlaps(free[number].slot)), None)
        if turn is not None:
            yield _book(visitor, later.pop(turn), f"banc-{number}-b")


def _pairs_refused(visitors: list[Visitor], taken: tuple[Target, ...]) -> list[bytes]:
    return [_book(visitors[number % len(visitors)], target, f"pris-{number}") for number, target in enumerate(taken)]
