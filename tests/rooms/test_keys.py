"""Keys and access badges: handed over, late, given back, lost, cancelled; seen at the desk and by the organisation."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Place
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from rooms import actions_keys, jobs, queries, rules_keys
from rooms.actions_keys import Handed
from rooms.models_keys import AccessKey
from rooms.values_keys import State, state
from tests.conftest import NOW, Statements
from tests.home import given
from tests.make import log_in, make_staff
from tests.make_rooms import make_contact_of, make_tenant

TODAY = date(2026, 11, 24)
PAGE = "/salles/cles"


@pytest.fixture
def choir(dynamo: Place) -> Structure:
    """An association."""
    return make_tenant()


@pytest.fixture
def desk() -> Person:
    """She receives."""
    return make_staff("Ilham", roles=(Role.RECEPTION,))


def text(client: FlaskClient, address: str) -> str:
    return given.text(client, address).replace("\u00a0", " ")


def facts(of: Structure, **more: str) -> dict[str, str]:
    return {
        "structure": of.public_id, "kind": "badge", "label": "B-12", "held_by": "Solène Marchand", "due": "2026-12-18",
        "key": "k1", **more,
    }  # fmt: skip


def hand(session: Session, of: Structure, by: Person, label: str = "B-12", due: date | None = None) -> AccessKey:
    tenant = queries.tenants(session)[of.id]
    return actions_keys.hand_over(tenant, Handed("badge", label, "Solène Marchand", due, f"key-{label}"), by, NOW)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, "out"), ({"due": TODAY}, "out"), ({"due": TODAY - timedelta(days=1)}, "late"),
        ({"due": TODAY - timedelta(days=1), "lost": True}, "lost"), ({"lost": True, "cancelled": True}, "cancelled"),
        ({"lost": True, "returned": True}, "returned"),
    ],
)  # fmt: skip
def test_where_a_key_stands(said: dict[str, object], found: State) -> None:
    asked = {"due": None, "lost": False, "returned": False, "cancelled": False, **said}
    assert state(**asked, today=TODAY) == found  # type: ignore[arg-type]  # spelled out above


@pytest.mark.usefixtures("words")
def test_a_key_that_is_free_is_handed_over_until_today_at_least() -> None:
    assert rules_keys.handing_refusals(None, TODAY, TODAY) == []
    assert rules_keys.handing_refusals(None, None, TODAY) == []
    found = rules_keys.handing_refusals("Danse", TODAY - timedelta(days=1), TODAY)
    assert [one.code for one in found] == ["key_out", "key_due_before"]


@pytest.mark.usefixtures("words")
def test_what_came_back_or_was_cancelled_is_over_and_only_what_is_lost_is_cancelled() -> None:
    assert rules_keys.ended_refusals("late") == rules_keys.ended_refusals("lost") == []
    assert [one.code for one in rules_keys.ended_refusals("returned")] == ["key_ended"]
    assert rules_keys.cancelling_refusals("lost") == []
    assert [one.code for one in rules_keys.cancelling_refusals("out")] == ["key_not_lost"]


def test_the_desk_hands_a_badge_over_once_and_the_organisation_reads_what_it_holds(
    client: FlaskClient, session: Session, choir: Structure, desk: Person
) -> None:
    log_in(client, desk)
    assert client.post(PAGE, data=facts(choir, label="", held_by="")).status_code == 422
    for _twice in range(2):
        assert client.post(PAGE, data=facts(choir)).status_code == 303
    answer = client.post(PAGE, data=facts(choir, key="k2", label="b-12"))
    assert (answer.status_code, "Solène Marchand l’a déjà" in answer.text) == (422, True)
    answer = client.post(PAGE, data=facts(choir, label="B-13"))
    assert (answer.status_code, answer.text.count("B-12") > 0) == (422, True)
    assert client.post(PAGE, data=facts(choir, key="k3", label="B-14", due="2026-11-23")).status_code == 422
    session.rollback()
    [key] = session.scalars(select(AccessKey))
    assert (key.structure_id, key.held_by, key.due_on) == (choir.id, "Solène Marchand", date(2026, 12, 18))
    log_in(client, make_contact_of(choir))
    page = text(client, "/")
    assert ("B-12" in page, "18 décembre 2026" in page) == (True, True)
    assert client.get(PAGE).status_code == 403


def test_a_late_badge_is_on_the_board_and_at_closing_and_lost_cancelled_and_each_step_is_taken_back(
    client: FlaskClient, session: Session, choir: Structure, desk: Person
) -> None:
    log_in(client, desk)
    key = hand(session, choir, desk, due=TODAY)
    assert "1 clé ou badge dehors" in text(client, "/salles-du-jour")
    assert "B-12" in text(client, "/salles-du-jour/fermer")
    where = f"{PAGE}/{key.public_id}"
    answer = client.post(f"{where}/annulee", follow_redirects=True)
    assert "Noter d’abord que la clé est perdue." in answer.text
    assert 'name="step" value="lost"' not in client.get(PAGE).text
    for step in ("perdue", "perdue"):
        client.post(f"{where}/{step}")
    assert 'name="step" value="lost"' in client.get(PAGE).text
    for step in ("annulee", "annulee"):
        client.post(f"{where}/{step}")
    assert 'name="step" value="cancelled"' in client.get(PAGE).text
    for step in ("", "returned", "cancelled", "cancelled", "lost", "lost"):  # twice: one step back, not two
        client.post(f"{where}/reprendre", data={"step": step})
    for step in ("rendue", "rendue"):
        client.post(f"{where}/{step}")
    answer = client.post(f"{where}/perdue", follow_redirects=True)
    assert "déjà rendue ou annulée" in answer.text
    hand_again = client.post(PAGE, data=facts(choir, key="k9"))
    assert hand_again.status_code == 303
    answer = client.post(f"{where}/reprendre", data={"step": "returned"}, follow_redirects=True)
    assert "l’a déjà" in answer.text
    session.rollback()
    noted = session.scalars(
        select(JournalEntry).where(JournalEntry.verb.startswith("access_key.")).order_by(JournalEntry.id)
    ).all()
    assert [one.details for one in noted] == [{"kind": "badge"}] * 7, "what is typed stays out of the journal"
    assert [one.verb.partition(".")[2] for one in noted] == [
        "hand_over", "lose", "cancel", "take_back", "take_back", "give_back", "hand_over",
    ]  # fmt: skip


def test_a_label_is_one_with_and_without_its_capitals_accented_ones_too(
    client: FlaskClient, session: Session, choir: Structure, desk: Person
) -> None:
    log_in(client, desk)
    assert client.post(PAGE, data=facts(choir, label="Étage 1")).status_code == 303
    for number, label in enumerate(("Étage 1", "étage 1", "E\u0301TAGE 1")):
        assert client.post(PAGE, data=facts(choir, key=f"again-{number}", label=label)).status_code == 422
    session.rollback()
    assert [one.label for one in session.scalars(select(AccessKey))] == ["Étage 1"]


def test_a_sensitive_organisation_keeps_its_mask_at_the_desk(
    client: FlaskClient, session: Session, choir: Structure, desk: Person
) -> None:
    hidden = make_tenant("Refuge", sensitive=True, masked_label="Permanence")
    key = hand(session, hidden, desk)
    log_in(client, desk)
    assert "Refuge" not in text(client, PAGE)
    with transaction() as fresh:
        fresh.get_one(AccessKey, key.id).held_by = None  # nobody was named, or it is forgotten
    answer = client.post(PAGE, data=facts(choir, key="k2"))
    assert (answer.status_code, "Refuge" in answer.text) == (422, False)
    assert re.search(r"Permanence[^<]* l’a déjà", answer.text)


def test_who_had_a_key_that_was_lost_and_never_cancelled_is_forgotten_thirty_days_after(
    session: Session, choir: Structure, desk: Person
) -> None:
    key = hand(session, choir, desk)
    actions_keys.lose(key, desk, NOW)
    assert jobs.forget_key_holders(NOW + timedelta(days=30)) == "0 forgotten"
    assert jobs.forget_key_holders(NOW + timedelta(days=31)) == "1 forgotten"
    session.rollback()
    session.refresh(key)
    assert (key.held_by, key.label) == (None, "B-12")


def test_who_had_a_badge_is_forgotten_thirty_days_after_it_came_back(
    session: Session, choir: Structure, desk: Person
) -> None:
    kept, back = hand(session, choir, desk), hand(session, choir, desk, "B-13")
    actions_keys.give_back(back, desk, NOW)
    assert jobs.forget_key_holders(NOW + timedelta(days=30)) == "0 forgotten"
    assert jobs.forget_key_holders(NOW + timedelta(days=30, seconds=1)) == "1 forgotten"
    session.rollback()
    for one in (kept, back):
        session.refresh(one)
    assert (kept.held_by, back.held_by) == ("Solène Marchand", None)


def test_the_page_of_keys_costs_the_same_however_many(
    client: FlaskClient, session: Session, choir: Structure, desk: Person, count_statements: Statements
) -> None:
    log_in(client, desk)
    hand(session, choir, desk, "B-1")
    actions_keys.give_back(hand(session, choir, desk, "B-2"), desk, NOW)

    def cost() -> list[int]:
        found = []
        for address in (PAGE, "/salles-du-jour", "/salles-du-jour/fermer"):
            client.get(address)
            count_statements.clear()
            assert client.get(address).status_code == 200
            found.append(len(count_statements))
        return found

    before = cost()
    for number in range(3, 9):
        of = make_tenant(f"Club {number}")
        hand(session, of, desk, f"B-{number}", TODAY)
        actions_keys.give_back(hand(session, of, desk, f"C-{number}"), desk, NOW)
    assert cost() == before
