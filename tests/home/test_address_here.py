"""Where a page is asked for again: by the other language and by the browser's Back, from the answer to a form too."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.make import log_in, make_minor


def shown_at(page: str) -> tuple[str, bool]:
    """The address that the page's own form of languages leads back to, and whether it is an answer to a form."""
    form = BeautifulSoup(page, "html.parser").select_one("form[data-language]")
    assert form is not None
    (field,) = form.select("input[name=next]")
    return str(field["value"]), form["data-language"] == "answer"


def test_a_page_leads_to_itself_with_its_question(client: FlaskClient) -> None:
    assert shown_at(client.get("/agenda?semaine=2026-11-23").text) == ("/agenda?semaine=2026-11-23", False)
    assert shown_at(client.get("/mentions-legales").text) == ("/mentions-legales", False)


def test_the_answer_to_a_form_leads_to_the_page_of_its_form(client: FlaskClient) -> None:
    refused = client.post("/entrer", data={"handle": "", "secret": ""})
    assert refused.status_code == 422
    assert shown_at(refused.text) == ("/entrer", True)


@pytest.mark.parametrize(
    ("before", "address"),
    [
        ("http://localhost/mes-donnees?ordre=1", "/mes-donnees?ordre=1"),
        ("http://elsewhere.example/mes-donnees", "/"),
        ("http://localhost//elsewhere.example", "/"),
        (None, "/"),
    ],
)
def test_of_an_address_that_takes_forms_only_the_page_before_is_asked_for(
    client: FlaskClient, before: str | None, address: str
) -> None:
    log_in(client, make_minor("Tom"))
    refused = client.post("/mes-donnees/demande", data={}, headers={"Referer": before} if before else {})
    assert refused.status_code == 422
    assert shown_at(refused.text) == (address, True)


def test_without_a_script_it_is_said_that_the_other_language_keeps_nothing(client: FlaskClient) -> None:
    assert "efface ce qui est écrit" in client.get("/entrer").text.partition("<noscript>")[2]
