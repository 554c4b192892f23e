"""Keys with which programs speak for somebody, and what was answered to what they asked to write."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person


class Token(Model):
    """A key for programs: it acts in its maker's name, for their own things or for the house's. Told once."""

    __tablename__ = "api_token"
    __table_args__ = (
        one_of("kind", ("own", "house")),
        CheckConstraint("expires_at > made_at", name="lasts"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, comment="in whose name it acts")
    kind: Mapped[str] = mapped_column(String(5), comment="own: its maker's things; house: everybody's")
    name: Mapped[str] = mapped_column(String(60), comment="which program it is for")
    scopes: Mapped[list[str]]
    key_digest: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the key")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(comment="first moment it opens nothing")
    used_at: Mapped[datetime | None] = mapped_column(comment="last used, to a few minutes")
    ended_at: Mapped[datetime | None] = mapped_column(comment="revoked, or its maker's access ended")

    person: Mapped[Person] = relationship()

    def works(self, now: datetime) -> bool:
        """Whether it still opens something at a moment."""
        return self.ended_at is None and now < self.expires_at


class Answered(Model):
    """What was answered to a request to write, by the key that its program gave it: asked again, it is said again."""

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("token_id", "key", name="uq_api_answer"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str] = mapped_column(String(64))
    asked_digest: Mapped[str] = mapped_column(String(64), comment="sha256 of method, address and body")
    asked_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None] = mapped_column(comment="empty: it is being done")
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
