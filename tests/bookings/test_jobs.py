from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, jobs
from bookings.values import Ask
from fablab.outbox import Message
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, make_resource, slot

WHEN = slot("14:00", "15:00")


def test_what_was_checked_in_is_done_once_it_is_over(app: Flask) -> None:
    booking = make_booking(make_resource(), WHEN, make_young())
    actions.check_in(booking, make_staff(), WHEN.start)
    assert jobs.finish_ended(WHEN.end - timedelta(seconds=1)) == "0 done"
    assert jobs.finish_ended(WHEN.end) == "1 done"
    assert jobs.finish_ended(WHEN.end) == "0 done"
    assert booking.status == "done"


def test_a_request_without_an_answer_is_refused_when_its_hour_comes_and_its_author_told(session: Session) -> None:
    ada = make_young()
    booking = actions.request(Ask(make_resource().id, WHEN, holder_id=ada.id), ada, NOW)
    assert jobs.refuse_unanswered(WHEN.start - timedelta(seconds=1)) == "0 refused"
    assert jobs.refuse_unanswered(WHEN.start) == "1 refused"
    assert jobs.refuse_unanswered(WHEN.start) == "0 refused"
    assert booking.status == "refused"
    assert "Personne n’a répondu" in session.scalars(select(Message.text)).one()
