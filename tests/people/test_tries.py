"""Wrong tries are kept while they count, and no longer."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.home.jobs import JOBS
from fablab.people import actions_tries
from fablab.people.models import Lockout
from fablab.scheduler import run_job
from tests.conftest import NOW
from tests.make import PIN, make_young

DAY = timedelta(days=1)


def knock(client: FlaskClient, handle: str, pin: str) -> int:
    return client.post("/entrer", data={"handle": handle, "secret": pin}).status_code


def counts(session: Session) -> list[int]:
    session.rollback()
    return sorted(row.tries for row in session.query(Lockout).where(Lockout.device_of.is_(None)))


def test_tries_undone_by_a_right_code_are_forgotten_after_a_day(client: FlaskClient, session: Session) -> None:
    make_young(handle="renard-42")
    knock(client, "renard-42", "111222")
    knock(client, "renard-42", PIN)
    knock(client, "loutre-11", "111222")
    assert counts(session) == [0, 1]
    assert actions_tries.forget_old(NOW + DAY) == 0
    assert actions_tries.forget_old(NOW + DAY + timedelta(seconds=1)) == 1
    assert counts(session) == [1]


@pytest.mark.parametrize("handle", ["renard-42", "nobody-99"])
def test_a_lock_until_somebody_helps_lasts_a_year_for_anybody_alike(
    client: FlaskClient, session: Session, handle: str
) -> None:
    make_young(handle="renard-42")
    for turn in range(10):
        with time_machine.travel(NOW + timedelta(hours=turn // 5), tick=False):
            knock(client, handle, "111222")
    last = NOW + timedelta(hours=1)
    assert counts(session) == [10]
    assert actions_tries.forget_old(last + 365 * DAY) == 0
    assert actions_tries.forget_old(last + 365 * DAY + timedelta(seconds=1)) == 1
    assert counts(session) == []
    knock(client, handle, "111222")
    assert counts(session) == [1]


def test_the_scheduler_does_it_every_day(client: FlaskClient, session: Session) -> None:
    knock(client, "nobody-99", "111222")
    (job,) = (one for one in JOBS if one.name == "wrong tries")
    assert job.every == DAY
    assert run_job(job, NOW).result == "0 forgotten"
    assert run_job(job, NOW + 400 * DAY).result == "1 forgotten"
    assert counts(session) == []
