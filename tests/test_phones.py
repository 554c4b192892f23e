"""A phone number as people say it, however it was typed."""

import pytest

from fablab.i18n import HARD_SPACE, say_phone


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("0612345678", "06 12 34 56 78"),
        ("+33612345678", "06 12 34 56 78"),
        ("+41791234567", "+41791234567"),
        ("+3361234567", "+3361234567"),
        ("3939", "3939"),
        ("—", "—"),
    ],
)
def test_a_french_number_is_said_two_by_two(kept: str, said: str) -> None:
    assert say_phone(kept) == said.replace(" ", HARD_SPACE)
