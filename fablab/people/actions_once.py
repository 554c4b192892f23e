"""A secret goes from the act that made it to the page that shows it, once; why so: docs/decisions/0027-shown-once.md.

It is cut into two halves, a random pad and what that pad makes of it (a one-time pad): the cookie holds one, the
database the other. Each alone is noise.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from fablab.db import transaction
from fablab.people.models import Person
from fablab.people.models_access import ShownOnce

#: what nobody has looked at by then is shown no more
WAITS = timedelta(minutes=10)


@dataclass(frozen=True)
class Half:
    """What the browser holds of a secret: which row has the rest, and the pad."""

    mark: str
    pad: str


def hold(secret: str, reader: Person, now: datetime) -> Half:
    """Keep a secret until ``reader`` is shown it. Nothing else of theirs waits any more."""
    plain = secret.encode()
    pad, mark = secrets.token_bytes(len(plain)), secrets.token_hex(16)
    with transaction() as session:
        session.execute(delete(ShownOnce).where(ShownOnce.reader_id == reader.id))
        session.add(ShownOnce(mark=mark, reader_id=reader.id, sealed=_crossed(plain, pad).hex(), held_at=now))
    return Half(mark, pad.hex())


def take(half: Half, reader: Person, now: datetime) -> str | None:
    """The secret, once: the row goes with it. None when it was shown before, waited too long, or is not theirs."""
    mine = (ShownOnce.mark == half.mark) & (ShownOnce.reader_id == reader.id)
    with transaction() as session:
        # A read that deletes: of two pages asked at once, one has it.
        taken = delete(ShownOnce).where(mine).returning(ShownOnce.sealed, ShownOnce.held_at)
        row = session.execute(taken).one_or_none()
    if row is None or row.held_at <= now - WAITS:
        return None
    return _crossed(bytes.fromhex(row.sealed), bytes.fromhex(half.pad)).decode()


def forget_old(now: datetime) -> int:
    """Delete what nobody looked at in time; how many."""
    with transaction() as session:
        gone = session.execute(delete(ShownOnce).where(ShownOnce.held_at <= now - WAITS))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE says how many


def _crossed(text: bytes, pad: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, pad, strict=True))
