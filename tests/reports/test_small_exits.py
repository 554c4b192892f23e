"""What is hidden of exits in what leaves the house cannot be worked out from the rest: every house is tried."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import product

from reports.values_indicators import ratio
from reports.values_small import hides_exits, is_small

World = dict[str, int]
PUBLISHED = ("exits", "known_w0", "positive_known_w0", "positive_all_w0")


def world(finished: int, dropped: int, moved: int, redirected: int, known: int, positive: int, out: int) -> World:
    """A house: how its people left, and where those stand of whom it is known."""
    return {
        "finished": finished, "dropped": dropped, "interrupted": 0, "left": moved + redirected,
        "exits": finished + dropped + moved, "known_w0": known, "positive_w0": positive, "not_counted_w0": out,
    }  # fmt: skip


def published(one: World) -> tuple[object, ...]:
    """What a shared report prints of it."""
    plain = [one[code] if not is_small(one[code]) else "•" for code in ("finished", "dropped", "interrupted", "left")]
    shares = {
        "positive_known_w0": ratio(one["positive_w0"], one["known_w0"] - one["not_counted_w0"]),
        "positive_all_w0": ratio(one["positive_w0"], one["exits"] - one["not_counted_w0"]),
    }
    said: list[object] = []
    for code in PUBLISHED:
        value = shares.get(code, one.get(code))
        said.append("•" if hides_exits(code, one) else value if value is None else round(value, 3))
    return (*plain, *said)


def parts_of(one: World) -> dict[str, int]:
    """The numbers of people in it that could point at somebody."""
    moved = one["exits"] - one["finished"] - one["dropped"]
    return {
        "finished": one["finished"], "dropped": one["dropped"], "moved": moved, "redirected": one["left"] - moved,
        "known": one["known_w0"], "unknown": one["exits"] - one["known_w0"], "positive": one["positive_w0"],
        "out": one["not_counted_w0"], "negative": one["known_w0"] - one["positive_w0"] - one["not_counted_w0"],
    }  # fmt: skip


def give_away(worlds: Iterable[World], looked_at: Callable[[World], bool] = lambda _one: True) -> list[str]:
    """The small numbers that somebody with the report alone knows for sure, in the worlds looked at."""
    alike: dict[tuple[object, ...], list[World]] = defaultdict(list)
    for one in worlds:
        alike[published(one)].append(one)
    found = []
    for said, ones in alike.items():
        for name in parts_of(ones[0]):
            values = {parts_of(one)[name] for one in ones}
            if len(values) == 1 and is_small(*values) and all(map(looked_at, ones)):
                found.append(f"{name}={values} of {said}")
    return found


def test_how_people_left_stays_unknown_where_it_is_small() -> None:
    ways = product(range(9), range(9), range(9), range(9))
    worlds = [world(*way, known=0, positive=0, out=0) for way in ways]
    # Sums above the longest number tried have few ways by the choice of numbers alone.
    assert give_away(worlds, lambda one: one["left"] <= 8) == []


def test_where_people_stand_stays_unknown_where_it_is_small() -> None:
    for exits in (5, 8, 13, 20):
        stand = [
            world(exits, 0, 0, 0, known, positive, out)
            for known in range(exits + 1)
            for positive in range(known + 1)
            for out in range(known - positive + 1)
        ]
        assert give_away(stand) == []


def test_large_numbers_are_said() -> None:
    assert published(world(30, 10, 0, 0, known=20, positive=10, out=0)) == (30, 10, 0, 0, 40, 20, 0.5, 0.25)
