"""A call or a grid sent late, twice, or over what somebody saved: nothing is lost, nothing twice, both are shown."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Attendance, Competency, RollCall, TrainingSession, Validation
from pathways.rules_roll import Mark, mark_refusals, merge_roll
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, levels_held, make_group, make_pathway, make_session, validate

KEY = "k" * 32
JSON = {"Accept": "application/json"}
HERE, AWAY, LATE = ("present", 0), ("absent", 0), ("late", 20)


@pytest.mark.parametrize(
    ("mine", "read", "now", "others", "written", "stays", "crossed"),
    [
        (HERE, None, None, False, {1: HERE}, set(), ()),
        (HERE, None, HERE, True, {}, set(), ()),
        (HERE, None, AWAY, True, {}, set(), (1,)),
        (HERE, None, AWAY, False, {1: HERE}, set(), ()),  # my own, sent again with a change
        (HERE, HERE, AWAY, True, {}, {1}, ()),  # I left it as I read it
        (LATE, HERE, HERE, True, {1: LATE}, set(), ()),
        (LATE, HERE, AWAY, True, {}, set(), (1,)),
        (LATE, HERE, ("late", 10), True, {}, set(), (1,)),
    ],
)
def test_a_late_call_is_laid_over_what_stands(
    mine: Mark,
    read: Mark | None,
    now: Mark | None,
    others: bool,
    written: dict[int, Mark],
    stays: set[int],
    crossed: tuple[int, ...],
) -> None:
    merged = merge_roll({1: mine}, {1: read}, {1: now} if now else {}, others=frozenset({1} if others else ()))
    assert (dict(merged.write), set(merged.stays), merged.crossed) == (written, stays, crossed)


class Roll:
    """A group of two (Ada, Bob) in a session that two facilitators follow, Samir and Chloé."""

    def __init__(self) -> None:
        self.samir, self.chloe = make_staff("Samir", "Haddad"), make_staff("Chloé", "Martin")
        group = make_group(make_pathway("DECLIC", stages={"EXP": {"MAC-01": 2, "MAC-02": 3}}))
        self.ada, self.bob = make_young("Ada", "Test"), make_young("Bob", "Test")
        for person in (self.ada, self.bob):
            enrol(person, group)
        self.lesson: TrainingSession = make_session(group, leads=(self.samir, self.chloe))
        self.url = f"/seances/{self.lesson.public_id}"

    def sent(self, ada: str, bob: str, read: str = "", key: str = KEY, **more: str) -> dict[str, str]:
        people = ((self.ada, ada), (self.bob, bob))
        marks = {f"status-{person.id}": status for person, status in people}
        return {"key": key, **marks, **{f"was-{person.id}": read for person, _status in people}, **more}


@pytest.fixture
def roll(client: FlaskClient) -> Roll:
    return Roll()


def marks(session: Session) -> dict[int, str]:
    session.expire_all()
    return {one.person_id: one.status for one in session.scalars(select(Attendance))}


@pytest.mark.parametrize(
    ("status", "minutes", "code"),
    [
        ("present", "", None),
        ("present", "abc", None),  # what is left in a field that no longer counts
        ("late", "", None),
        ("late", "1", None),
        ("late", "600", None),
        ("late", "0", "minutes"),
        ("late", "601", "minutes"),
        ("late", "-5", "minutes"),
        ("late", "٣", "minutes"),
        ("late", "a few", "minutes"),
        ("", "", "attendance_missing"),
        ("asleep", "", "attendance_missing"),
    ],
)
def test_a_line_of_the_call_is_read_or_refused(words: None, status: str, minutes: str, code: str | None) -> None:
    assert [one.code for one in mark_refusals("Zoé", status, minutes)] == ([code] if code else [])


def test_a_call_sent_twice_is_written_once(roll: Roll, client: FlaskClient, session: Session) -> None:
    log_in(client, roll.samir)
    sent = roll.sent("present", "absent")
    assert client.post(f"{roll.url}/appel", data=sent, headers=JSON).json == {"next": roll.url}
    client.post(f"{roll.url}/appel/annuler")
    # The answer was lost, and the call comes again: it does not undo what was taken back since.
    assert client.post(f"{roll.url}/appel", data=sent, headers=JSON).json == {"next": roll.url}
    assert marks(session) == {}
    assert session.scalar(select(func.count()).select_from(RollCall)) == 1


def test_the_key_of_somebody_else_is_refused(roll: Roll) -> None:
    actions.take_attendance(roll.lesson, {}, roll.samir, NOW, key=KEY)
    with pytest.raises(Refused) as refused:
        actions.take_attendance(roll.lesson, {}, roll.chloe, NOW, key=KEY)
    assert refused.value.codes == ["key_taken"]


def test_a_late_call_shows_what_somebody_else_noted_and_lets_choose(
    roll: Roll, client: FlaskClient, session: Session
) -> None:
    actions.take_attendance(roll.lesson, {roll.ada.id: AWAY, roll.bob.id: ("late", 15)}, roll.chloe, NOW)
    log_in(client, roll.samir)
    sent = roll.sent("present", "late", **{f"late-{roll.bob.id}": "15"})
    assert client.post(f"{roll.url}/appel", data=sent, headers=JSON).json == {"conflict": True}
    shown = client.post(f"{roll.url}/appel", data=sent)
    assert shown.status_code == 409
    assert "Absent, noté par Chloé M. à 10\u00a0h" in shown.text
    assert "Présent, noté ici" in shown.text
    assert marks(session) == {roll.ada.id: "absent", roll.bob.id: "late"}
    # The page that shows both is sent back as it is, with a choice.
    again = choose(shown, f"choice-{roll.ada.id}", "mine")
    assert client.post(f"{roll.url}/appel", data=again).location.endswith(roll.url)
    assert marks(session) == {roll.ada.id: "present", roll.bob.id: "late"}


def test_leaving_what_the_other_noted_keeps_it(roll: Roll, client: FlaskClient, session: Session) -> None:
    actions.take_attendance(roll.lesson, {roll.ada.id: AWAY}, roll.chloe, NOW)
    log_in(client, roll.samir)
    shown = client.post(f"{roll.url}/appel", data=roll.sent("present", "excused"))
    again = choose(choose(shown, f"choice-{roll.ada.id}", "theirs"), f"choice-{roll.bob.id}", "mine")
    client.post(f"{roll.url}/appel", data=again)
    assert marks(session) == {roll.ada.id: "absent", roll.bob.id: "excused"}


def test_without_a_choice_both_are_shown_again(roll: Roll, client: FlaskClient, session: Session) -> None:
    actions.take_attendance(roll.lesson, {roll.ada.id: AWAY}, roll.chloe, NOW)
    log_in(client, roll.samir)
    shown = client.post(f"{roll.url}/appel", data=roll.sent("present", "present"))
    again = client.post(f"{roll.url}/appel", data=choose(shown, "other", "x"))
    assert again.status_code == 409
    assert "Absent, noté par Chloé M." in again.text
    assert marks(session) == {roll.ada.id: "absent", roll.bob.id: "present"}


def test_what_i_left_as_i_read_it_gives_way(roll: Roll, client: FlaskClient, session: Session) -> None:
    actions.take_attendance(roll.lesson, {}, roll.samir, NOW)
    actions.take_attendance(roll.lesson, {roll.ada.id: AWAY}, roll.chloe, NOW)
    log_in(client, roll.samir)
    client.post(f"{roll.url}/appel", data=roll.sent("present", "excused", read="present:0"))
    assert marks(session) == {roll.ada.id: "absent", roll.bob.id: "excused"}


def test_who_entered_since_the_page_was_opened_is_left_alone(roll: Roll, client: FlaskClient, session: Session) -> None:
    actions.take_attendance(roll.lesson, {}, roll.samir, NOW)
    eve = make_young("Ève", "Test")
    actions.add_on_the_spot(roll.lesson, eve, roll.chloe, NOW)
    log_in(client, roll.samir)
    client.post(f"{roll.url}/appel", data=roll.sent("present", "absent", read="present:0"))
    assert marks(session) == {roll.ada.id: "present", roll.bob.id: "absent", eve.id: "present"}


@pytest.mark.parametrize("read", ["nowhere:0", "present", "present:-1", "present:²"])
def test_a_mark_that_no_page_sends_is_refused(roll: Roll, client: FlaskClient, read: str) -> None:
    log_in(client, roll.samir)
    assert client.post(f"{roll.url}/appel", data=roll.sent("present", "present", read=read)).status_code == 400
    assert client.post(f"{roll.url}/appel", data=roll.sent("present", "present", key="<")).status_code == 400


def test_a_script_reads_why_a_call_is_refused(roll: Roll, client: FlaskClient) -> None:
    log_in(client, roll.samir)
    answer = client.post(f"{roll.url}/appel", data=roll.sent("asleep", "present"), headers=JSON)
    assert answer.status_code == 422
    assert answer.json == {"refusals": ["Dire si Ada T. est là."]}


def choose(page: TestResponse | dict[str, str], name: str, value: str) -> dict[str, str]:
    """What the form of a page sends once this is chosen."""
    if isinstance(page, dict):
        return {**page, name: value}
    form = BeautifulSoup(page.data, "html.parser").select_one("form[data-kept]")
    assert form is not None
    boxes = form.select("input[name]:not([type=radio]):not([type=checkbox]), input[checked][name]")
    sent = {str(box["name"]): str(box.get("value", "")) for box in boxes}
    sent |= {
        str(one["name"]): str((one.select_one("option[selected]") or one)["value"]) for one in form.select("select")
    }
    return {**sent, name: value}


# --- the grid -----------------------------------------------------------------------------------


class Late:
    """Samir opens the grid at ten; Chloé saves at five past; Samir sends at ten past."""

    def __init__(self, roll: Roll, client: FlaskClient, session: Session) -> None:
        self.roll, self.client = roll, client
        self.ids = dict(session.execute(select(Competency.code, Competency.id)).all())

    def chloe_saves(self, person: Person, code: str, level: int) -> None:
        at = NOW + timedelta(minutes=5)
        validate(person, {code: level}, self.roll.chloe, at=at, training_session=self.roll.lesson)

    def samir_sends(
        self, *cells: tuple[Person, str, int], headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        data = {
            "key": KEY,
            "seen_at": str(int(NOW.timestamp())),
            "level": "target",
            "cell": [f"{person.id}.{self.ids[code]}.{level}" for person, code, level in cells],
            **more,
        }
        return self.client.post(f"{self.roll.url}/valider", data=data, headers=headers)


@pytest.fixture
def late(roll: Roll, client: FlaskClient, session: Session) -> Late:
    log_in(client, roll.samir)
    return Late(roll, client, session)


def given(session: Session) -> list[tuple[int, int, int]]:
    session.expire_all()
    return [
        (one.author_id, one.person_id, one.level) for one in session.scalars(select(Validation).order_by(Validation.id))
    ]


def test_a_grid_over_another_level_shows_both_and_writes_nothing_yet(late: Late, session: Session) -> None:
    roll = late.roll
    late.chloe_saves(roll.ada, "MAC-01", 3)
    cells = ((roll.ada, "MAC-01", 2), (roll.bob, "MAC-02", 3))
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert late.samir_sends(*cells, headers=JSON).json == {"conflict": True}
        shown = late.samir_sends(*cells)
    assert shown.status_code == 409
    assert "Chloé M.\u00a0: niveau 3, à 10\u00a0h\u00a005. Ici\u00a0: niveau 2." in shown.text
    assert given(session) == [(roll.chloe.id, roll.ada.id, 3)]
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        compared = str(int((NOW + timedelta(minutes=10)).timestamp()))
        key = f"choice-{roll.ada.id}-{late.ids['MAC-01']}"
        assert late.samir_sends(*cells, compared_at=compared, **dict[str, Any]({key: "both"})).status_code == 302
    assert given(session) == [
        (roll.chloe.id, roll.ada.id, 3), (roll.samir.id, roll.ada.id, 2), (roll.samir.id, roll.bob.id, 3)
    ]  # fmt: skip
    assert levels_held(roll.ada) == {"MAC-01": 3}


def test_the_others_level_may_be_left_and_the_rest_is_saved(late: Late, session: Session) -> None:
    roll = late.roll
    late.chloe_saves(roll.ada, "MAC-01", 3)
    key = f"choice-{roll.ada.id}-{late.ids['MAC-01']}"
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        compared = str(int((NOW + timedelta(minutes=10)).timestamp()))
        sent: dict[str, Any] = {"compared_at": compared, key: "theirs"}
        late.samir_sends((roll.ada, "MAC-01", 2), (roll.bob, "MAC-02", 3), **sent)
        assert given(session) == [(roll.chloe.id, roll.ada.id, 3), (roll.samir.id, roll.bob.id, 3)]
        nothing = late.samir_sends((roll.ada, "MAC-01", 2), headers=JSON, **sent)
    assert nothing.json["next"].startswith(roll.url)  # type: ignore[index]  # an answer of ours


def test_the_same_level_from_both_is_two_lines_and_no_question(late: Late, session: Session) -> None:
    roll = late.roll
    late.chloe_saves(roll.ada, "MAC-01", 2)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert late.samir_sends((roll.ada, "MAC-01", 2)).status_code == 302
    assert given(session) == [(roll.chloe.id, roll.ada.id, 2), (roll.samir.id, roll.ada.id, 2)]


def test_what_arrived_without_its_answer_is_not_written_again_with_more_cells(late: Late, session: Session) -> None:
    roll = late.roll
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        late.samir_sends((roll.ada, "MAC-01", 2))
        late.samir_sends((roll.ada, "MAC-01", 2), (roll.bob, "MAC-01", 2), key="m" * 32)
    assert given(session) == [(roll.samir.id, roll.ada.id, 2), (roll.samir.id, roll.bob.id, 2)]


def test_a_device_of_the_team_forgets_at_log_out_and_a_young_persons_does_not(roll: Roll, client: FlaskClient) -> None:
    log_in(client, roll.samir)
    assert client.post("/sortir").headers["Clear-Site-Data"] == '"storage"'
    log_in(client, roll.ada)
    assert "Clear-Site-Data" not in client.post("/sortir").headers
    log_in(client, roll.samir)
    assert client.post("/borne/suivant").headers["Clear-Site-Data"] == '"storage"'
