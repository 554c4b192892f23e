"""Who is told how: by letter, on the home page, by voice, or not at all."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.notices import GROUPS, MATTERING, NOTICES, WAYS, told
from fablab.outbox import Letter, Message, confirm
from tests.conftest import NOW
from tests.letters.notices import booking, tell_example
from tests.make import make_young


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_turned_off_always_comes_and_what_matters_stays_on_the_home_page(way: str) -> None:
    for kind in NOTICES.values():
        found = told(kind, dict.fromkeys(GROUPS, way))
        assert found.letter == (way == "letter" or not kind.group)
        assert found.message == (way != "nothing" or kind.matters or not kind.group)
        assert found.call == (kind.matters and way != "nothing")


@pytest.mark.parametrize(
    ("fields", "letters", "messages", "call_for"),
    [
        ({"letters_to": "zed@example.org"}, 1, 1, None),
        ({}, 0, 1, "no_address"),
        ({"letters_to": "zed@example.org", "letters_refused_at": NOW}, 0, 1, "refused"),
        ({"letters_to": "zed@example.org", "told_by": {"sessions": "page"}}, 0, 1, "no_address"),
        ({"letters_to": "zed@example.org", "told_by": {"sessions": "nothing"}}, 0, 1, None),
    ],
)
def test_who_is_written_to_and_who_is_called(
    session: Session, fields: dict[str, Any], letters: int, messages: int, call_for: str | None
) -> None:
    tell_example("session-cancelled", 0, make_young("Zed", **fields))
    assert len(session.scalars(select(Letter)).all()) == letters
    [message] = session.scalars(select(Message))
    assert message.call_for == call_for
    assert messages == 1


def test_nothing_is_written_of_what_does_not_matter_to_whoever_wants_nothing(session: Session) -> None:
    tell_example("badge-earned", 0, make_young("Zed", letters_to="z@example.org", told_by={"badges": "nothing"}))
    assert not session.scalars(select(Letter)).all()
    assert not session.scalars(select(Message)).all()


def test_who_did_it_themselves_gets_a_letter_for_their_calendar_and_no_message(session: Session) -> None:
    zed = make_young("Zed", letters_to="z@example.org")
    with transaction() as writing:
        confirm(writing, zed, "booking-made", key="x", now=NOW, booking=booking())
    assert len(session.scalars(select(Letter)).all()) == 1
    assert session.scalars(select(Message)).all() == []


def test_what_matters_is_a_few_things_that_cost_somebody_their_way() -> None:
    assert set(MATTERING) == {
        "booking-refused", "booking-moved", "booking-cancelled", "booking-suspended", "booking-back",
        "session-moved", "session-cancelled", "session-restored", "session-leads", "badge-ended",
        "helper-ended", "past-closing-refused", "room-refused", "room-moved", "room-cancelled", "room-set-aside",
    }  # fmt: skip
