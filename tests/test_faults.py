"""What a person sees, and what the log keeps, when something of ours breaks."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fablab.people.models import Person
from tests.conftest import make_app
from tests.make import log_in, make_young


@pytest.fixture
def broken(tmp_path: Path) -> FlaskClient:
    """A visitor of a house whose database has no table at all."""
    app = make_app(tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite'}")
    app.testing = False
    return app.test_client()


@pytest.mark.parametrize("address", ["/", "/entrer"])
def test_a_page_is_shown_even_when_the_database_is_what_failed(broken: FlaskClient, address: str) -> None:
    answer = broken.get(address)
    assert answer.status_code == 500
    assert "Une panne de notre côté" in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_somebody_logged_in_sees_it_too(broken: FlaskClient) -> None:
    with broken.session_transaction() as cookie:
        cookie["_user_id"] = "somebody.1"
    assert "Une panne de notre côté" in broken.get("/").text


def test_the_log_of_a_fault_names_nobody(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines = make_young("Inès", "Benali")

    def fail(_self: Person) -> None:
        raise ValueError("broken")

    client = app.test_client()
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    log_in(client, ines)
    monkeypatch.setattr(Person, "roles", property(fail))
    with caplog.at_level(logging.ERROR):
        assert client.get("/").status_code == 500
    app.testing = True
    assert "ValueError" in caplog.text
    assert not {"Inès", "Benali", ines.public_id, str(ines.handle)} & set(caplog.text.replace("'", " ").split())


@pytest.mark.both
@pytest.mark.parametrize("address", ["/entrer?next=%00", "/%00", "/machines/%00"])
def test_the_letter_that_postgresql_keeps_not_is_no_fault_of_ours(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.both
def test_nor_in_a_form(client: FlaskClient) -> None:
    assert client.post("/entrer", data={"handle": "renard\0-42", "secret": "2580"}).status_code == 400
