"""The day at the desk: opened, its log, what is handed over to a colleague, closed when nobody is in a room."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, Place
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from rooms import actions_day, jobs, rules_day
from rooms.models import Room
from rooms.models_desk import DeskDay, DeskNote
from tests.conftest import NOW
from tests.make import log_in, make_staff
from tests.make_rooms import make_tenant
from tests.rooms.test_desk import BOARD, act, at, lent, text

LOG, CLOSING = "/salles-du-jour/cahier", "/salles-du-jour/fermer"


@pytest.fixture
def ines() -> Person:
    return make_staff("Inès", roles=(Role.RECEPTION,))


@pytest.fixture
def lucas() -> Person:
    """Her colleague."""
    return make_staff("Lucas", roles=(Role.RECEPTION,))


@pytest.fixture
def desk(client: FlaskClient, dynamo: Place, ines: Person) -> FlaskClient:
    return log_in(client, ines)


@pytest.fixture
def theirs(leysse: Room) -> Booking:
    """The choir has the meeting room from two to four."""
    return lent(leysse, make_tenant(), "14:00", "16:00")


def notes(session: Session) -> list[DeskNote]:
    session.rollback()
    return list(session.scalars(select(DeskNote).order_by(DeskNote.id)))


def test_the_day_is_opened_once_and_says_by_whom(desk: FlaskClient, session: Session, lucas: Person) -> None:
    assert "Ouvrir la journée" in text(desk, BOARD)
    desk.post("/salles-du-jour/ouvrir")
    log_in(desk, lucas)
    desk.post("/salles-du-jour/ouvrir")
    assert "Ouvert à 10 h par Inès." in text(desk, LOG)
    assert "Ouvrir la journée" not in text(desk, BOARD)
    assert len(session.scalars(select(DeskDay)).all()) == 1


def test_the_day_is_not_closed_while_somebody_is_in_a_room(
    desk: FlaskClient, session: Session, theirs: Booking
) -> None:
    desk.post("/salles-du-jour/ouvrir")
    with at("14:00"):
        act(desk, theirs, "la")
        page = desk.post(CLOSING, follow_redirects=True).text.replace("\u00a0", " ")
        assert "Il reste du monde dans 1 salle" in page
        assert "Encore dans une salle" in page
        act(desk, theirs, "sortis")
        assert "Pas comptés" in text(desk, CLOSING)
        act(desk, theirs, "compter", people="7")
        assert "Tout est noté" in text(desk, CLOSING)
        desk.post(CLOSING)
        assert "Fermé à 14 h par Inès." in text(desk, LOG)
        desk.post(CLOSING)  # twice, once
        desk.post("/salles-du-jour/ouvrir")
        assert "Fermé" not in text(desk, LOG)
    assert session.scalars(select(DeskDay)).one().closed_at is None


def test_a_day_that_nobody_opened_is_not_closed(desk: FlaskClient, session: Session) -> None:
    assert "n’est pas ouverte" in desk.post(CLOSING, follow_redirects=True).text
    assert session.scalars(select(DeskDay)).all() == []


@pytest.mark.usefixtures("words")
def test_a_day_that_is_open_closes_once_every_room_is_empty() -> None:
    assert [one.code for one in rules_day.close_refusals(opened=True, still_in=2)] == ["still_in"]
    assert [one.code for one in rules_day.close_refusals(opened=False, still_in=0)] == ["not_opened"]
    assert rules_day.close_refusals(opened=True, still_in=0) == []


def test_what_is_left_to_note_is_shown_before_closing(desk: FlaskClient, theirs: Booking) -> None:
    with at("16:10"):
        log_in(desk, make_staff("Awa", roles=(Role.RECEPTION,)))
        assert "Venus ou pas ?" in text(desk, CLOSING)
        act(desk, theirs, "venus")
        assert "Pas comptés" in text(desk, CLOSING)


def test_a_note_handed_over_is_shown_the_next_day_until_a_colleague_has_seen_it(
    desk: FlaskClient, session: Session, lucas: Person
) -> None:
    desk.post(LOG, data={"said": "La sono grésille.", "handover": "y"})
    desk.post(LOG, data={"said": "Le facteur est passé."})
    assert "La sono grésille." in text(desk, BOARD)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        log_in(desk, lucas)
        page = text(desk, BOARD)
        assert "La sono grésille." in page
        assert "Le facteur est passé." not in page
        first, _second = notes(session)
        desk.post(f"{LOG}/{first.id}/vu")
        assert "La sono grésille." not in text(desk, BOARD).partition("<main")[2].replace("toast", "")
        assert "Vu par Lucas" in text(desk, f"{LOG}?jour=2026-11-24")
        desk.post(f"{LOG}/{first.id}/pas-vu")
        assert "La sono grésille." in text(desk, BOARD)


@pytest.mark.parametrize(("said", "why"), [("", "Écrire quelques mots."), ("x" * 301, "300 caractères au plus.")])
def test_a_note_that_says_nothing_or_too_much_is_not_kept(
    desk: FlaskClient, session: Session, said: str, why: str
) -> None:
    answer = desk.post(LOG, data={"said": said})
    assert (answer.status_code, why in answer.text.replace("\u00a0", " ")) == (422, True)
    assert notes(session) == []


def test_whoever_wrote_a_note_takes_it_away_the_same_day_and_nobody_else(
    desk: FlaskClient, session: Session, ines: Person, lucas: Person
) -> None:
    desk.post(LOG, data={"said": "La sono grésille."})
    [line] = notes(session)
    number = line.id
    log_in(desk, lucas)
    desk.post(f"{LOG}/{number}/retirer")
    assert len(notes(session)) == 1
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        log_in(desk, ines)
        assert "le jour même" in desk.post(f"{LOG}/{number}/retirer", follow_redirects=True).text
    log_in(desk, ines)
    desk.post(f"{LOG}/{number}/retirer")
    assert notes(session) == []
    assert desk.post(f"{LOG}/{number}/retirer").status_code == 404
    actions_day.strike(number, ines, NOW)  # both had read the note before the first took it away
    assert session.query(JournalEntry).filter_by(verb="desk_note.strike").count() == 1


def test_a_note_sent_twice_is_written_once_and_said_again_later_is_another(desk: FlaskClient, session: Session) -> None:
    for _time in (1, 2):
        desk.post(LOG, data={"said": "La sono grésille."})
    assert len(notes(session)) == 1
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        desk.post(LOG, data={"said": "La sono grésille."})
    assert len(notes(session)) == 2


def test_spaces_are_no_words(desk: FlaskClient, session: Session) -> None:
    answer = desk.post(LOG, data={"said": " \u00a0  "})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert notes(session) == []


def test_the_log_is_forgotten_after_a_year(desk: FlaskClient, session: Session) -> None:
    desk.post(LOG, data={"said": "La sono grésille."})
    assert jobs.forget_log(NOW + timedelta(days=365)) == "0 forgotten"
    assert jobs.forget_log(NOW + timedelta(days=366)) == "1 forgotten"
    assert notes(session) == []


def test_the_log_is_the_desks(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.FACILITATOR,)))
    for method, address in (("get", LOG), ("get", CLOSING), ("post", "/salles-du-jour/ouvrir"), ("post", CLOSING)):
        assert getattr(client, method)(address).status_code == 403
