from collections.abc import Callable

import pytest

from bookings import kinds
from bookings.kinds import Kind


@pytest.fixture(autouse=True)
def engine_alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Kind], None]:
    """The engine without the kinds of the other parts; a test may register its own."""
    monkeypatch.setattr(kinds, "_KINDS", {})
    return kinds.register
