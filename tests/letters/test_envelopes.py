"""A letter as it leaves: its text, the same as HTML, and its date for the calendar."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.envelopes import blocks, envelope, html
from fablab.outbox import Letter, tell
from tests.conftest import NOW
from tests.letters.notices import CASES, WHEN, tell_example
from tests.make import make_staff


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_html_of_every_letter_says_its_text_and_nothing_else(session: Session, language: str) -> None:
    person = make_staff("Zed", "Pilot", language=language)
    for notice, number in CASES:
        letter, _message = tell_example(notice, number, person)
        page = BeautifulSoup(html(letter), "html.parser")
        assert page.html is not None
        assert page.html["lang"] == language
        assert page.title is not None
        assert page.title.text == letter.subject == page.h1.text  # type: ignore[union-attr]  # a heading, or it fails
        assert not page.select("img, script, link"), "nothing is fetched from anywhere"
        assert set(re.findall(r"\w+", letter.body)) <= set(re.findall(r"\w+", page.get_text(" "))), notice
        for anchor in page.select("a"):
            assert str(anchor["href"]).startswith("http://127.0.0.1:8000/")
            assert str(anchor["href"]) in letter.body


def test_a_text_becomes_paragraphs_lists_links_and_a_foot() -> None:
    found = [(one.kind, one.lines) for one in blocks("Bonjour,\n\nA\n- b\n- c\nhttp://x/y\n\nFin\n\n--\nChoisir\n")]
    assert found == [
        ("text", ("Bonjour,",)),
        ("text", ("A",)),
        ("list", ("b", "c")),
        ("link", ("http://x/y",)),
        ("text", ("Fin",)),
        ("foot", ("Choisir",)),
    ]


def test_what_somebody_typed_is_no_html(session: Session) -> None:
    person = make_staff()
    with transaction() as writing:
        facts: dict[str, Any] = {"title": "<b>Zorg</b>", "when": WHEN, "reason": "<script>alert(1)</script>"}
        tell(writing, person, "session-cancelled", key="x", now=NOW, **facts)
    [letter] = session.scalars(select(Letter))
    assert "<script>" not in html(letter)
    assert "&lt;script&gt;" in html(letter)


def test_a_letter_is_text_and_html_and_its_date(session: Session) -> None:
    person = make_staff()
    tell_example("booking-made", 0, person)
    [letter] = session.scalars(select(Letter))
    message = envelope(letter, "La Dynamo", "la-dynamo@house.test", "https://house.test")
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert "La Dynamo" in message["From"]
    assert message["Message-ID"] == envelope(letter, "La Dynamo", "la-dynamo@house.test", "x")["Message-ID"]
