"""What programs write: the very acts of the pages, all their refusals at once, once for each name of a request."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.home import jobs
from fablab.journal import JournalEntry
from fablab.people import actions_answers
from fablab.people.models import Person
from fablab.people.models_tokens import Answered
from fablab.people.rules_tokens import ANSWER_KEPT, GIVEN_UP
from fablab.permissions import Role
from machines.models import Machine
from tests.api.conftest import Program, make_key
from tests.api.test_keys import problem_of
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, make_fablab, make_machine, make_shift, on
from tests.people.test_races import at_once

WISH = {"machine": "VIN-01", "start": "2026-11-25T14:00:00+01:00", "minutes": 60}


def booked(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Booking)) or 0


def test_a_program_books_moves_and_cancels_for_its_person(mine: Program, session: Session, ines: Person) -> None:
    made = mine.post("/bookings", WISH)
    assert made.status_code == 201
    told = made.get_json()
    assert (told["person"], told["status"], told["start"]) == (ines.public_id, "confirmed", WISH["start"])
    moved = mine.post(f"/bookings/{told['id']}/move", {"start": "2026-11-25T14:00:00Z"})
    assert (moved.status_code, moved.get_json()["start"]) == (200, "2026-11-25T15:00:00+01:00")
    again = mine.post(f"/bookings/{told['id']}/move", {"start": "2026-11-25T15:00:00+01:00"})
    assert again.get_json() == moved.get_json()
    for _turn in range(2):
        gone = mine.post(f"/bookings/{told['id']}/cancel", {})
        assert (gone.status_code, gone.get_json()["status"]) == (200, "cancelled")
    entries = session.execute(select(JournalEntry.verb, JournalEntry.actor_id).where(JournalEntry.thing == "booking"))
    acts = ["booking.confirmed", "booking.moved", "booking.cancelled"]
    assert [tuple(one) for one in entries] == [(verb, ines.id) for verb in acts]


def test_every_refusal_comes_at_once_in_the_words_of_whom_it_is_for(
    mine: Program, house: Program, vinyl: Machine, app: Flask
) -> None:
    stranger = make_young("Sans", "Badge")
    wish = {**WISH, "start": "2026-11-24T10:30:00+01:00", "minutes": 700}
    own = Program(app.test_client(), make_key(stranger, "own"))
    young, staff = own.post("/bookings", wish), house.post("/bookings", {**wish, "person": stranger.public_id})
    codes = problem_of(young, 409)
    assert {"off_step", "badge_missing", "too_long", "too_soon", "supervision_missing"} <= set(codes)
    assert problem_of(staff, 409) == codes
    assert young.get_json(force=True)["detail"] != staff.get_json(force=True)["detail"]
    own.headers["Accept-Language"] = "en"
    said = own.post("/bookings", wish).get_json(force=True)["detail"]
    assert said not in (young.get_json(force=True)["detail"], "")


def test_a_house_key_acts_in_the_name_of_who_made_it(
    house: Program, session: Session, nadia: Person, ines: Person
) -> None:
    assert problem_of(house.post("/bookings", WISH), 422) == ["person_needed"]
    assert problem_of(house.post("/bookings", {**WISH, "machine": "NO-1", "person": ines.public_id}), 422) == [
        "machine_unknown"
    ]
    told = house.post("/bookings", {**WISH, "person": ines.public_id}).get_json()
    assert problem_of(house.post(f"/bookings/{told['id']}/cancel", {}), 422) == ["reason_needed"]
    assert house.post(f"/bookings/{told['id']}/cancel", {"reason": "machine"}).get_json()["status"] == "cancelled"
    booking = session.scalars(select(Booking)).one()
    session.refresh(booking)
    assert (booking.created_by_id, booking.reasons) == (nadia.id, [{"code": "cancel_machine"}])


def test_nobody_writes_what_is_somebody_elses(mine: Program, vinyl: Machine) -> None:
    give_badge(tom := make_young("Tom", "Autre"), vinyl.badge)
    other = make_booking(vinyl, slot("16:00", "17:00", WEDNESDAY), tom)
    assert problem_of(mine.post("/bookings", {**WISH, "person": tom.public_id}), 422) == ["key_own_only"]
    assert problem_of(mine.post(f"/bookings/{other.public_id}/cancel", {}), 404) == []
    assert problem_of(mine.post(f"/bookings/{other.public_id}/move", {"start": WISH["start"]}), 404) == []
    assert other.status == "confirmed"


def test_asked_again_the_same_is_said_again_and_done_once(mine: Program, session: Session, ines: Person) -> None:
    first, again = (mine.post("/bookings", WISH, name="my-request-1") for _turn in range(2))
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert booked(session) == 1
    other = mine.post("/bookings", {**WISH, "minutes": 30}, name="my-request-1")
    assert problem_of(other, 422) == ["answer_other"]
    refused, same = (mine.post("/bookings", WISH, name="my-request-2") for _turn in range(2))
    assert problem_of(refused, 409) == problem_of(same, 409)
    assert refused.get_json(force=True) == same.get_json(force=True)


def test_what_could_not_be_read_is_not_kept_and_needs_no_other_name(mine: Program, session: Session) -> None:
    assert problem_of(mine.post("/bookings", {**WISH, "machine": "NO-1"}, name="my-request-1"), 422)
    assert mine.post("/bookings", WISH, name="my-request-1").status_code == 201


def test_a_request_that_died_may_be_asked_anew_and_books_once(
    mine: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(actions_answers, "keep", lambda *_told: None)  # the process was killed before
        assert mine.post("/bookings", WISH, name="my-request-1").status_code == 201
    early = mine.post("/bookings", WISH, name="my-request-1")
    assert problem_of(early, 409) == ["answer_coming"]
    assert early.headers["Retry-After"] == "1"
    with time_machine.travel(NOW + GIVEN_UP, tick=False):
        assert mine.post("/bookings", WISH, name="my-request-1").status_code == 201
    assert booked(session) == 1


def test_answers_are_forgotten_after_a_day(mine: Program, session: Session) -> None:
    mine.post("/bookings", WISH)
    assert jobs.forget_tries(NOW + ANSWER_KEPT - timedelta(seconds=1)) == "0 forgotten"
    assert jobs.forget_tries(NOW + ANSWER_KEPT) == "1 forgotten"
    assert session.scalars(select(Answered)).all() == []


@pytest.mark.parametrize(
    ("sent", "status", "codes"),
    [
        ({"data": "{", "content_type": "application/json"}, 400, []),
        ({"data": b"\xff", "content_type": "application/json"}, 400, []),
        ({"data": "[" * 5000, "content_type": "application/json"}, 400, []),
        ({"data": "x", "content_type": "multipart/form-data"}, 415, ["json_only"]),
        ({"data": "machine=VIN-01", "content_type": "application/x-www-form-urlencoded"}, 415, ["json_only"]),
        ({"data": "{}", "content_type": "text/plain"}, 415, ["json_only"]),
        ({"json": []}, 422, ["unreadable"]),
        ({"json": {}}, 422, ["unreadable"] * 3),
        ({"json": {**WISH, "minutes": "60"}}, 422, ["unreadable"]),
        ({"json": {**WISH, "start": 1764000000}}, 422, ["unreadable"]),
        ({"json": {**WISH, "start": "2026-11-25T14:00:00"}}, 422, ["unreadable"]),
        ({"json": {**WISH, "start": "0001-01-01T00:00:00+14:00"}}, 422, ["unreadable"]),
        ({"json": {**WISH, "machine": "a\0b"}}, 422, ["unreadable"]),
        ({"json": {**WISH, "price": 3}}, 422, ["unreadable"]),
    ],
)
def test_what_is_not_the_json_that_is_asked_is_told_so(
    app: Flask, mine: Program, sent: dict[str, Any], status: int, codes: list[str]
) -> None:
    headers = {"Authorization": f"Bearer {mine.key}", "Idempotency-Key": "my-request-1"}
    assert problem_of(app.test_client().post("/api/v1/bookings", headers=headers, **sent), status) == codes


@pytest.mark.parametrize("name", ["", "short", "x" * 65, "with a space in it", "accentué-1"])
def test_who_writes_names_each_request(app: Flask, mine: Program, session: Session, name: str) -> None:
    headers = {"Authorization": f"Bearer {mine.key}", "Idempotency-Key": name}
    answer = app.test_client().post("/api/v1/bookings", headers=headers, json=WISH)
    assert problem_of(answer, 400) == ["answer_key_needed"]
    assert booked(session) == 0


def test_a_refusal_says_what_to_do_next_with_a_whole_address(mine: Program, app: Flask, vinyl: Machine) -> None:
    stranger = make_young("Sans", "Badge")
    answer = Program(app.test_client(), make_key(stranger, "own")).post("/bookings", WISH)
    steps = [one["next"] for one in answer.get_json(force=True)["refusals"] if "next" in one]
    assert all(step["url"].startswith(app.config["PUBLIC_URL"] + "/") and step["label"] for step in steps)


@pytest.mark.both
def test_a_write_takes_a_bounded_number_of_statements(
    mine: Program, ines: Person, count_statements: Statements
) -> None:
    mine.get("/bookings")
    count_statements.clear()
    assert mine.post("/bookings", WISH).status_code == 201
    assert len(count_statements) <= 30


def test_the_same_request_twice_at_once_is_one_act(shared_database: Flask) -> None:
    app, now = shared_database, clock.now()
    day = clock.local_day(now) + timedelta(days=7 - clock.local_day(now).weekday() + 2)  # a Wednesday
    fablab = make_fablab()
    make_shift(make_staff(), fablab.place, on(day, "08:30"), on(day, "22:00"))
    vinyl, ines = make_machine(fablab, "VIN-01"), make_young()
    give_badge(ines, vinyl.badge)
    key = make_key(ines, "own")
    public_id = make_booking(vinyl, slot("14:00", "15:00", day), ines, now=now).public_id
    db.session.remove()
    wish = {"start": on(day, "15:30").isoformat()}

    def send(number: int) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"request-{number // 4}-of-mine"}
        answer = app.test_client().post(f"/api/v1/bookings/{public_id}/move", json=wish, headers=headers)
        codes = [one["code"] for one in answer.get_json(force=True).get("refusals", [])]
        return answer.status_code, json.dumps(codes or answer.get_json(force=True)["start"])

    answers = at_once(app, send, times=4)
    assert {status for status, _said in answers} <= {200, 409}
    assert all("answer_coming" in said for status, said in answers if status == 409)
    assert 200 in {status for status, _said in answers}
    verbs = db.session.scalars(select(JournalEntry.verb).where(JournalEntry.verb == "booking.moved")).all()
    assert len(verbs) == 1


def test_a_coordinator_without_that_role_any_more_writes_nothing(
    app: Flask, house: Program, nadia: Person, ines: Person, session: Session
) -> None:
    for grant in nadia.grants:
        grant.ended_at = NOW
    db.session.commit()
    assert problem_of(house.post("/bookings", {**WISH, "person": ines.public_id}), 403) == ["key_maker_may_not"]
    assert Role.COORDINATOR not in nadia.roles
    assert booked(session) == 0
