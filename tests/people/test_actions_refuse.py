"""What actions refuse themselves, whatever a form let through: asked without any page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from fablab.people import (
    actions,
    actions_account,
    actions_file,
    actions_links,
    actions_second,
    actions_sessions,
    actions_staff,
)
from fablab.people.models import Person
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import PIN, make_minor, make_staff, make_young

ASKED = actions.NewYoungPerson(
    first_name="Inès",
    last_name="Benali",
    birth=date(2010, 5, 3),
    situation="in_school",
    photos_allowed=None,
    pin=PIN,
    key="a-key-of-this-test-only",
)
AGREED = actions.Agreed("machines", "Nadia Perrin", "mother", NOW.date() - timedelta(days=30), None)


@pytest.fixture
def lucie(app: Flask) -> Person:
    """Somebody at the desk."""
    return make_staff("Lucie")


def codes(act: Callable[[], object]) -> list[str]:
    """The codes with which an act is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.codes


def test_a_situation_of_no_list_makes_no_account(session: Session, lucie: Person) -> None:
    asked = replace(ASKED, situation="on holiday")
    assert codes(lambda: actions.make_young_person(asked, lucie, NOW)) == ["situation"]
    assert actions.make_young_person(ASKED, lucie, NOW).person.situation == "in_school"


def test_somebody_perhaps_known_is_a_refusal_with_its_code(session: Session, lucie: Person) -> None:
    known = make_young("Inès", "Autre", birth_date=ASKED.birth)
    with pytest.raises(actions.PerhapsKnown) as refused:
        actions.make_young_person(ASKED, lucie, NOW)
    assert refused.value.codes == ["perhaps_known"]
    assert refused.value.people == [known]


def test_an_authorisation_of_no_kind_of_ours_is_not_recorded(session: Session, lucie: Person) -> None:
    minor = make_minor()
    assert codes(lambda: actions.authorise(minor, replace(AGREED, kind="everything"), lucie, NOW)) == ["kind"]
    assert actions.authorise(minor, AGREED, lucie, NOW).kind == "machines"


def test_a_language_that_the_house_does_not_speak_is_refused(session: Session, lucie: Person) -> None:
    assert codes(lambda: actions_account.choose_language(lucie, "tlh")) == ["unknown"]
    actions_account.choose_language(lucie, "en")
    assert lucie.language == "en"


def test_an_answer_of_no_list_is_not_written(session: Session, lucie: Person) -> None:
    tom = make_minor()
    asked = actions_file.FollowUpFacts({"gender": "whatever"}, None)
    assert codes(lambda: actions_file.record_follow_up(tom, asked, lucie, NOW)) == ["answer"]
    asked = actions_file.FollowUpFacts({}, "no-organisation-of-ours")
    assert codes(lambda: actions_file.record_follow_up(tom, asked, lucie, NOW)) == ["structure"]


def test_a_session_that_is_not_theirs_is_not_closed(session: Session, lucie: Person) -> None:
    assert codes(lambda: actions_sessions.close_one(lucie, 987654, lucie, NOW)) == ["unknown"]


def test_a_link_taken_once_serves_no_more(session: Session, lucie: Person) -> None:
    version = lucie.enter_version
    actions_links.reset_password(lucie, version, "sept poules rousses", NOW)
    assert codes(lambda: actions_links.reset_password(lucie, version, "huit poules rousses", NOW)) == ["used"]


def test_without_a_second_step_no_code_is_right(session: Session, lucie: Person) -> None:
    assert codes(lambda: actions_second.pass_step(lucie, "123456", NOW)) == ["wrong"]


def test_somebody_who_left_is_not_invited_again(session: Session, lucie: Person) -> None:
    gone = make_staff("Bastien", left_at=NOW)
    assert codes(lambda: actions_staff.invite_again(gone, lucie, NOW)) == ["left"]
