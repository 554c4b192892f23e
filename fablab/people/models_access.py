"""How people are let in: their open sessions, and the second step of those who hold more than a badge."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model
from fablab.people.models import Person


class OpenSession(Model):
    """One browser that somebody has entered: closed by hand, by its end, or with everything they have open."""

    __tablename__ = "open_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the key in the cookie")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(60), comment="coarse words: Chrome, Android")
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    kiosk_id: Mapped[int | None] = mapped_column(
        ForeignKey("kiosk.id"), index=True, comment="the team's shared tablet on which somebody said their password"
    )

    person: Mapped[Person] = relationship()

    def is_open(self, now: datetime) -> bool:
        """Whether this browser is still in at a moment."""
        return self.closed_at is None and now < self.ends_at


class SecondFactor(Model):
    """The authenticator of somebody of the team: six digits that change every thirty seconds (RFC 6238)."""

    __tablename__ = "second_factor"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), comment="the secret is made of it and of the house's own key")
    confirmed_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(default=0, comment="the last thirty seconds accepted: no code serves twice")


class RecoveryCode(Model):
    """A code on paper for the day the phone is lost; each serves once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "digest", name="uq_recovery_code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64), comment="keyed digest of an 80-bit code")
    used_at: Mapped[datetime | None]


class Kiosk(Model):
    """A tablet that everybody shares, enrolled by the administration: short codes are accepted there only."""

    __tablename__ = "kiosk"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    for_team: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="a tablet that the team shares: it changes person by code"
    )
    key_digest: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the key in its cookie")
    enrolled_at: Mapped[datetime]
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]

    enrolled_by: Mapped[Person] = relationship()


class ShownOnce(Model):
    """A secret on its way to the page that shows it once: read, or ten minutes later, the row is gone."""

    __tablename__ = "shown_once"
    mark: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="never given again: the pad of one row fits no other"
    )
    reader_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, comment="who asked for it: nobody else is shown it"
    )
    sealed: Mapped[str] = mapped_column(String(600), comment="noise without the pad, which the cookie holds")
    held_at: Mapped[datetime]
