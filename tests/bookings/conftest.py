from collections.abc import Callable, Iterator

import pytest

from bookings import kinds
from bookings.kinds import Kind
from tests.bookings.serving import Served, served_beside


@pytest.fixture(autouse=True)
def engine_alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Kind], None]:
    """The engine without the kinds of the other parts; a test may register its own.

    An app made for the test alone (``shared_database``, ``served``) registers them all again, as in the house.
    """
    monkeypatch.setattr(kinds, "_KINDS", {})
    return kinds.register


@pytest.fixture(scope="module")
def served(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server (2 workers of 8 threads) on a database of its own, and an app on the same database beside it."""
    with served_beside(migrated, tmp_path_factory.mktemp("served")) as served:
        yield served
