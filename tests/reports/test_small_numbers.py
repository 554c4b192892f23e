"""What is hidden in what leaves the house cannot be worked out again: a solver tries every way."""

from itertools import product

import pytest

from reports.values_small import LEAST, is_small, shared


def solutions(shown: dict[str, int | None], total: int) -> dict[str, set[int]]:
    """Every value that each hidden cell may have, for somebody who knows all that is published.

    They know the total, that nought is never hidden, and the other cells.
    """
    hidden = [name for name, count in shown.items() if count is None]
    left = total - sum(count for count in shown.values() if count is not None)
    found: dict[str, set[int]] = {name: set() for name in hidden}
    for guess in product(range(1, left + 1), repeat=len(hidden)):
        if sum(guess) == left:
            for name, count in zip(hidden, guess, strict=True):
                found[name].add(count)
    return found


@pytest.mark.parametrize("first", range(9))
def test_each_hidden_number_keeps_two_values(first: int) -> None:
    for others in product(range(9), repeat=2):
        _keeps_two((first, *others))


@pytest.mark.parametrize("counts", [(1, 1, 1, 1), (1, 1, 1, 6), (4, 4, 4, 4), (4, 4, 4, 9), (1, 2, 8, 7), (0, 0, 3, 6)])
def test_more_cells_keep_two_values_too(counts: tuple[int, ...]) -> None:
    _keeps_two(counts)


def _keeps_two(counts: tuple[int, ...]) -> None:
    split = dict(zip("abcd", counts, strict=False))
    shown = shared(split)
    if shown is None:
        # Nothing of it is shown: only where hiding some would not have been enough.
        assert sum(counts) < LEAST or any(is_small(count) for count in counts)
        return
    assert all(count is None or count == split[name] for name, count in shown.items())
    assert not any(count is not None and is_small(count) for count in shown.values())
    assert all(len(values) >= 2 for values in solutions(dict(shown), sum(counts)).values())


def test_one_small_number_hides_the_smallest_of_the_others_with_it() -> None:
    assert shared({"female": 3, "male": 40, "other": 8}) == {"female": None, "male": 40, "other": None}


def test_what_has_no_small_number_is_shown_whole() -> None:
    assert shared({"yes": 12, "no": 5, "unknown": 0}) == {"yes": 12, "no": 5, "unknown": 0}


def test_a_small_total_shows_nothing() -> None:
    assert shared({"yes": 4}) is None


def test_two_alone_that_must_be_one_each_hide_a_third() -> None:
    assert shared({"a": 1, "b": 1, "c": 9, "d": 20}) == {"a": None, "b": None, "c": None, "d": 20}


def test_as_many_fours_as_cells_would_be_found_out() -> None:
    assert shared({"a": 4, "b": 4, "c": 9}) is not None
    assert shared({"a": 4, "b": 4, "c": 9}) == {"a": None, "b": None, "c": None}
