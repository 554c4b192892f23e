"""What is read of keys for programs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fablab.people.models import Person
from fablab.people.models_tokens import Token

#: keys that a page lists
SHOWN = 100


def token_by_key(session: Session, key_digest: str) -> Token | None:
    """The key of this digest, whether it still works or not, with its maker and their roles: one statement."""
    found = select(Token).where(Token.key_digest == key_digest)
    found = found.options(joinedload(Token.person).joinedload(Person.grants))
    return session.scalars(found).unique().one_or_none()


def token_by_public_id(session: Session, public_id: str, kind: str) -> Token | None:
    """A key of a kind with its maker, or None."""
    found = select(Token).where(Token.public_id == public_id, Token.kind == kind)
    return session.scalar(found.options(joinedload(Token.person)))


def tokens(session: Session, kind: str, person_id: int | None = None) -> Sequence[Token]:
    """The keys of a kind that were not taken away, of one person or of everybody, the newest first."""
    found = select(Token).where(Token.kind == kind, Token.ended_at.is_(None)).options(joinedload(Token.person))
    if person_id is not None:
        found = found.where(Token.person_id == person_id)
    return session.scalars(found.order_by(Token.id.desc()).limit(SHOWN)).all()


def working(session: Session, person_id: int, now: datetime) -> int:
    """How many keys of somebody still open something."""
    found = select(func.count()).where(Token.person_id == person_id, Token.ended_at.is_(None), Token.expires_at > now)
    return session.scalar(found) or 0
