"""Readers: what a card may do at one, what it tells, an hour without the network, and a key that was taken away.

The reader is docs/reader_client.py itself, which speaks to the house's own addresses.
"""

import importlib.util
import sys
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import clock, config
from fablab.journal import JournalEntry
from fablab.people import actions as people
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_readers
from machines.models import Machine
from machines.models_readers import Reader, ReaderEvent
from machines.rules_readers import MOST_EVENTS
from machines.values_readers import Said
from pathways.models import Award
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import log_in, make_staff
from tests.make_machines import make_machine, on

START, END = on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def load_client() -> ModuleType:
    """The reference client, read from the documentation as a builder of readers would."""
    spec = importlib.util.spec_from_file_location("reader_client", config.ROOT / "docs" / "reader_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CLIENT = load_client()


class Box:
    """A reader on its table: its network can be cut, its clock be wrong."""

    def __init__(self, app: Flask, key: str) -> None:
        self.http, self.key, self.cut, self.off, self.lost = app.test_client(), key, False, timedelta(), 0
        self.reader = CLIENT.Reader(key, self._send, lambda: clock.now() + self.off)

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        if self.cut:
            raise OSError("no network")
        answer = self.http.open(path, method=method, json=body, headers={"Authorization": f"Bearer {self.key}"})
        if self.lost:
            self.lost -= 1
            raise OSError("the answer was lost")
        return answer.status_code, answer.get_json(force=True)


@pytest.fixture
def administrator(app: Flask) -> Person:
    return make_staff("Nadia", roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def key(vinyl: Machine, administrator: Person) -> str:
    return actions_readers.enrol(vinyl, "Boîtier", administrator, NOW)


@pytest.fixture
def box(app: Flask, key: str) -> Box:
    return Box(app, key)


@pytest.fixture
def card(ines: Person) -> str:
    return people.renew_card(ines, make_staff("Chloé"), NOW)


@pytest.fixture
def booking(ines: Person, vinyl: Machine) -> Booking:
    return actions.book(Ask(vinyl.id, Slot(START, END), holder_id=ines.id), ines, NOW)


@pytest.fixture
def begun(booking: Booking) -> Iterator[Booking]:
    """Inès's use is under way, and the clock stands ten minutes into it."""
    with time_machine.travel(START + 10 * MINUTE, tick=False):
        yield actions.check_in(booking, make_staff("Awa"), START)


def test_a_card_gets_the_current_while_its_use_is_under_way(
    box: Box, card: str, begun: Booking, session: Session
) -> None:
    run = box.reader.card(card)
    assert run is not None
    assert [one["noted"] for one in box.reader.tell()] == [True]
    box.reader.beat(run)
    box.reader.stop(run)
    assert [one["noted"] for one in box.reader.tell()] == [True, True]
    start, stop = session.scalars(select(ReaderEvent).order_by(ReaderEvent.id))
    assert (start.kind, start.booking_id, start.codes, start.offline) == ("start", begun.id, [], False)
    assert start.beat_at == START + 10 * MINUTE
    assert (stop.kind, stop.run, stop.booking_id) == ("stop", run, begun.id)
    verbs = session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)).all()
    assert verbs[-2:] == ["reader.on", "reader.off"]


def test_the_answer_says_who_and_until_when_and_nothing_else(box: Box, card: str, begun: Booking) -> None:
    status, answer = box._send("POST", "/api/reader/decision", {"card": card.lower()})
    assert status == 200
    assert answer == {
        "now": clock.now().isoformat(), "allowed": True, "until": END.isoformat(), "first_name": "Inès", "refusals": [],
    }  # fmt: skip


def decided(box: Box, card: str) -> list[str]:
    status, answer = box._send("POST", "/api/reader/decision", {"card": card})
    assert status == 200
    assert answer["allowed"] is (answer["refusals"] == [])
    assert (answer["until"] is None) is bool(answer["refusals"])
    return [one["code"] for one in answer["refusals"]]


def test_no_card_opens_a_machine_that_its_holder_has_not_begun(
    box: Box, card: str, booking: Booking, ines: Person
) -> None:
    assert decided(box, "A" * 32) == ["card_unknown"]
    assert decided(box, card) == ["no_booking_now"]
    with time_machine.travel(START + MINUTE, tick=False):
        assert decided(box, card) == ["not_begun_yet"]
        actions.check_in(booking, make_staff("Awa"), clock.now())
        assert decided(box, card) == []
        newer = people.renew_card(ines, make_staff("Zoé"), clock.now())
        assert decided(box, card) == ["card_unknown"]
        assert decided(box, newer) == []
    with time_machine.travel(END, tick=False):
        assert decided(box, newer) == ["no_booking_now"]


def test_a_card_opens_its_own_machine_only(
    app: Flask, fablab: Any, card: str, begun: Booking, administrator: Person
) -> None:
    other = make_machine(fablab, "VIN-02")
    assert decided(Box(app, actions_readers.enrol(other, "Autre", administrator, NOW)), card) == ["no_booking_now"]


def test_every_rule_is_asked_again_at_the_reader(box: Box, card: str, begun: Booking, session: Session) -> None:
    award = session.scalars(select(Award)).one()
    award.expires_at = END - MINUTE
    session.commit()
    assert decided(box, card) == ["badge_expires"]
    assert box.reader.card(card) is None
    assert [one["noted"] for one in box.reader.tell()] == [True]
    event = session.scalars(select(ReaderEvent)).one()
    assert (event.kind, event.codes) == ("refused", ["badge_expires"])


def test_an_hour_without_the_network_loses_no_use_and_counts_none_twice(
    box: Box, card: str, begun: Booking, session: Session
) -> None:
    box.off = timedelta(minutes=-5)  # the reader's clock is five minutes late
    assert box.reader.fetch_list()
    box.cut = True
    run = box.reader.card(card)
    assert run is not None
    assert box.reader.card("B" * 32) is None
    with time_machine.travel(START + 40 * MINUTE, tick=False):
        box.reader.stop(run)
    with time_machine.travel(START + 70 * MINUTE, tick=False):
        assert box.reader.card(card) is None  # the list's hour is over, and so is the booking
        assert box.reader.tell() == []
        actions.finish(begun, None, clock.now())
        box.cut, box.lost = False, 1
        assert box.reader.tell() == []  # heard, but the reader cannot know
        assert [one["noted"] for one in box.reader.tell()] == [True] * 4
    events = session.scalars(select(ReaderEvent).order_by(ReaderEvent.id)).all()
    assert [(one.kind, one.at) for one in events] == [
        ("start", START + 10 * MINUTE),
        ("refused", START + 10 * MINUTE),
        ("stop", START + 40 * MINUTE),
        ("refused", START + 70 * MINUTE),
    ]
    assert [(one.booking_id, one.codes) for one in events[:3]] == [
        (begun.id, []), (None, ["card_unknown"]), (begun.id, []),
    ]  # fmt: skip
    assert all(one.offline for one in events if one.kind != "stop")


def test_a_card_lost_since_still_says_whose_use_it_was(
    box: Box, card: str, begun: Booking, ines: Person, session: Session
) -> None:
    assert box.reader.fetch_list()
    box.cut = True
    assert box.reader.card(card) is not None
    with time_machine.travel(START + 20 * MINUTE, tick=False):
        people.renew_card(ines, make_staff("Zoé"), clock.now())
        box.cut = False
        assert [one["noted"] for one in box.reader.tell()] == [True]
        assert decided(box, card) == ["card_unknown"]
    event = session.scalars(select(ReaderEvent)).one()
    assert (event.kind, event.booking_id, event.codes) == ("start", begun.id, [])


def test_a_list_is_believed_for_an_hour_and_only_with_its_signature(box: Box, card: str, begun: Booking) -> None:
    assert box.reader.fetch_list()
    box.cut = True
    for later, opens in ((49 * MINUTE, True), (50 * MINUTE, False)):  # the booking ends before the list does
        with time_machine.travel(START + 10 * MINUTE + later, tick=False):
            assert (box.reader.card(card) is not None) is opens
    box.cut = False
    stranger = CLIENT.Reader("another key", box._send, clock.now)
    assert not stranger.fetch_list()


def test_a_list_holds_only_uses_that_every_rule_accepts(box: Box, begun: Booking, session: Session, card: str) -> None:
    session.scalars(select(Award)).one().expires_at = END - MINUTE
    session.commit()
    assert box.reader.fetch_list()
    box.cut = True
    assert box.reader.card(card) is None


def test_a_key_that_was_taken_away_opens_and_tells_nothing(
    box: Box, card: str, begun: Booking, administrator: Person, session: Session
) -> None:
    run = box.reader.card(card)
    assert run is not None
    actions_readers.end(session.scalars(select(Reader.id)).one(), administrator, clock.now())
    assert box.reader.card(card) is None
    assert not box.reader.fetch_list()
    assert box.reader.tell() == []
    assert session.scalars(select(ReaderEvent)).all() == []
    status, answer = box._send("POST", "/api/reader/decision", {"card": card})
    assert (status, answer["title"]) == (401, "key_unknown")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer wrong"])
def test_without_a_good_key_nothing_is_said(client: FlaskClient, key: str, header: str) -> None:
    for method, path in (("POST", "decision"), ("POST", "events"), ("GET", "list")):
        answer = client.open(f"/api/reader/{path}", method=method, json={}, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"


def event(**fields: Any) -> dict[str, Any]:
    return {"id": "e1", "kind": "start", "at": NOW.isoformat(), "card": "C" * 32, **fields}


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ([], "body"),
        ({}, "now"),
        ({"now": "2026-11-24T09:00:00"}, "now"),
        ({"now": NOW.isoformat(), "events": {}}, "events"),
        ({"now": NOW.isoformat(), "events": ["start"]}, "events"),
        ({"now": NOW.isoformat(), "events": [event(kind="explode")]}, "kind"),
        ({"now": NOW.isoformat(), "events": [event(id="x" * 65)]}, "id"),
        ({"now": NOW.isoformat(), "events": [event(card=7)]}, "card"),
        ({"now": NOW.isoformat(), "events": [event(at="99999-01-01")]}, "at"),
        ({"now": NOW.isoformat(), "events": [event(kind="stop")]}, "run"),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_where(box: Box, body: Any, about: str) -> None:
    status, answer = box._send("POST", "/api/reader/events", body)
    assert (status, answer["title"]) == (400, "bad_request")
    assert answer["detail"].startswith(f"{about}: ")


def told(box: Box, events: list[dict[str, Any]]) -> list[str]:
    status, answer = box._send("POST", "/api/reader/events", {"now": NOW.isoformat(), "events": events})
    assert status == 200, answer
    return [code["code"] for one in answer["events"] for code in one["refusals"]]


def test_an_event_is_not_older_than_a_week_and_follows_a_start(box: Box) -> None:
    week = NOW - timedelta(days=7)
    assert told(box, [event(at=week.isoformat())]) == []
    assert told(box, [event(id="e2", at=(week - timedelta(seconds=1)).isoformat())]) == ["event_too_old"]
    stop = event(id="e3", kind="stop", run="nothing")
    assert told(box, [stop]) == ["run_unknown"]
    assert told(box, [stop | {"run": "e1"}]) == []


def test_a_request_holds_so_many_events_and_no_more(box: Box) -> None:
    many = [event(id=f"e{number}", kind="beat", run="r") for number in range(MOST_EVENTS + 1)]
    status, answer = box._send("POST", "/api/reader/events", {"now": NOW.isoformat(), "events": many})
    assert (status, answer["refusals"][0]["code"]) == (409, "too_many_events")
    status, _answer = box._send("POST", "/api/reader/events", {"now": NOW.isoformat(), "events": many[:-1]})
    assert status == 200


def test_a_decision_takes_a_bounded_number_of_statements(
    box: Box, card: str, begun: Booking, count_statements: Statements
) -> None:
    decided(box, card)
    count_statements.clear()
    decided(box, card)
    assert len(count_statements) <= 9


def test_an_administrator_enrols_a_reader_and_sees_its_key_once(
    client: FlaskClient, vinyl: Machine, administrator: Person
) -> None:
    log_in(client, administrator)
    page = read(client, "/lecteurs")
    assert "Aucun lecteur" in text(page)
    token = page.select_one("input[name=csrf_token]")
    sent = {"machine": "VIN-01", "name": "Boîtier rouge", **({"csrf_token": str(token["value"])} if token else {})}
    assert "Écrire un nom." in client.post("/lecteurs", data=sent | {"name": ""}).text
    made = client.post("/lecteurs", data=sent, follow_redirects=True).text
    assert "La clé du nouveau lecteur" in made
    again = text(read(client, "/lecteurs"))
    assert "Boîtier rouge" in again
    assert "La clé du nouveau lecteur" not in again


def test_the_page_says_in_words_why_a_card_was_refused(
    client: FlaskClient, box: Box, card: str, booking: Booking, administrator: Person
) -> None:
    with time_machine.travel(START + MINUTE, tick=False):
        assert box.reader.card(card) is None
        assert box.reader.card("A" * 32) is None
        box.reader.tell()
        log_in(client, administrator)
        said = text(read(client, "/lecteurs"))
    assert "réservée, pas encore commencée" in said
    assert "carte inconnue ou retirée" in said
    assert "not_begun_yet" not in said


def test_a_reader_is_taken_away_on_its_page(
    client: FlaskClient, box: Box, card: str, begun: Booking, administrator: Person, session: Session
) -> None:
    log_in(client, administrator)
    assert client.post("/lecteurs/9999/retirer").status_code == 404
    box.reader.card(card)
    box.reader.tell()
    assert "Courant mis" in text(read(client, "/lecteurs"))
    form = read(client, "/lecteurs").select_one("form[action$=retirer]")
    assert form is not None
    assert client.post(str(form["action"])).status_code == 303
    assert "Aucun lecteur" in text(read(client, "/lecteurs"))
    assert box._send("POST", "/api/reader/decision", {"card": card})[0] == 401


def test_what_a_reader_tells_as_it_is_taken_away_is_not_written(
    vinyl: Machine, key: str, administrator: Person, session: Session
) -> None:
    reader = session.scalars(select(Reader)).one()
    actions_readers.end(reader.id, administrator, NOW)
    with pytest.raises(Refused) as refused:
        actions_readers.tell(reader.id, [Said("e1", "refused", NOW, card="C" * 32)], NOW)
    assert refused.value.codes == ["reader_ended"]
    assert session.scalars(select(ReaderEvent)).all() == []
