"""Photos: what the desk left «not asked yet» is asked later, on the person's page, each answer with its way back."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.people.models_rights import DataRequest
from fablab.permissions import Role
from tests.make import log_in, make_authorisation, make_staff, make_young


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """The browser of somebody of the reception."""
    return log_in(client, make_staff(roles=(Role.RECEPTION,)))


def answers(desk: FlaskClient, person: Person) -> list[str]:
    """What the page offers to note."""
    page = BeautifulSoup(desk.get(f"/jeunes/{person.public_id}").text, "html.parser")
    return [str(one["value"]) for one in page.select("form[action$='/photos'] input[name=answer]")]


def send(desk: FlaskClient, person: Person, answer: str) -> str:
    found = desk.post(f"/jeunes/{person.public_id}/photos", data={"answer": answer}, follow_redirects=True)
    return " ".join(BeautifulSoup(found.text, "html.parser").select_one(".toasts").get_text().split())  # type: ignore[union-attr]


def back(desk: FlaskClient, person: Person) -> str:
    return desk.post(f"/jeunes/{person.public_id}/photos/pas-demande", follow_redirects=True).text


def verbs(session: Session) -> list[str]:
    """The acts on photos in the journal."""
    found = select(JournalEntry.verb).where(JournalEntry.verb.startswith("photos."))
    return list(session.scalars(found.order_by(JournalEntry.id)))


@pytest.mark.parametrize(("answer", "allowed"), [("yes", True), ("no", False)])
def test_what_was_not_asked_yet_is_answered_and_taken_back(
    desk: FlaskClient, session: Session, answer: str, allowed: bool
) -> None:
    kenny = make_young("Kenny")
    assert answers(desk, kenny) == ["yes", "no"]
    assert "Annuler" in send(desk, kenny, answer)
    session.refresh(kenny)
    assert kenny.photos_allowed is allowed
    assert answers(desk, kenny) == [{"yes": "no", "no": "yes"}[answer]]
    send(desk, kenny, answer)
    back(desk, kenny)
    back(desk, kenny)
    session.refresh(kenny)
    assert kenny.photos_allowed is None
    assert verbs(session) == ["photos.answer", "photos.unanswer"]
    assert session.scalars(select(DataRequest)).all() == []


@pytest.mark.parametrize("agreed", ["said", "signed"])
def test_a_no_after_an_agreement_ends_it_and_stays(desk: FlaskClient, session: Session, agreed: str) -> None:
    kenny = make_young("Kenny", photos_allowed=True if agreed == "said" else None)
    paper = make_authorisation(kenny, "image") if agreed == "signed" else None
    send(desk, kenny, "no")
    assert "Ce refus a mis fin à un accord" in back(desk, kenny)
    session.expire_all()
    assert kenny.photos_allowed is False
    assert paper is None or paper.withdrawn_at is not None
    assert [one.kind for one in session.scalars(select(DataRequest))] == ["photos"]
    send(desk, kenny, "yes")
    session.expire_all()
    assert kenny.photos_allowed is True
    assert verbs(session) == ["photos.refuse", "photos.answer"]


def test_no_other_answer_and_nobody_else(desk: FlaskClient) -> None:
    kenny = make_young("Kenny")
    assert desk.post(f"/jeunes/{kenny.public_id}/photos", data={"answer": "perhaps"}).status_code == 400
    assert desk.post("/jeunes/nobody/photos", data={"answer": "yes"}).status_code == 404
    log_in(desk, kenny)
    for address in ("photos", "photos/pas-demande"):
        assert desk.post(f"/jeunes/{kenny.public_id}/{address}", data={"answer": "yes"}).status_code == 403
