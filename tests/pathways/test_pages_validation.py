"""The grid as a page: what a facilitator without JavaScript sends, and what comes back."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fablab import clock
from fablab.people.models import Person
from fablab.permissions import Role
from pathways.models import Competency, EvidenceKind, TrainingSession, Validation, ValidationBatch
from tests.conftest import NOW, Statements
from tests.make import log_in, make_minor, make_staff, make_young
from tests.make_pathways import (
    attend,
    enrol,
    levels_held,
    make_group,
    make_pathway,
    make_right,
    make_safety_badge,
    make_session,
    validate,
)

KEY = "k" * 32


class Sheet:
    """A group of two (Ada, Bob) in a session led by Samir, whose stage aims at MAC-01 (2) and MAC-02 (3)."""

    def __init__(self, client: FlaskClient, people: int = 2, pathway: str = "DECLIC") -> None:
        version = make_pathway(pathway, stages={"EXP": {"MAC-01": 2, "MAC-02": 3}})
        self.samir = make_staff()
        self.group = make_group(version)
        self.people = [make_young(name, "Test") for name in ("Ada", "Bob", *"CDEFGHIJ")[:people]]
        for person in self.people:
            enrol(person, self.group)
        self.lesson = make_session(self.group, leads=(self.samir,))
        self.client = log_in(client, self.samir)
        self.url = f"/seances/{self.lesson.public_id}/valider"

    def cell(self, session: Session, person: Person, code: str, level: int | None = None) -> str:
        competency = session.scalar(select(Competency.id).where(Competency.code == code))
        return f"{person.id}.{competency}" + (f".{level}" if level else "")

    def send(self, *cells: str, **fields: Any) -> TestResponse:
        headers = fields.pop("headers", None)
        data = {"key": KEY, "seen_at": str(int(NOW.timestamp())), "level": "target", "cell": list(cells), **fields}
        return self.client.post(self.url, data=data, headers=headers)


@pytest.fixture
def sheet(client: FlaskClient) -> Sheet:
    return Sheet(client)


def ticked(response: TestResponse) -> list[str]:
    page = BeautifulSoup(response.data, "html.parser")
    return [str(box["value"]) for box in page.select("input[name=cell][checked]")]


def written(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Validation)) or 0


def test_the_grid_opens_with_empty_cells_names_and_targets(sheet: Sheet) -> None:
    response = sheet.client.get(sheet.url)
    assert response.status_code == 200
    assert ticked(response) == []
    text = response.get_data(as_text=True)
    assert "Ada T." in text
    assert "visé 2" in text
    assert "visé 3" in text
    assert "Rien à enregistrer" in text


def test_a_whole_column_comes_back_filled_and_nothing_is_saved(sheet: Sheet, session: Session) -> None:
    competency = session.scalar(select(Competency.id).where(Competency.code == "MAC-01"))
    response = sheet.send(fill=f"column:{competency}")
    assert response.status_code == 200
    assert ticked(response) == [sheet.cell(session, person, "MAC-01", 2) for person in sheet.people]
    assert "2 validations à enregistrer" in response.get_data(as_text=True)
    assert written(session) == 0


def test_changing_the_level_keeps_what_was_ticked_before(sheet: Sheet, session: Session) -> None:
    ada, bob = sheet.people
    first = sheet.send(sheet.cell(session, ada, "MAC-02"), level="1", fill="keep")
    assert ticked(first) == [sheet.cell(session, ada, "MAC-02", 1)]
    sheet.send(*ticked(first), sheet.cell(session, bob, "MAC-02"), level="3")
    assert levels_held(ada) == {"MAC-02": 1}
    assert levels_held(bob) == {"MAC-02": 3}


def test_saving_says_how_many_and_offers_to_undo(sheet: Sheet, session: Session) -> None:
    ada, bob = sheet.people
    response = sheet.send(sheet.cell(session, ada, "MAC-01"), sheet.cell(session, bob, "MAC-02"))
    assert response.status_code == 302
    page = sheet.client.get(response.headers["Location"]).get_data(as_text=True)
    assert "2 validations enregistrées." in page
    assert "Défaire" in page
    assert levels_held(ada) == {"MAC-01": 2}
    assert levels_held(bob) == {"MAC-02": 3}


def test_the_same_form_sent_twice_saves_once(sheet: Sheet, session: Session) -> None:
    cell = sheet.cell(session, sheet.people[0], "MAC-01")
    assert sheet.send(cell).status_code == 302
    assert sheet.send(cell).status_code == 302
    assert written(session) == 1


def test_a_level_already_reached_is_said_and_not_written_again(sheet: Sheet, session: Session) -> None:
    ada, bob = sheet.people
    validate(ada, {"MAC-01": 3}, sheet.samir, at=NOW - timedelta(days=1))
    before = written(session)
    response = sheet.send(sheet.cell(session, ada, "MAC-01", 2), sheet.cell(session, bob, "MAC-01"))
    page = sheet.client.get(response.headers["Location"]).get_data(as_text=True)
    assert "1 niveau était déjà atteint." in page
    assert written(session) == before + 1


def test_nothing_ticked_is_refused_in_words(sheet: Sheet, session: Session) -> None:
    response = sheet.send()
    assert response.status_code == 422
    assert "Rien n’est coché" in response.get_data(as_text=True)
    assert written(session) == 0


def test_absent_people_have_no_cell_and_cannot_be_validated(sheet: Sheet, session: Session) -> None:
    ada, bob = sheet.people
    attend(sheet.lesson, ada)
    attend(sheet.lesson, bob, status="absent")
    page = BeautifulSoup(sheet.client.get(sheet.url).data, "html.parser")
    assert all(str(box["value"]).startswith(f"{ada.id}.") for box in page.select("input[name=cell]"))
    assert sheet.send(sheet.cell(session, bob, "MAC-01")).status_code == 422
    assert levels_held(bob) == {}


def test_a_competency_asked_by_a_safety_badge_is_closed_without_the_right(sheet: Sheet, session: Session) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-01": 2})
    page = BeautifulSoup(sheet.client.get(sheet.url).data, "html.parser")
    assert len(page.select("input[name=cell]")) == 2
    assert "droit à demander" in page.text
    make_right(sheet.samir, badge)
    page = BeautifulSoup(sheet.client.get(sheet.url).data, "html.parser")
    assert len(page.select("input[name=cell]")) == 4


def test_what_i_saved_today_can_be_undone_by_me_alone(sheet: Sheet, session: Session) -> None:
    ada = sheet.people[0]
    sheet.send(sheet.cell(session, ada, "MAC-01"))
    batch = session.scalars(select(ValidationBatch)).one()
    log_in(sheet.client, make_staff("Chloé", "Martin"))
    sheet.client.post(f"/validations/{batch.id}/defaire")
    assert levels_held(ada) == {"MAC-01": 2}
    log_in(sheet.client, sheet.samir)
    assert sheet.client.post(f"/validations/{batch.id}/defaire").status_code == 302
    assert levels_held(ada) == {}
    assert written(session) == 2, "a correction is added, nothing is erased"


def test_a_script_is_answered_with_where_to_go_next_or_why_not(sheet: Sheet, session: Session) -> None:
    asks_json = {"Accept": "application/json"}
    refused = sheet.send(headers=asks_json)
    assert refused.status_code == 422
    assert refused.json == {"refusals": ["Rien n’est coché\u00a0: choisir un niveau, puis toucher les cases."]}
    saved = sheet.send(sheet.cell(session, sheet.people[0], "MAC-01"), headers=asks_json)
    assert saved.json is not None
    assert saved.json["next"].startswith(sheet.url)


def test_the_list_shows_the_same_cells_as_the_table(sheet: Sheet) -> None:
    cells = []
    for address in (sheet.url, f"{sheet.url}?vue=liste"):
        page = BeautifulSoup(sheet.client.get(address).data, "html.parser")
        cells.append([box["value"] for box in page.select("input[name=cell]")])
    assert cells[0] == cells[1] != []


def validation_of(session: Session, person: Person) -> Validation:
    return session.scalars(select(Validation).where(Validation.person_id == person.id)).one()


def competency(session: Session, code: str) -> Competency:
    return session.scalars(select(Competency).where(Competency.code == code)).one()


def test_without_a_choice_each_competency_rests_on_its_own_evidence(sheet: Sheet, session: Session) -> None:
    ada = sheet.people[0]
    first = competency(session, "MAC-01")
    page = BeautifulSoup(sheet.client.get(sheet.url).data, "html.parser")
    chosen = page.select_one(f"select[name=evidence-{first.id}] option[selected]")
    assert chosen is not None
    assert chosen["value"] == first.evidence_code
    assert "Preuve prévue" in page.text
    sheet.send(sheet.cell(session, ada, "MAC-01"), **{f"evidence-{first.id}": first.evidence_code})
    found = validation_of(session, ada)
    assert (found.evidence_code, found.note) == (first.evidence_code, None)


def test_evidence_and_a_note_are_chosen_for_a_competency_and_kept_until_saved(sheet: Sheet, session: Session) -> None:
    ada, bob = sheet.people
    first, second = competency(session, "MAC-01"), competency(session, "MAC-02")
    session.add(EvidenceKind(code="video", label="Vidéo", file="possible"))
    session.commit()
    proof = {f"evidence-{first.id}": "video", f"note-{first.id}": "  centre la pièce sans aide 🚲 "}
    kept = BeautifulSoup(sheet.send(fill=f"column:{first.id}", **proof).data, "html.parser")
    assert kept.select_one(f"select[name=evidence-{first.id}] option[value=video][selected]")
    note = kept.select_one(f"input[name=note-{first.id}]")
    assert note is not None
    assert note["value"] == "centre la pièce sans aide 🚲"
    assert "Preuve\u00a0: choisie pour 1 compétence" in kept.text
    sheet.send(sheet.cell(session, ada, "MAC-01"), sheet.cell(session, bob, "MAC-02"), **proof)
    saved, other = validation_of(session, ada), validation_of(session, bob)
    assert (saved.evidence_code, saved.note) == ("video", "centre la pièce sans aide 🚲")
    assert (other.evidence_code, other.note) == (second.evidence_code, None)
    history = sheet.client.get(f"/jeunes/{ada.public_id}/validations").get_data(as_text=True)
    assert "Vidéo" in history
    assert "centre la pièce" in history
    log_in(sheet.client, ada)
    assert "centre la pièce" in sheet.client.get("/mon-parcours").get_data(as_text=True), "told to whom it is about"


def test_a_note_too_long_is_refused_and_kept(sheet: Sheet, session: Session) -> None:
    first = competency(session, "MAC-01")
    note = "é" * 301
    answer = sheet.send(sheet.cell(session, sheet.people[0], "MAC-01"), **{f"note-{first.id}": note})
    assert answer.status_code == 422
    assert "une note a 300 lettres au plus" in answer.get_data(as_text=True)
    assert note in answer.get_data(as_text=True)
    assert written(session) == 0


def test_evidence_of_no_list_of_ours_is_not_read(sheet: Sheet, session: Session) -> None:
    first = competency(session, "MAC-01")
    sent = {f"evidence-{first.id}": "rumeur"}
    assert sheet.send(sheet.cell(session, sheet.people[0], "MAC-01"), **sent).status_code == 400
    assert written(session) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"cell": ["1"]},
        {"cell": ["a.b"]},
        {"level": "9"},
        {"fill": "everything"},
        {"key": "short"},
        {"key": "<" * 32},
        {"seen_at": "yesterday"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(sheet: Sheet, session: Session, fields: dict[str, Any]) -> None:
    cell = sheet.cell(session, sheet.people[0], "MAC-01")
    data = {"key": KEY, "seen_at": str(int(NOW.timestamp())), "level": "target", "cell": [cell], **fields}
    assert sheet.client.post(sheet.url, data=data).status_code == 400
    assert written(session) == 0


def test_somebody_of_another_group_is_never_validated_here(sheet: Sheet, session: Session) -> None:
    stranger = make_young("Zoé", "Loin")
    assert sheet.send(sheet.cell(session, stranger, "MAC-01")).status_code == 422
    assert levels_held(stranger) == {}


@pytest.mark.parametrize("role", [Role.YOUNG, Role.RECEPTION, Role.REFERENT, Role.STRUCTURE, Role.ADMINISTRATOR])
def test_only_the_team_opens_the_grid(sheet: Sheet, role: Role) -> None:
    other = make_minor() if role is Role.YOUNG else make_staff(roles=(role,))
    log_in(sheet.client, other)
    assert sheet.client.get(sheet.url).status_code == 403
    assert sheet.send().status_code == 403


def test_a_cancelled_or_unknown_session_has_no_grid(sheet: Sheet, session: Session) -> None:
    session.execute(TrainingSession.__table__.update().values(status="cancelled"))  # type: ignore[attr-defined]  # a Table
    session.commit()
    assert sheet.client.get(sheet.url).status_code == 404
    assert sheet.client.get("/seances/unknown/valider").status_code == 404


def test_the_grid_runs_as_many_statements_for_ten_people_as_for_two(
    client: FlaskClient, count_statements: Statements
) -> None:
    client.get("/")  # what is read once only, such as whether the house is a demonstration
    counts = []
    for people, pathway in ((2, "DECLIC"), (10, "REBOND")):
        sheet = Sheet(client, people, pathway)
        sheet.client.get(sheet.url)  # what the house teaches is read once
        count_statements.clear()
        assert sheet.client.get(sheet.url).status_code == 200
        counts.append(len(count_statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 9


def test_the_sessions_to_validate_are_mine_and_begun(sheet: Sheet) -> None:
    mine = sheet.client.get("/valider").get_data(as_text=True)
    assert sheet.group.name in mine
    make_session(sheet.group, clock.now() + timedelta(days=3), leads=(sheet.samir,), title="plus tard")
    assert "plus tard" not in sheet.client.get("/valider").get_data(as_text=True)
    log_in(sheet.client, make_staff("Chloé", "Martin"))
    assert "Aucune séance à valider" in sheet.client.get("/valider").get_data(as_text=True)
