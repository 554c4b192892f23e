"""A young person's front page: next session, next booking, next badge, messages."""

from datetime import timedelta

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from pathways.models import Apology
from tests.conftest import NOW, Statements
from tests.home.given import make_own_booking, make_rebond, text
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import (
    attend,
    enrol,
    make_right,
    make_safety_badge,
    make_session,
    make_validator,
    validate,
)

TODAY = clock.local_day(NOW)


def test_my_home_shows_my_next_session_and_my_stage(client: FlaskClient) -> None:
    group, ines = make_rebond(), make_young()
    enrol(ines, group)
    make_session(group, NOW + timedelta(days=1), title="On découpe")
    log_in(client, ines)
    page = text(client)
    assert "Ma prochaine séance" in page
    assert "Mercredi 25 novembre" in page
    assert "Je ne peux pas venir" in page
    assert "Réserver une machine" in page
    assert 'aria-current="step"' in page


def test_my_next_booking_comes_first_when_it_is_sooner(client: FlaskClient) -> None:
    group, ines = make_rebond(), make_young()
    enrol(ines, group)
    make_session(group, NOW + timedelta(days=1))
    make_own_booking(ines)
    log_in(client, ines)
    page = text(client)
    assert page.count('class="night"') == 1
    assert page.index("Ma prochaine réservation") < page.index("Ma prochaine séance")


def test_i_say_that_i_cannot_come_and_come_after_all(client: FlaskClient, session: Session) -> None:
    group, ines = make_rebond(), make_young()
    enrol(ines, group)
    lesson = make_session(group, NOW + timedelta(days=1))
    log_in(client, ines)
    client.post(f"/seances/{lesson.public_id}/je-ne-peux-pas-venir")
    assert "L’équipe sait que je ne viens pas." in text(client)
    assert session.scalars(select(Apology).where(Apology.withdrawn_at.is_(None))).one().person_id == ines.id
    client.post(f"/seances/{lesson.public_id}/je-viens-finalement")
    session.expire_all()
    assert session.scalars(select(Apology).where(Apology.withdrawn_at.is_(None))).all() == []
    assert "Je ne peux pas venir" in text(client)


def test_a_session_of_another_group_is_not_mine_to_know(client: FlaskClient) -> None:
    lesson = make_session(make_rebond(), NOW + timedelta(days=1))
    log_in(client, make_young())
    assert client.post(f"/seances/{lesson.public_id}/je-ne-peux-pas-venir").status_code == 404
    assert client.post("/seances/unknown/je-viens-finalement").status_code == 404


def test_my_next_badge_says_what_is_missing_and_who_saw_the_rest(client: FlaskClient) -> None:
    make_safety_badge("BS-LASER", {"MAC-01": 2, "MAC-02": 2})
    ines, samir = make_young(), make_validator(first_name="Samir")
    validate(ines, {"MAC-01": 2}, samir)
    log_in(client, ines)
    page = text(client)
    assert "Mon prochain badge" in page
    assert "Il me manque 1 chose." in page
    assert "Validé par Samir" in page


def test_no_other_young_person_is_named_on_my_pages(client: FlaskClient) -> None:
    group, ines, yanis = make_rebond(), make_young(), make_young("Yanis", "Kaced")
    for person in (ines, yanis):
        enrol(person, group)
    lesson = make_session(group, leads=(make_staff(),))
    attend(lesson, ines, yanis)
    make_session(group, NOW + timedelta(days=1))
    log_in(client, ines)
    for address in ("/", "/mon-parcours", "/mes-badges"):
        page = text(client, address)
        assert "Yanis" not in page
        assert "Kaced" not in page


def test_a_message_stays_until_i_have_read_it(client: FlaskClient, session: Session) -> None:
    ines = make_young()
    with transaction() as writing:
        writing.add(Message(key="k", person_id=ines.id, text="Ma séance change de jour.", created_at=NOW))
    log_in(client, ines)
    assert "Ma séance change de jour." in text(client)
    message = session.scalars(select(Message)).one()
    client.post("/messages/lu", data={"message": message.id})
    assert "Ma séance change de jour." not in text(client)


def test_a_message_keeps_the_language_of_the_account_in_a_page_read_in_another(client: FlaskClient) -> None:
    ines = make_young()
    with transaction() as writing:
        writing.add(Message(key="k", person_id=ines.id, text="Ma séance change de jour.", created_at=NOW))
    log_in(client, ines).post("/langue", data={"language": "en"})
    page = BeautifulSoup(client.get("/").text, "html.parser")
    said = page.select_one(".message p")
    assert said is not None
    assert (said.get_text(), said["lang"]) == ("Ma séance change de jour.", "fr")
    assert page.select_one("html[lang=en]") is not None


def test_my_home_runs_as_many_statements_whatever_i_have(client: FlaskClient, count_statements: Statements) -> None:
    client.get("/")
    group, ines = make_rebond(), make_young()
    enrol(ines, group)
    samir = make_staff()
    log_in(client, ines)
    counts = []
    for number in range(2):
        for more in range(3):
            make_right(samir, make_safety_badge(f"BS-{number}{more}", {"MAC-01": 2, f"MAC-1{number}{more}": 2}))
            make_session(group, NOW + timedelta(days=1 + more))
            validate(ines, {f"MAC-1{number}{more}": 1}, samir)
        count_statements.clear()
        text(client)
        counts.append(len(count_statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 40
