"""What programs asked to write, done once: the answer is kept a day under the key that the program gave it."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from fablab.db import transaction
from fablab.people import rules_tokens
from fablab.people.models_tokens import Answered
from fablab.people.rules_tokens import ANSWER_KEPT, GIVEN_UP
from fablab.people.upkeep_access import insert_into
from fablab.refusals import Refused


def claim(token_id: int, key: str, asked_digest: str, now: datetime) -> tuple[int, dict[str, Any]] | None:
    """None: it is mine to do. Else what was answered when the same was asked.

    Raises Refused: answer_other, answer_coming.
    Of two that come at once one does it; who gave up without an answer (a process that died) is forgotten in a minute.
    """
    mine = (Answered.token_id == token_id, Answered.key == key)
    with transaction() as session:
        abandoned = and_(Answered.status.is_(None), Answered.asked_at <= now - GIVEN_UP)
        session.execute(delete(Answered).where(*mine, or_(Answered.asked_at <= now - ANSWER_KEPT, abandoned)))
        new = insert_into(session, Answered).values(token_id=token_id, key=key, asked_digest=asked_digest, asked_at=now)
        if session.scalar(new.on_conflict_do_nothing().returning(Answered.id)) is not None:
            return None
        row = session.scalars(select(Answered).where(*mine)).one()
        if found := rules_tokens.answer_refusals(same=row.asked_digest == asked_digest, done=row.status is not None):
            raise Refused(found)
        return row.status or 0, row.body or {}


def keep(token_id: int, key: str, status: int, body: dict[str, Any]) -> None:
    """What was answered, for whenever it is asked again."""
    with transaction() as session:
        mine = update(Answered).where(Answered.token_id == token_id, Answered.key == key)
        session.execute(mine.values(status=status, body=body))


def release(token_id: int, key: str) -> None:
    """Nothing was done: it may be asked anew."""
    with transaction() as session:
        session.execute(delete(Answered).where(Answered.token_id == token_id, Answered.key == key))


def forget_old(now: datetime) -> int:
    """Delete the answers of more than a day ago; how many."""
    with transaction() as session:
        gone = session.execute(delete(Answered).where(Answered.asked_at <= now - ANSWER_KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE says how many
