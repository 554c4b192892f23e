"""Reading pages as a young person does."""

import re
from datetime import date

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)


def read(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "html.parser")


def stop(client: FlaskClient, code: str, what: str, **more: str) -> TestResponse:
    """Somebody of the team says, on the page of problems, that a machine stops at once."""
    key = read(client, f"/machines/{code}/signaler?arret=1").select_one("main input[name=key]")
    assert key is not None
    sent = {"key": str(key["value"]), "text": what, "cause": "wear", "severity": "grave", **more}
    return client.post(f"/machines/{code}/signaler", data=sent, follow_redirects=True)


def hidden(page: BeautifulSoup) -> dict[str, str]:
    """What the form of hours sends, with its preselected hour."""
    form = page.select_one("form[data-slots]")
    assert form is not None
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    chosen = form.select_one("input[type=radio][checked]")
    return sent | ({"start": str(chosen["value"])} if chosen else {})


def text(page: BeautifulSoup) -> str:
    """The words of a page, hard spaces made soft."""
    return re.sub(r"\s+", " ", page.get_text(" ").replace("\u00a0", " "))
