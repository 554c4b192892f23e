"""«Ma fiche projet» and the gallery: written once, shown by choice and without a name, taken back at once."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db, transaction
from fablab.people.models import Authorisation, Person
from fablab.refusals import Refused
from pathways import actions_sheets, queries_sheets
from pathways.models import ProjectSheet, Validation
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_evidence import a_photo_piece, make_sheet
from tests.make_pathways import enrol, make_competency, make_group, make_pathway, validate

pytestmark = pytest.mark.usefixtures("folder")
WORDS = {"title": "Ma lampe", "steps": "Je dessine.\nJe découpe.", "materials": "Contreplaqué", "minutes": "90"}


def fresh(sheet: ProjectSheet) -> ProjectSheet:
    found = db.session().get(ProjectSheet, sheet.id, populate_existing=True)
    assert found is not None
    return found


def shown() -> list[str]:
    return [sheet.title for sheet in queries_sheets.gallery(db.session(), clock.local_day(clock.now()))]


def show(sheet: ProjectSheet) -> None:
    actions_sheets.show(sheet, db.session().get_one(Person, sheet.owner_id), clock.now())


def show_refused(sheet: ProjectSheet) -> list[str]:
    with pytest.raises(Refused) as caught:
        show(sheet)
    return caught.value.codes


def test_a_sheet_is_written_on_a_phone_and_sent_twice_it_is_one(client: FlaskClient, session: Session) -> None:
    log_in(client, make_young())
    page = BeautifulSoup(client.get("/mes-fiches/nouvelle").text, "html.parser")
    key = page.select_one("input[name=key]")
    assert key is not None
    said = {**WORDS, "key": str(key["value"])}
    first = client.post("/mes-fiches/nouvelle", data=said)
    again = client.post("/mes-fiches/nouvelle", data={**said, "materials": "Contreplaqué, colle"})
    assert first.location == again.location
    assert session.scalar(select(func.count()).select_from(ProjectSheet)) == 1
    read = client.get(first.location).text
    assert "Contreplaqué, colle" in read
    assert "1\u00a0h\u00a030" in read


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", "", "Je donne un titre"),
        ("title", "a" * 121, "120 lettres au plus"),
        ("steps", "a" * 2001, "2000 lettres au plus"),
        ("minutes", "deux", "nombre"),
        ("minutes", "-5", "minutes"),
        ("steps", "Il est autiste", "jamais de la personne"),
    ],
)
def test_a_sheet_that_cannot_be_kept_says_why_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, field: str, typed: str, said: str
) -> None:
    log_in(client, make_young())
    answer = client.post("/mes-fiches/nouvelle", data={**WORDS, "key": "a" * 32, field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Contreplaqué" in answer.text
    assert session.scalar(select(func.count()).select_from(ProjectSheet)) == 0


def test_a_sheet_has_three_photos_at_most() -> None:
    owner = make_young()
    sheet = make_sheet(owner, photos=3)
    with pytest.raises(Refused) as caught:
        actions_sheets.add_photo(sheet, a_photo_piece(), owner, key="b" * 32, now=clock.now())
    assert caught.value.codes == ["photos_full"]


def test_nobody_writes_on_somebody_elses_sheet() -> None:
    sheet, other = make_sheet(make_young()), make_young("Tom", "Roy")
    words = actions_sheets.SheetWords("Autre")
    for act in (
        lambda: actions_sheets.change(sheet, words, (), other, clock.now()),
        lambda: actions_sheets.show(sheet, other, clock.now()),
        lambda: actions_sheets.remove(sheet, other, clock.now()),
        lambda: actions_sheets.write(other, words, (), key=sheet.request_key, now=clock.now()),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.codes == ["not_mine"]


def test_a_sheet_under_a_validation_stays(session: Session) -> None:
    owner, competency = make_young(), make_competency()
    sheet = make_sheet(owner, shows=[competency.id])
    validate(owner, {"SEC-01": 2})
    assert session.scalars(select(Validation)).one()
    with pytest.raises(Refused) as caught:
        actions_sheets.remove(sheet, owner, clock.now())
    assert caught.value.codes == ["in_use"]


def test_a_sheet_taken_away_is_nowhere(client: FlaskClient) -> None:
    owner = make_young()
    sheet = make_sheet(owner, photos=1)
    show(sheet)
    log_in(client, owner)
    assert client.post(f"/mes-fiches/{sheet.public_id}/retirer").location == "/mes-preuves"
    assert client.get(f"/mes-fiches/{sheet.public_id}").status_code == 404
    assert shown() == []


# --- the gallery ----------------------------------------------------------------------------------


def test_nothing_is_shown_until_its_owner_agrees_and_nothing_after_they_change_their_mind(client: FlaskClient) -> None:
    owner, other = make_young("Inès", "Benali"), make_young("Tom", "Roy")
    enrol(owner, make_group(make_pathway()))
    sheet = make_sheet(owner, photos=1)
    where = f"/galerie/{sheet.public_id}"
    photo = f"{where}/photos/1/petite"
    log_in(client, other)
    assert [client.get(one).status_code for one in (where, photo)] == [404, 404]
    log_in(client, owner)
    client.post(f"/mes-fiches/{sheet.public_id}/galerie")
    log_in(client, other)
    assert [client.get(one).status_code for one in (where, photo)] == [200, 200]
    assert client.get(f"{where}/photos/2/petite").status_code == 404
    for page in ("/galerie", where):
        told = client.get(page).text
        assert "Ma lampe" in told
        assert "Declic" in told
        assert not any(word in told for word in ("Inès", "Benali", owner.public_id, str(owner.handle)))
    log_in(client, owner)
    client.post(f"/mes-fiches/{sheet.public_id}/galerie/retirer")
    log_in(client, other)
    assert [client.get(one).status_code for one in (where, photo)] == [404, 404]
    assert "Ma lampe" not in client.get("/galerie").text


def test_the_photos_of_a_minor_wait_for_the_agreement_of_a_parent_and_go_with_it() -> None:
    owner = make_minor()
    sheet = make_sheet(owner, photos=1)
    assert show_refused(sheet) == ["image_missing"]
    today = clock.local_day(clock.now())
    agreed = make_authorisation(owner, "image", valid_until=today + timedelta(days=30))
    show(fresh(sheet))
    assert shown() == ["Ma lampe"]
    with transaction() as session:
        session.get_one(Authorisation, agreed.id).withdrawn_at = clock.now()
    db.session.expire_all()
    assert shown() == []


def test_a_minor_shows_a_sheet_without_photo_by_their_own_choice() -> None:
    show(make_sheet(make_minor()))
    assert shown() == ["Ma lampe"]


def test_who_said_no_to_photos_shows_none() -> None:
    sheet = make_sheet(make_young(photos_allowed=False), photos=1)
    assert show_refused(sheet) == ["photos_refused"]


def test_a_sheet_of_somebody_who_left_is_shown_no_more() -> None:
    owner = make_young()
    show(make_sheet(owner))
    with transaction() as session:
        session.get_one(Person, owner.id).left_at = clock.now()
    db.session.expire_all()
    assert shown() == []


def test_the_team_hides_a_sheet_with_a_reason_that_its_owner_reads(client: FlaskClient) -> None:
    owner = make_young()
    sheet = make_sheet(owner)
    show(sheet)
    log_in(client, make_staff())
    where = f"/galerie/{sheet.public_id}/masquer"
    assert client.post(where, data={"reason": ""}).status_code == 422
    assert client.post(where, data={"reason": "Une photo montre un visage"}).location == "/galerie"
    assert shown() == []
    assert show_refused(fresh(sheet)) == ["hidden"]
    log_in(client, owner)
    assert "Une photo montre un visage" in client.get(f"/mes-fiches/{sheet.public_id}").text
    assert "Une photo montre un visage" in client.get("/").text
    log_in(client, make_staff())
    client.post(f"/galerie/{sheet.public_id}/remettre")
    db.session.expire_all()
    assert shown() == ["Ma lampe"]


def test_a_sheet_is_hidden_for_a_reason_only() -> None:
    sheet = make_sheet(make_young())
    with pytest.raises(Refused) as caught:
        actions_sheets.hide(sheet, " ", make_staff(), clock.now())
    assert caught.value.codes == ["reason_missing"]


def test_a_young_person_hides_no_sheet_of_others(client: FlaskClient) -> None:
    sheet = make_sheet(make_young())
    show(sheet)
    log_in(client, make_young("Tom", "Roy"))
    assert client.post(f"/galerie/{sheet.public_id}/masquer", data={"reason": "Pas belle du tout"}).status_code == 403
