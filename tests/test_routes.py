"""The walk of every route by every role: who may call it is what it says, with every method, id and token.

Routes are read from the application: a new one is walked as soon as it exists. A route whose verb ends with
".own" and whose address names a thing must say below, in THINGS, how to make one that belongs to somebody else.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from bookings.models import Place
from fablab import clock, pages
from fablab.db import db
from fablab.pages import KEYED, PUBLIC, SECRET_ADDRESS, access_of
from fablab.people import actions_sessions, actions_tokens, queries_tokens
from fablab.people.models import Person
from fablab.people.models_access import OpenSession
from fablab.people.values_tokens import Wanted
from fablab.permissions import Role, may
from fablab.scheduler import take_lease
from machines import actions_training, actions_waiting, queries_waiting
from machines.values_training import SlotWish
from pathways import actions, actions_requests
from tests.conftest import NOW, Browser
from tests.make import log_in, make_authorisation, make_minor, make_person, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_evidence import make_piece, make_sheet
from tests.make_machines import Fablab, give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_own_pace import make_passeur
from tests.make_pathways import enrol, make_competency, make_group, make_pathway, make_right, make_session, validate

pytestmark = pytest.mark.slow

VISITOR = None
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: parts of addresses that are nobody's: codes of the catalogue, days
NOBODYS = {"code", "day", "week", "machine_code", "competency_id", "doc_id", "position"}
UNKNOWN = {"RowNumber": 987654321, "UnicodeConverter": "nobody-knows-this-one-"}


def others_booking() -> tuple[Person, dict[str, Any]]:
    """A machine booked by another young person."""
    day, holder = date(2026, 11, 25), make_young("Autre", "Jeune")
    room = db.session.query(Place).filter_by(code="FABLAB").one_or_none()
    fablab = Fablab(room, room, None) if room else make_fablab()  # type: ignore[arg-type]  # no floor is needed
    make_shift(make_staff(), fablab.place, on(day, "13:30"), on(day, "18:00"))
    machine = make_machine(fablab, "VIN-01")
    give_badge(holder, make_badge())
    return holder, {"public_id": make_booking(machine, slot("14:00", "15:00", day), holder).public_id}


def others_session() -> tuple[Person, dict[str, Any]]:
    """A session of a group in which another young person is enrolled."""
    group, member = make_group(), make_young("Encore", "Autre")
    enrol(member, group)
    return member, {"public_id": make_session(group).public_id}


def others_help() -> tuple[Person, dict[str, Any]]:
    """A session in which another young person helps."""
    helper, _enrolment = make_passeur("Encore")
    lesson = make_session(make_group(make_pathway("REBOND")))
    actions.name_helper(lesson, helper, make_staff(), clock.now())
    return helper, {"public_id": lesson.public_id}


def others_browser() -> tuple[Person, dict[str, Any]]:
    """A session that another young person has open."""
    owner = make_young("Un", "Autre")
    key = actions_sessions.open_one(owner, "Firefox", timedelta(hours=1), clock.now())
    found = db.session.query(OpenSession).filter_by(key_digest=actions_sessions.key_digest(key)).one()
    return owner, {"session_id": found.id}


def others_agreement() -> tuple[Person, dict[str, Any]]:
    """An agreement signed for another young person."""
    owner = make_minor("Une", "Autre")
    return owner, {"authorisation_id": make_authorisation(owner, "outing").id}


def others_piece() -> tuple[Person, dict[str, Any]]:
    """A photo of another young person, on which a validation rests: its owner cannot take it away."""
    owner, competency = make_young("Encore", "Une"), make_competency()
    piece = make_piece(owner, shows=[competency.id])
    validate(owner, {"SEC-01": 2})
    return owner, {"public_id": piece.public_id}


def others_sheet() -> tuple[Person, dict[str, Any]]:
    """A project's sheet of another young person, on which a validation rests."""
    owner, competency = make_young("Un", "Dernier"), make_competency()
    sheet = make_sheet(owner, photos=1, shows=[competency.id])
    validate(owner, {"SEC-01": 2})
    return owner, {"public_id": sheet.public_id}


def others_request() -> tuple[Person, dict[str, Any]]:
    """A training that another young person asked for."""
    owner = make_young("Encore", "Quelqu’un")
    return owner, {"public_id": actions_requests.ask_training(owner, make_badge(), clock.now()).public_id}


def others_seen() -> tuple[Person, dict[str, Any]]:
    """What another young person thinks to manage."""
    owner = make_young("Une", "Personne")
    asked = actions_requests.ask_to_be_seen(owner, make_competency(), 2, "J’y arrive.", clock.now())
    return owner, {"public_id": asked.public_id}


def others_training() -> tuple[Person, dict[str, Any]]:
    """A training slot of another young person."""
    samir, day = make_staff(), date(2026, 11, 25)
    room = db.session.query(Place).filter_by(code="FABLAB").one_or_none()
    fablab = Fablab(room, room, None) if room else make_fablab()  # type: ignore[arg-type]  # no floor is needed
    make_shift(samir, fablab.place, on(day, "13:30"), on(day, "18:00"))
    machine, owner = make_machine(fablab, "VIN-09"), make_young("Lou", "Autre")
    make_right(samir, machine.badge)
    request = actions_requests.ask_training(owner, machine.badge, clock.now())
    wish = SlotWish(machine.id, samir.id, slot("16:00", "17:00", day), (request.public_id,))
    return owner, {"public_id": actions_training.plan_slot(wish, samir, clock.now()).public_id}


def others_wait() -> tuple[Person, dict[str, Any]]:
    """A place in a line in which another young person waits."""
    owner = make_young("Une", "Dernière")
    fablab = db.session.query(Place).filter_by(code="FABLAB").one_or_none()
    room = Fablab(fablab, fablab, None) if fablab else make_fablab()  # type: ignore[arg-type]  # no floor is needed
    machine, now = make_machine(room, "VIN-08"), clock.now()
    actions_waiting.join(owner, machine, clock.local_day(now), 30, now)
    return owner, {"public_id": queries_waiting.mine(db.session(), owner.id, now)[0][0].public_id}


def others_key() -> tuple[Person, dict[str, Any]]:
    """A key that another young person has for a program."""
    owner, now = make_young("Un", "Grand", birth_date=date(2001, 5, 3)), clock.now()
    actions_tokens.make(Wanted("own", "Montre", ("bookings:read",), clock.local_day(now)), owner, now)
    return owner, {"public_id": queries_tokens.tokens(db.session(), "own", owner.id)[0].public_id}


#: the first part of an address of somebody's own things -> how to make one of somebody else's: the owner, its address
THINGS: dict[str, Callable[[], tuple[Person, dict[str, Any]]]] = {
    "reservations": others_booking,
    "seances": others_session,
    "seances-ou-j-aide": others_help,
    "attente": others_wait,
    "mes-cles": others_key,
    "mes-demandes": others_request,
    "mon-parcours": others_seen,
    "formations": others_training,
    "mon-compte": others_browser,
    "mes-donnees": others_agreement,
    "mes-fiches": others_sheet,
    "mes-preuves": others_piece,
}


@pytest.fixture
def people(app: Flask) -> dict[Role | None, Any]:
    """One person a role, who has nothing but that role; None is the visitor."""
    assert take_lease("scheduler", "somebody", NOW)  # a house whose scheduler works: /healthz is well
    one_each: dict[Role | None, Any] = {VISITOR: None, Role.YOUNG: make_young()}
    for role in Role:
        if role != Role.YOUNG:
            one_each[role] = make_staff(role.title().replace("_", ""), roles=(role,))
    return one_each


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address of the application, and who may call it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            access = access_of(app.view_functions[rule.endpoint])
            assert access is not None, f"{rule.endpoint} does not say who may call it"
            yield rule, access


def address(app: Flask, rule: Rule) -> str:
    """The rule's address with things that do not exist."""
    values = {name: UNKNOWN[type(converter).__name__] for name, converter in rule._converters.items()}
    built = app.url_map.bind("localhost").build(rule.endpoint, values)
    return str(built)


def as_person(client: FlaskClient, person: Person | None) -> FlaskClient:
    """The browser of somebody, or of a visitor."""
    if person is not None:
        return log_in(client, person)
    with client.session_transaction() as cookie:
        cookie.clear()
    return client


@pytest.fixture
def codes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error says its code and no more: drawing its page thousands of times is what a walk would cost most."""
    monkeypatch.setattr(pages, "render_template", lambda _page, *, code, **_said: str(code))


class Seats:
    """A browser for each person, who logs in once, and again after what was accepted: it may have ended the session."""

    def __init__(self, app: Flask) -> None:
        app.test_client_class = Browser
        self._app = app
        self._browsers: dict[Person | None, FlaskClient] = {}

    def ask(self, person: Person | None, method: str, where: str, **said: Any) -> Any:
        """The answer to somebody, or to a visitor."""
        browser = self._browsers.pop(person, None) or self._enter(person)
        answer = browser.open(where, method=method, **said)
        if method == "GET" or answer.status_code >= 400:
            self._browsers[person] = browser
        return answer

    def _enter(self, person: Person | None) -> FlaskClient:
        return as_person(self._app.test_client(), person)


@pytest.fixture
def seats(app: Flask) -> Seats:
    """Browsers for everybody whom a test makes."""
    return Seats(app)


def to_log_in(answer: Any) -> bool:
    """Whether an answer sends to the log-in."""
    return bool(answer.status_code == 302) and answer.location.startswith("/entrer?next=")


def fault(answer: Any, access: str, role: Role | None, method: str, named: bool) -> str | None:
    """What is wrong with the answer to somebody of this role, or None."""
    code = answer.status_code
    if code >= 500:
        return f"fails with {code}"
    if access == KEYED:
        return None if code == 401 else f"answers {role} without a key with {code}"
    if access == SECRET_ADDRESS:
        return None if code == 404 else f"answers {role} at an address that nobody was given with {code}"
    if access != PUBLIC and role is VISITOR:
        right = to_log_in(answer) if method == "GET" else code == 401
        return None if right else f"answers a visitor with {code}"
    if access != PUBLIC and not may([role or ""], access):
        return None if code == 403 else f"answers {role} with {code} instead of 403"
    if code in (401, 403, 405) or to_log_in(answer):
        return f"turns {role} away with {code}"
    if named and code != 404:
        return f"answers {code} to {role} about a thing that does not exist"
    return None


@pytest.mark.usefixtures("codes_only")
def test_every_route_answers_every_role_as_it_declares(
    app: Flask, seats: Seats, people: dict[Role | None, Any]
) -> None:
    faults = []
    for rule, access in routes(app):
        for role, person in people.items():
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = seats.ask(person, method, address(app, rule))
                wrong = fault(answer, access, role, method, bool(rule.arguments))
                if wrong:
                    faults.append(f"{method} {rule.rule} {wrong}")
    assert faults == []


@pytest.mark.page
@pytest.mark.usefixtures("codes_only")
def test_no_two_routes_answer_one_address(app: Flask) -> None:
    seen: dict[tuple[str, str], str] = {}
    for rule, _access in routes(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            where = address(app, rule), method
            assert where not in seen, f"{rule.endpoint} and {seen[where]} both answer {method} {rule.rule}"
            seen[where] = rule.endpoint


@pytest.mark.page
def test_a_method_that_a_route_does_not_know_is_405(app: Flask, seats: Seats, people: dict[Role | None, Any]) -> None:
    faults = []
    map_ = app.url_map.bind("localhost")
    for rule, _access in routes(app):
        where = address(app, rule)
        known = set(map_.allowed_methods(where))
        for method in METHODS:
            for person in (None, people[Role.ADMINISTRATOR]):
                if method in known:
                    continue
                answer = seats.ask(person, method, where)
                if answer.status_code != 405 or "Allow" not in answer.headers:
                    faults.append(f"{method} {where}: {answer.status_code}")
    assert faults == []


@pytest.mark.page
@pytest.mark.usefixtures("codes_only")
def test_nothing_is_written_without_the_token_of_its_form(app: Flask, seats: Seats) -> None:
    """The token is asked for before anything else: of a visitor, of who may nothing, of who may everything."""
    asking = {
        "a visitor": None,
        "nobody": make_person(email="nobody@example.org"),
        "everybody": make_staff(roles=tuple(Role)),
    }
    faults = []
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for rule, access in routes(app):
            if "POST" not in (rule.methods or set()):
                continue
            # No cookie opens what a device's key opens: there is nothing that a forged form could use.
            expected = 401 if access == KEYED else 400
            for name, person in asking.items():
                for data in ({}, {"csrf_token": "made-up"}):
                    answer = seats.ask(person, "POST", address(app, rule), data=data)
                    if answer.status_code != expected:
                        faults.append(f"{rule.rule} as {name}: {answer.status_code}")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert faults == []


@pytest.mark.page
def test_the_page_of_an_error_is_well_made_for_everybody(seats: Seats, people: dict[Role | None, Any]) -> None:
    asked = {404: ("GET", "/nulle-part"), 405: ("DELETE", "/"), 403: ("GET", "/mon-parcours"), 400: ("GET", "/?a=%00")}
    faults = []
    for role, person in people.items():
        for code, (method, where) in asked.items():
            answer = seats.ask(person, method, where)
            if code == 403 and role in (VISITOR, Role.YOUNG):
                continue
            assert answer.status_code == code, f"{method} {where} as {role}"
            faults += [f"{code} as {role}: {wrong}" for wrong in faults_of_page(answer)]
    assert faults == []


def test_every_page_is_well_made_for_everybody_who_may_open_it(
    app: Flask, seats: Seats, people: dict[Role | None, Any]
) -> None:
    faults = []
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for rule, access in routes(app):
            if "GET" not in (rule.methods or set()) or rule.arguments:
                continue
            for role, person in people.items():
                if access == PUBLIC or (role and access not in (KEYED, SECRET_ADDRESS) and may([role], access)):
                    answer = seats.ask(person, "GET", address(app, rule))
                    if answer.status_code == 200 and answer.mimetype == "text/html":
                        faults += [f"{rule.rule} as {role}: {wrong}" for wrong in faults_of_page(answer)]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert faults == []


def faults_of_page(answer: Any) -> Iterator[str]:
    """What no page may do: two main headings, an id twice, inline script or style, a form without its token."""
    page = BeautifulSoup(answer.text, "html.parser")
    if len(page.select("h1")) != 1:
        yield f"{len(page.select('h1'))} main headings"
    ids = [tag["id"] for tag in page.select("[id]")]
    yield from (f"id {twice} twice" for twice in sorted({str(one) for one in ids if ids.count(one) > 1}))
    if page.select("[style], style, script:not([src])"):
        yield "inline style or script"
    if any(name.startswith("on") for tag in page.find_all(True) for name in tag.attrs):
        yield "inline handler"
    for form in page.select("form[method=post]"):
        token = form.select_one("input[name=csrf_token]")
        if token is None or not token.get("value"):
            yield f"form {form.get('action')} without its token"
    if not page.title or not page.title.text.strip():
        yield "no title"


@pytest.mark.usefixtures("codes_only")
def test_somebody_elses_things_are_not_found(app: Flask, seats: Seats, people: dict[Role | None, Any]) -> None:
    faults = []
    made: dict[str, tuple[Person, dict[str, Any]]] = {}
    for rule, access in routes(app):
        if not access.endswith(".own") or rule.arguments <= NOBODYS:
            continue
        first = rule.rule.strip("/").partition("/")[0]
        assert first in THINGS, f"{rule.rule}: say in THINGS how to make one of somebody else's"
        if first not in made:
            made[first] = THINGS[first]()
        owner, values = made[first]
        where = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for role, person in people.items():
                if role and may([role], access):
                    code = seats.ask(person, method, where).status_code
                    if code != 404:
                        faults.append(f"{method} {rule.rule} as {role}: {code}")
            if seats.ask(owner, method, where).status_code not in (200, 302, 303, 409, 422):
                faults.append(f"{method} {rule.rule}: not even its owner finds it")
    assert faults == []


def test_somebody_elses_message_stays_unread(app: Flask, client: FlaskClient) -> None:
    log_in(client, make_young())
    for told in ("", "1", "987654321", "-1", "x", "9" * 400):
        assert client.post("/messages/lu", data={"message": told}).status_code == 404


@pytest.mark.both
@pytest.mark.usefixtures("codes_only")
def test_a_number_that_no_database_holds_is_not_found(app: Flask, client: FlaskClient) -> None:
    log_in(client, make_staff(roles=tuple(Role)))
    for rule, _access in routes(app):
        if any(isinstance(converter, IntegerConverter) for converter in rule._converters.values()):
            where = address(app, rule).replace(str(UNKNOWN["RowNumber"]), "9" * 30)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                assert client.open(where, method=method).status_code == 404, where


@pytest.mark.page
@pytest.mark.usefixtures("codes_only")
def test_a_person_without_any_role_gets_nowhere_but_public_pages(app: Flask, seats: Seats) -> None:
    nobody = make_person(email="nobody@example.org")
    for rule, access in routes(app):
        if access != PUBLIC and "GET" in (rule.methods or set()):
            expected = {KEYED: 401, SECRET_ADDRESS: 404}.get(access, 403)
            assert seats.ask(nobody, "GET", address(app, rule)).status_code == expected
