"""A browser without JavaScript, for tests of forms."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fablab.people.models import Person
from tests.make import PASSWORD, PIN

SAME = {"Sec-Fetch-Site": "same-origin"}


class Tab:
    """A browser without JavaScript: opens pages, fills in their forms, sends them as browsers do."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str) -> TestResponse:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status
        return answer

    def send(self, answer: TestResponse, where: str = "main form", press: str = "", **typed: Any) -> TestResponse:
        """Fill in and send a form of a page; ``press`` is the name of the button, if not the first."""
        form = BeautifulSoup(answer.text, "html.parser").select_one(where)
        assert form is not None, answer.text
        button = form.select_one(f"button[name={press}]") if press else None
        action = (button and button.get("formaction")) or form.get("action") or answer.request.full_path.rstrip("?")
        pressed = {press: str(button["value"])} if button else {}
        return self.client.post(str(action), data={**fields(form), **typed, **pressed}, headers=SAME)

    def enter(self, person: Person) -> "Tab":
        if person.enters_by_pin:
            answer = self.send(self.open("/entrer"), handle=person.handle, secret=PIN)
        else:
            answer = self.send(self.open("/entrer/equipe"), email=person.email, secret=PASSWORD)
        assert answer.status_code == 302, answer.text
        return self

    def leave(self) -> None:
        """In another tab."""
        assert self.send(self.open("/mon-compte"), "form[action='/sortir']").status_code == 302

    def enter_anew(self, person: Person) -> None:
        """In another tab: the token of this one is stale from then on."""
        self.leave()
        self.enter(person)


def fields(form: Tag) -> dict[str, Any]:
    """What a form sends as it stands."""
    sent: dict[str, Any] = {}
    for box in form.select("input[name]"):
        if box.get("type") not in ("radio", "checkbox") or box.has_attr("checked"):
            sent.setdefault(str(box["name"]), []).append(str(box.get("value", "")))
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


def said(answer: TestResponse) -> str:
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True).replace("\u00a0", " ")
