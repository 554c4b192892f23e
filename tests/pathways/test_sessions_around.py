"""Sessions around a time: heads counted once, and nothing read that was over long ago."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from bookings.values import Slot
from fablab import clock
from pathways import actions
from pathways.queries_sessions import sessions_around
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_machines import make_fablab, on
from tests.make_pathways import enrol, make_group

TWO = Slot(on(date(2026, 11, 25), "14:00"), on(date(2026, 11, 25), "16:00"))


def test_who_left_and_came_back_to_a_group_is_one_head(session: Session) -> None:
    make_fablab()
    samir, group, ada = make_staff(), make_group(), make_young()
    actions.plan_session(group, "", [PartWish(TWO.start, TWO.end)], [samir.id], samir, NOW)
    enrol(ada, group, status="dropped", ended_on=clock.local_day(TWO.start))
    enrol(ada, group)
    heads = sessions_around(session, [], TWO).heads
    assert sorted((one.person_id or 0, one.heads) for one in heads) == [(0, 1), (samir.id, 1)]


def test_a_session_of_another_day_is_neither_a_head_nor_a_meeting(session: Session) -> None:
    make_fablab()
    samir, group = make_staff(), make_group()
    actions.plan_session(group, "", [PartWish(TWO.start, TWO.end)], [samir.id], samir, NOW)
    for days in (-7, -1, 1):
        span = Slot(TWO.start + timedelta(days=days), TWO.end + timedelta(days=days))
        around = sessions_around(session, [samir.id], span)
        assert (around.heads, around.meetings) == ((), ())
    assert len(sessions_around(session, [samir.id], TWO).meetings) == 1
