"""Every notice, in each language: subject, text and message are whole, and right to the letter."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jinja2
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from fablab.notices import NOTICES
from fablab.people.models import Person
from tests.letters.notices import CASES, EXAMPLES, LETTERS_ONLY, tell_example
from tests.make import make_minor, make_staff
from tests.source import nodes

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.name for path in (ROOT / "templates" / "mail").iterdir() if path.is_dir())
FRENCH = re.compile(r"[àâçèêëîïôùû]|\b(?:le|la|les|des|une|est|pas|avec|pour|dans|je|tu|du)\b", re.IGNORECASE)
#: names of things, and facts typed by people, that stay as they are in English
KEPT = re.compile(r"La Dynamo|La maison|Zorg \d|Zed Pilot|Nadia B\.|Nadia Benali|Zephyr")
#: a soft space where French wants a hard one: the line would break before the sign
SOFT = re.compile(r" [:;!?»]|« ")


@pytest.fixture
def strict(app: Flask) -> Iterator[None]:
    """Templates in which a missing value is an error, and not an empty word."""
    env = app.jinja_env
    before, cache = env.undefined, env.cache
    assert cache is not None
    cache.clear()
    env.undefined = Complaining
    yield
    env.undefined = before
    cache.clear()


class Complaining(jinja2.Undefined):
    """A missing value may be asked for in an «if», never printed or used."""

    __str__ = __iter__ = __len__ = jinja2.Undefined._fail_with_undefined_error


def faults_of(said: str, language: str) -> Iterator[str]:
    """What no sentence of ours may have."""
    if "None" in said or "{" in said or "%(" in said:
        yield f"a value is missing: {said}"
    if language == "en":
        if found := FRENCH.search(KEPT.sub("", said)):
            yield f"French left ({found[0]}): {said}"
        if "\u00a0" in said:
            yield f"a hard space in English: {said}"
    elif SOFT.search(said):
        yield f"a soft space before a sign: {said}"
    if "'" in said:
        yield f"a straight apostrophe: {said}"
    if re.search(r"\n{3}|[ \t]\n|  ", said):
        yield f"spaces too many: {said!r}"


def test_every_folder_of_words_is_a_notice_and_has_its_example() -> None:
    assert sorted(NOTICES) == FOLDERS == sorted(EXAMPLES)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("make", [make_staff, make_minor])
def test_every_notice_is_whole(session: Session, strict: None, make: Callable[..., Person], language: str) -> None:
    person = make("Zed", "Pilot", language=language, email="zed@example.org")
    minor = make is make_minor
    faults = []
    for notice, number in CASES:
        if minor and notice in LETTERS_ONLY:
            continue
        letter, message = tell_example(notice, number, person)
        said = [letter.subject, letter.body.replace("http://127.0.0.1:8000", ""), message.text if message else "…"]
        found = [fault for one in said for fault in faults_of(one.rstrip("\n"), language)]
        if letter.language != language or not letter.body.startswith(("Bonjour Zed,", "Hello Zed,")):
            found.append("in another language, or to somebody else")
        if not 5 < len(letter.subject) <= 70 or len(letter.body) > 1500 or len(said[2]) > 200:
            found.append(f"too long or too short: {said}")
        if minor and "Zephyr" in letter.body and notice != "booking-suspended":
            found.append("what somebody typed stays on the page")
        if "Pilot" in letter.body:
            found.append("a last name is of no use in a letter")
        faults += [f"{notice} {number}: {fault}" for fault in found]
    assert faults == []


def test_every_notice_is_written_somewhere_in_the_code() -> None:
    said: set[str] = set()
    for part in ("fablab", "bookings", "machines", "pathways", "rooms", "reports"):
        for path in (ROOT / part).rglob("*.py"):
            if path.name == "notices.py":
                continue
            for node in nodes(path):
                if isinstance(node, ast.Call):
                    given = [*node.args, *(kept.value for kept in node.keywords)]
                    ends = [one for arg in given for one in ast.walk(arg) if isinstance(one, ast.Constant)]
                    said |= {str(one.value) for one in ends if one.value in NOTICES}
    assert sorted(said) == sorted(NOTICES)
