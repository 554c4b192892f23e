"""Changing one's PIN or password: the old one is asked, and the other devices are put out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock
from fablab.people import actions_account
from fablab.refusals import Refused
from tests.make import PASSWORD, PIN, log_in, make_staff, make_young
from tests.people.given import is_in, knock


def test_changing_the_pin_asks_the_old_one_and_closes_the_other_devices(app: Flask, client: FlaskClient) -> None:
    person = make_young(handle="renard-42")
    other = app.test_client()
    log_in(client, person)
    log_in(other, person)
    new = {"pin": "739146", "pin_again": "739146"}
    wrong = client.post("/mon-compte/code", data={"secret": "000111", **new})
    assert wrong.status_code == 422
    assert "Encore 4 essais." in wrong.text
    assert client.post("/mon-compte/code", data={"secret": PIN, **new}).status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert knock(other, "renard-42").status_code == 422
    assert knock(other, "renard-42", "739146").status_code == 302


def test_who_found_an_open_phone_cannot_try_pins_without_end(client: FlaskClient) -> None:
    log_in(client, make_young())
    for _turn in range(5):
        answer = client.post("/mon-compte/code", data={"secret": "000111", "pin": "739146", "pin_again": "739146"})
    assert "pause" in answer.text


def test_the_same_pin_or_password_again_is_no_change(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    young = make_young()
    log_in(client, young)
    log_in(other, young)
    again = client.post("/mon-compte/code", data={"secret": PIN, "pin": PIN, "pin_again": PIN})
    assert again.status_code == 422
    assert "C’est le même code" in again.text
    assert is_in(other)
    log_in(client, make_staff())
    words = {"secret": PASSWORD, "password": PASSWORD, "password_again": PASSWORD}
    again = client.post("/mon-compte/mot-de-passe", data=words)
    assert again.status_code == 422
    assert "C’est le même mot de passe" in again.text


def test_changing_the_password(client: FlaskClient, session: Session) -> None:
    person = make_staff(email="samir@example.org")
    log_in(client, person)
    short = client.post(
        "/mon-compte/mot-de-passe", data={"secret": PASSWORD, "password": "court", "password_again": "court"}
    )
    assert "12 caractères" in short.text
    new = "quatre vélos verts"
    answer = client.post("/mon-compte/mot-de-passe", data={"secret": PASSWORD, "password": new, "password_again": new})
    assert answer.status_code == 302
    assert actions_account.enter_with_password("samir@example.org", new, clock.now()) is person
    with pytest.raises(Refused):
        actions_account.enter_with_password("samir@example.org", PASSWORD, clock.now())
