from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from fablab import house
from fablab.db import transaction
from fablab.house import HouseSetting
from fablab.journal import JournalEntry


def test_a_transaction_commits_on_leaving(session: Session) -> None:
    with transaction() as writing:
        house.write(writing, "a", 1)
    session.rollback()
    assert house.read(session, "a") == {"a": 1}


def test_a_transaction_leaves_nothing_behind_when_it_fails(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        house.write(writing, "a", 1)
        writing.flush()
        _ = 1 / 0
    assert session.get(HouseSetting, "a") is None


def test_a_transaction_refuses_to_nest(session: Session) -> None:
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass
    with transaction():
        pass


def test_a_naive_moment_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive"), transaction() as writing:
        writing.add(JournalEntry(at=datetime(2026, 1, 1), verb="x", thing="y", details={}))
        writing.flush()


def test_moments_come_back_in_utc_and_whole_seconds(session: Session) -> None:
    with transaction() as writing:
        entry = JournalEntry(at=datetime(2026, 1, 1, 12, 0, 5, 999, tzinfo=UTC), verb="x", thing="y", details={})
        writing.add(entry)
    session.expire_all()
    assert entry.at == datetime(2026, 1, 1, 12, 0, 5, tzinfo=UTC)
