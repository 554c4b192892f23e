"""Badges that end soon: told 30 days before, then 7, once each, however often the job runs."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.outbox import Message
from pathways import jobs
from tests.conftest import NOW
from tests.make import make_young
from tests.make_machines import give_badge
from tests.make_pathways import award, make_safety_badge


def said(session: Session) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.text.contains("renouveler")).order_by(Message.id)))


@pytest.mark.parametrize(("days", "told"), [(40, 0), (29, 1), (6, 1), (-1, 0)])
def test_an_end_within_thirty_days_is_told_once(session: Session, days: int, told: int) -> None:
    give_badge(make_young(), make_safety_badge(), expires_at=NOW + timedelta(days=days))
    for _twice in range(2):
        jobs.warn_of_endings(NOW)
    assert len(said(session)) == told


def test_it_is_told_again_seven_days_before_and_not_in_between(session: Session) -> None:
    give_badge(make_young(), make_safety_badge(), expires_at=NOW + timedelta(days=29))
    for days in range(0, 29):
        jobs.warn_of_endings(NOW + timedelta(days=days))
    assert len(said(session)) == 2


def test_a_badge_that_falls_asleep_is_told_so(session: Session) -> None:
    give_badge(make_young(), make_safety_badge(disuse_months=2), awarded_at=NOW - timedelta(days=40))
    assert jobs.warn_of_endings(NOW) == "1 told"
    assert "s’endort" in said(session)[0]


def test_a_renewed_badge_is_not_spoken_of(session: Session) -> None:
    ines, badge = make_young(), make_safety_badge("BS-LASER", {"MAC-05": 2})
    award(ines, badge, at=NOW - timedelta(days=350))
    award(ines, badge)
    assert jobs.warn_of_endings(NOW) == "0 told"
