"""A notice is a message for everybody and a letter for those with an address, once, in the reader's language."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.outbox import Letter, Message, confirm, tell, unread
from fablab.people.models import Person
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young

BOOKING = SimpleNamespace(called="La petite laser", starts_at=NOW, reason="")


def say_cancelled(person: Person, key: str = "cancelled:1") -> None:
    with transaction() as session:
        tell(session, person, "booking-cancelled", key=key, now=NOW, link="/reserver", booking=BOOKING)


def test_somebody_without_an_address_gets_a_message_only(app: Flask, session: Session) -> None:
    ines = make_young("Inès")
    say_cancelled(ines)
    [message] = unread(session, ines)
    assert message.text == "La petite laser, mardi 24 novembre à 10\u00a0h\u00a0: c’est annulé."
    assert session.scalars(select(Letter)).all() == []


def test_somebody_with_an_address_gets_a_letter_too(app: Flask, session: Session) -> None:
    samir = make_staff("Samir")
    say_cancelled(samir)
    [letter] = session.scalars(select(Letter)).all()
    assert (letter.to_address, letter.subject) == (samir.email, "Annulé\u00a0: La petite laser")
    assert "Bonjour Samir," in letter.body
    assert (letter.due_at, letter.sent_at) == (NOW, None)


def test_the_same_notice_is_written_once(app: Flask, session: Session) -> None:
    samir = make_staff("Samir")
    for _ in range(2):
        say_cancelled(samir)
    assert len(session.scalars(select(Message)).all()) == len(session.scalars(select(Letter)).all()) == 1


def test_what_somebody_did_twice_in_the_same_second_is_confirmed_once(app: Flask, session: Session) -> None:
    samir = make_staff("Samir")
    for _ in range(2):
        with transaction() as writing:
            confirm(writing, samir, "booking-cancelled", key="cancelled:1", now=NOW, booking=BOOKING)
    assert len(session.scalars(select(Letter)).all()) == 1
    assert unread(session, samir) == []


def test_what_somebody_did_and_then_the_team_in_the_same_second_is_one_letter_and_one_message(
    app: Flask, session: Session
) -> None:
    samir = make_staff("Samir")
    with transaction() as writing:
        confirm(writing, samir, "booking-cancelled", key="cancelled:1", now=NOW, booking=BOOKING)
    say_cancelled(samir)
    assert len(session.scalars(select(Letter)).all()) == len(unread(session, samir)) == 1


def test_what_is_rolled_back_is_not_told(app: Flask, session: Session) -> None:
    ines = make_young("Inès")
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        tell(writing, ines, "booking-cancelled", key="x", now=NOW, booking=BOOKING)
        _ = 1 / 0
    assert unread(session, ines) == []


def test_a_message_stays_on_the_home_page_until_it_is_read(client: FlaskClient, session: Session) -> None:
    ines = make_young("Inès")
    say_cancelled(ines)
    log_in(client, ines)
    assert "c’est annulé" in client.get("/").text
    [message] = unread(session, ines)
    client.post("/messages/lu", data={"message": message.id, "next": "/"})
    assert "c’est annulé" not in client.get("/").text


def test_a_message_longer_than_its_column_is_cut_and_the_letter_says_everything(app: Flask, session: Session) -> None:
    samir = make_staff("Samir")
    long = SimpleNamespace(called="La petite laser" * 20, starts_at=NOW, reason="x" * 600)
    with transaction() as writing:
        tell(writing, samir, "booking-cancelled", key="long", now=NOW, booking=long)
    [message] = unread(session, samir)
    [letter] = session.scalars(select(Letter)).all()
    assert (len(message.text), message.text[-1]) == (500, "…")
    assert len(letter.subject) == 200
    assert "x" * 600 in letter.body
