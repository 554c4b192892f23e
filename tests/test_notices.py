"""Every notice, in each language: subject, text, HTML, message and calendar are whole, and right to the letter."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import calendars, clock
from fablab.calendars import Entry
from fablab.db import db, transaction
from fablab.envelopes import blocks, envelope, html
from fablab.i18n import speaking
from fablab.notices import GROUPS, MATTERING, NOTICES, WAYS, told
from fablab.outbox import Letter, Message, confirm, tell, write_letter
from fablab.people.models import Person
from tests.conftest import NOW
from tests.make import make_minor, make_staff, make_young

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(path.name for path in (ROOT / "templates" / "mail").iterdir() if path.is_dir())
#: those that are letters only: whoever reads them has no page yet, or cannot enter
LETTERS_ONLY = {"password-reset", "staff-welcome"}
WHEN = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
FRENCH = re.compile(r"[àâçèêëîïôùû]|\b(?:le|la|les|des|une|est|pas|avec|pour|dans|je|tu|du)\b", re.IGNORECASE)
#: names of things, and facts typed by people, that stay as they are in English
KEPT = re.compile(r"La Dynamo|La maison|Zorg \d|Zed Pilot|Nadia B\.|Nadia Benali|Zephyr")
#: a soft space where French wants a hard one: the line would break before the sign
SOFT = re.compile(r" [:;!?»]|« ")


def booking(**more: Any) -> SimpleNamespace:
    """A booking as templates see one; its holder is the reader."""
    values = {
        "called": "Zorg 9",
        "starts_at": WHEN,
        "ends_at": WHEN + timedelta(hours=1),
        "reason": "Zephyr",
        "reasons": None,
        "holder_id": 1,
        "status": "confirmed",
    }
    return SimpleNamespace(**{**values, **more})


LESSON = SimpleNamespace(
    starts_at=WHEN, title="Zorg 2", group=SimpleNamespace(name="Zorg 1"), ends_at=WHEN + timedelta(hours=2)
)
WHY = [{"code": "session_changed"}]

#: notice -> the facts that its words are made of, one set for each thing that it can say
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "booking-made": [{"booking": booking()}, {"booking": booking(status="requested")}],
    "booking-approved": [{"booking": booking()}],
    "booking-refused": [{"booking": booking()}, {"booking": booking(reason=None)}],
    "booking-moved": [{"booking": booking()}],
    "booking-cancelled": [{"booking": booking()}, {"booking": booking(reason=None, reasons=WHY)}],
    "booking-suspended": [{"booking": booking(), "closure": SimpleNamespace(reason="Zephyr")}],
    "booking-back": [{"booking": booking()}],
    "booking-warned": [{"booking": booking(), "reasons": WHY}],
    "bookings-warned": [
        {"booking": booking(), "reasons": WHY, "bookings": [(booking(), WHY)] * number} for number in (2, 6, 9)
    ],
    "bookings-well": [{"bookings": [booking()] * number} for number in (1, 2, 4)],
    "enrolled": [{"pathway": "Zorg 3", "coming": []}, {"pathway": "Zorg 3", "coming": [LESSON, LESSON]}],
    "session-moved": [{"title": "Zorg 2", "when": WHEN, "before": NOW}],
    "session-restored": [{"title": "Zorg 2", "when": WHEN}],
    "session-cancelled": [{"title": "Zorg 2", "when": WHEN, "reason": "Zephyr"}],
    "session-leads": [
        {"title": "Zorg 2", "group": SimpleNamespace(name="Zorg 1"), "when": WHEN, "leads": leads}
        for leads in (True, False)
    ],
    "session-incident": [
        {"title": "Zorg 2", "group": SimpleNamespace(name="Zorg 1"), "when": WHEN, "accident": accident}
        for accident in (True, False)
    ],
    "lead-away": [
        {"absent": SimpleNamespace(full_name="Nadia Benali", short_name="Nadia B."), "lessons": [LESSON] * number}
        for number in (1, 3)
    ],
    "group-small": [
        {"group": SimpleNamespace(name="Zorg 1", starts_on=WHEN.date()), "members": number, "least": 5}
        for number in (0, 1, 3)
    ],
    "badge-earned": [{"badge": "Zorg 4", "kind": kind} for kind in ("pathway", "stage")],
    "badge-handed-over": [
        {"badge": "Zorg 4", "until": until, "renewed": renewed}
        for until in (None, WHEN.date())
        for renewed in (False, True)
    ],
    "badge-ended": [
        {"badge": "Zorg 4", "reason": "Zephyr"},
        {"badge": "Zorg 4", "reason": "", "reasons": [{"code": "corrected"}]},
    ],
    "badge-ends": [{"badge": "Zorg 4", "day": WHEN.date(), "lapses": lapses} for lapses in (False, True)],
    "validation-answered": [
        {"outcome": outcome, "i_can": "Zorg 6.", "by": "Samir", "code": code, "answer": answer}
        for outcome, code, answer in (
            ("validated", None, None),
            ("to_complete", None, "Zephyr"),
            ("not_yet", "almost", None),
            ("not_yet", "almost", "Zephyr"),
        )
    ],
    "training-answered": [
        {"badge": "Zorg 4", "by": "Samir", "answer": "Zephyr", "when": when} for when in (None, WHEN)
    ],
    "training-planned": [{"badge": "Zorg 4", "when": WHEN, "by": "Samir", "machine": "Zorg 7"}],
    "training-cancelled": [{"badge": "Zorg 4", "when": WHEN, "reason": "Zephyr"}],
    "training-left": [{"badge": "Zorg 4", "when": WHEN, "who": "Lou B.", "alone": alone} for alone in (False, True)],
    "training-again": [{"badge": "Zorg 4", "by": "Samir"}],
    "sheet-hidden": [{"title": "Zorg 5", "reason": "Zephyr"}],
    "address-refused": [{}],
    "data-answered": [{"said": "Zephyr"}],
    "password-reset": [{"link": "http://127.0.0.1:8000/lien#abc"}],
    "referent-follows": [{}],
    "second-step-ended": [{}],
    "staff-welcome": [{"link": "http://127.0.0.1:8000/lien#abc"}],
}
CASES = [(notice, number) for notice, sets in EXAMPLES.items() for number in range(len(sets))]


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


def tell_example(notice: str, number: int, person: Person) -> tuple[Letter, Message | None]:
    """A notice told with its example facts: the letter and the message written."""
    facts = dict(EXAMPLES[notice][number])
    for one in [facts.get("booking"), *facts.get("bookings", [])]:
        told_of = one[0] if isinstance(one, tuple) else one
        if told_of is not None:
            told_of.holder_id = person.id
    key = f"{notice}:{number}"
    with transaction() as session:
        if notice in LETTERS_ONLY:
            with speaking(person.language):
                write_letter(session, str(person.email), notice, key=key, now=NOW, person=person, **facts)
        else:
            entry = Entry("thing-1", "Zorg 9", WHEN, WHEN + timedelta(hours=1), link="/reserver")
            tell(session, person, notice, key=key, now=NOW, link="/reserver", entries=[entry], **facts)
    session = db.session()
    letter = session.scalar(select(Letter).filter_by(key=key))
    return letter or Letter(), session.scalar(select(Message).filter_by(key=key))


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


def event_of(person: Person, entries: list[Entry], at: datetime = NOW) -> Any:
    """The one event of the .ics as a mail program gets it, beside its method."""
    letter = Letter(key="k", to_address="zed@example.org", subject="S", body="B", language="fr", written_at=at)
    letter.calendar = calendars.kept(entries)
    message = envelope(letter, "La Dynamo", "la-dynamo@house.test", "https://house.test")
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == str(calendar["METHOD"])
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_a_calendar_gets_the_same_thing_again_with_a_greater_number(app: Flask) -> None:
    person = make_staff()
    one = Entry("booking-1", "La petite laser", WHEN, WHEN + timedelta(hours=1), link="/reservations/1")
    first_method, first = event_of(person, [one])
    later = NOW + timedelta(hours=3)
    gone = Entry("booking-1", "La petite laser", WHEN, WHEN + timedelta(hours=1), "cancelled")
    last_method, last = event_of(person, [gone], later)
    assert (first_method, last_method) == ("PUBLISH", "CANCEL")
    assert first["UID"] == last["UID"] == "booking-1@house.test"
    assert last["SEQUENCE"] > first["SEQUENCE"] > 0
    assert (first["STATUS"], last["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert first["URL"] == "https://house.test/reservations/1"
    assert "ATTENDEE" not in first
    assert str(first["ORGANIZER"]) == "mailto:la-dynamo@house.test"


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-07-14", "2026-12-24"])
def test_a_calendar_shows_the_hour_of_the_house_before_and_after_the_clocks_change(app: Flask, day: str) -> None:
    starts = datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=clock.ZONE)
    entry = Entry("x", "x", starts.astimezone(UTC), (starts + timedelta(hours=2)).astimezone(UTC))
    _method, event = event_of(make_staff(), [entry])
    assert event["DTSTART"].dt.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") == f"{day} 14:00"
    assert event["DTEND"].dt.astimezone(clock.ZONE).strftime("%H:%M") == "16:00"
    assert event["DTSTART"].dt.tzinfo is not None


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


# --- who is told how ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_turned_off_always_comes_and_what_matters_stays_on_the_home_page(way: str) -> None:
    for kind in NOTICES.values():
        found = told(kind, dict.fromkeys(GROUPS, way))
        assert found.letter == (way == "letter" or not kind.group)
        assert found.message == (way != "nothing" or kind.matters or not kind.group)
        assert found.call == (kind.matters and way != "nothing")


@pytest.mark.parametrize(
    ("fields", "letters", "messages", "call_for"),
    [
        ({"letters_to": "zed@example.org"}, 1, 1, None),
        ({}, 0, 1, "no_address"),
        ({"letters_to": "zed@example.org", "letters_refused_at": NOW}, 0, 1, "refused"),
        ({"letters_to": "zed@example.org", "told_by": {"sessions": "page"}}, 0, 1, "no_address"),
        ({"letters_to": "zed@example.org", "told_by": {"sessions": "nothing"}}, 0, 1, None),
    ],
)
def test_who_is_written_to_and_who_is_called(
    session: Session, fields: dict[str, Any], letters: int, messages: int, call_for: str | None
) -> None:
    tell_example("session-cancelled", 0, make_young("Zed", **fields))
    assert len(session.scalars(select(Letter)).all()) == letters
    [message] = session.scalars(select(Message))
    assert message.call_for == call_for
    assert messages == 1


def test_nothing_is_written_of_what_does_not_matter_to_whoever_wants_nothing(session: Session) -> None:
    tell_example("badge-earned", 0, make_young("Zed", letters_to="z@example.org", told_by={"badges": "nothing"}))
    assert not session.scalars(select(Letter)).all()
    assert not session.scalars(select(Message)).all()


def test_who_did_it_themselves_gets_a_letter_for_their_calendar_and_no_message(session: Session) -> None:
    zed = make_young("Zed", letters_to="z@example.org")
    with transaction() as writing:
        confirm(writing, zed, "booking-made", key="x", now=NOW, booking=booking())
    assert len(session.scalars(select(Letter)).all()) == 1
    assert session.scalars(select(Message)).all() == []


def test_what_matters_is_a_few_things_that_cost_somebody_their_way() -> None:
    assert set(MATTERING) == {
        "booking-refused", "booking-moved", "booking-cancelled", "booking-suspended", "booking-back",
        "session-moved", "session-cancelled", "session-restored", "session-leads", "badge-ended",
    }  # fmt: skip


# --- written by some action ---------------------------------------------------------------------


def test_every_notice_is_written_somewhere_in_the_code() -> None:
    said: set[str] = set()
    for part in ("fablab", "bookings", "machines", "pathways", "rooms"):
        for path in (ROOT / part).rglob("*.py"):
            if path.name == "notices.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    given = [*node.args, *(kept.value for kept in node.keywords)]
                    ends = [one for arg in given for one in ast.walk(arg) if isinstance(one, ast.Constant)]
                    said |= {str(one.value) for one in ends if one.value in NOTICES}
    assert sorted(said) == sorted(NOTICES)
