"""People, what they are in the house, how they enter, and the organisations they come from."""

from datetime import date, datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab import clock
from fablab.db import Model, new_public_id, one_of
from fablab.i18n import _
from fablab.people import names, rules
from fablab.permissions import Role, may

SITUATIONS = ("in_school", "dropped_out", "integration")
AUTHORISATIONS = ("participation", "machines", "outing", "image", "online_badge")


class Person(UserMixin, Model):  # type: ignore[misc]  # flask_login has no types
    """Anybody with an account: young person, staff, contact of an organisation."""

    __tablename__ = "person"
    __table_args__ = (
        one_of("situation", SITUATIONS),
        one_of("language", ("fr", "en")),
        CheckConstraint("handle IS NOT NULL OR email IS NOT NULL", name="can_enter"),
        # Lists of people, in order of name, page by page.
        Index("ix_person_last_name", "last_name", "first_name", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    handle: Mapped[str | None] = mapped_column(String(40), unique=True, comment="renard-42: how a young person enters")
    email: Mapped[str | None] = mapped_column(String(254), unique=True, comment="lower case; how staff enter")
    secret_hash: Mapped[str | None] = mapped_column(String(200), comment="argon2 of the PIN or password")
    short_hash: Mapped[str | None] = mapped_column(String(200), comment="argon2 of a 4-digit code, for kiosks only")
    birth_date: Mapped[date | None]
    situation: Mapped[str | None] = mapped_column(String(20))
    photos_allowed: Mapped[bool | None] = mapped_column(comment="choice said at the desk; empty: not asked yet")
    phone: Mapped[str | None] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    letters_to: Mapped[str | None] = mapped_column(
        String(254), comment="where a young person is written to; no way in, and siblings may share it"
    )
    letters_refused_at: Mapped[datetime | None] = mapped_column(
        comment="since when a mail server says: no such address"
    )
    told_by: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="group of notices -> letter, page or nothing; missing: letter"
    )
    request_key: Mapped[str | None] = mapped_column(
        String(40), unique=True, comment="of the form that made the account: sent twice, it makes one person"
    )
    enter_version: Mapped[int] = mapped_column(default=1, comment="raised to close every open session")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    left_at: Mapped[datetime | None] = mapped_column(comment="no access from then on; their acts keep their name")
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), comment="the account that holds all of it now"
    )
    erased_at: Mapped[datetime | None] = mapped_column(comment="who it was is forgotten; what is counted stays")

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id", order_by="RoleGrant.id"
    )
    cards: Mapped[list["Card"]] = relationship(back_populates="person", foreign_keys="Card.person_id")
    words: Mapped[list["PersonWord"]] = relationship(back_populates="person", cascade="all, delete-orphan")
    authorisations: Mapped[list["Authorisation"]] = relationship(
        back_populates="person", foreign_keys="Authorisation.person_id", order_by="Authorisation.id"
    )
    created_by: Mapped["Person | None"] = relationship(remote_side="Person.id", foreign_keys=[created_by_id])
    merged_into: Mapped["Person | None"] = relationship(remote_side="Person.id", foreign_keys=[merged_into_id])

    def get_id(self) -> str:
        """What the session cookie holds: unguessable, and void once the version is raised."""
        return f"{self.public_id}.{self.enter_version}"

    @property
    def is_active(self) -> bool:
        """Whether this person may still enter."""
        return self.left_at is None

    @property
    def roles(self) -> list[Role]:
        """The roles held, in the order of Role."""
        held = {grant.role for grant in self.grants if grant.ended_at is None}
        return [role for role in Role if role in held]

    @property
    def enters_by_pin(self) -> bool:
        """Whether somebody is a young person and nothing else: a short code opens nothing of the team's."""
        return self.roles == [Role.YOUNG]

    def age_on(self, day: date) -> int | None:
        """Full years lived on a day; None without a birth date."""
        return rules.age_on(self.birth_date, day) if self.birth_date else None

    def may(self, verb: str) -> bool:
        """Whether one of the roles allows this verb."""
        return may(self.roles, verb)

    @property
    def written_to(self) -> str | None:
        """The address where letters go, working or not."""
        return self.letters_to or self.email

    @property
    def letters_reach(self) -> str | None:
        """The address where letters reach this person; None without one, or once it was refused."""
        return None if self.letters_refused_at else self.written_to

    @property
    def short_name(self) -> str:
        """«Inès B.»: for staff only; never shown to another young person or to the public."""
        if self.erased_at:
            return _("Personne effacée")
        return names.short_name(self.first_name, self.last_name, self.email)

    @property
    def full_name(self) -> str:
        """First and last name: for staff only. Who was invited and has not come yet is known by the e-mail."""
        if self.erased_at:
            return _("Personne effacée")
        return names.full_name(self.first_name, self.last_name, self.email)


class PersonWord(Model):
    """One word of somebody's names or handle, folded: what the search seeks by its first letters."""

    __tablename__ = "person_word"
    # Compared byte by byte on both engines, so that "begins with" is a range of the index.
    word: Mapped[str] = mapped_column(
        String(80).with_variant(String(80, collation="C"), "postgresql"),
        primary_key=True,
        comment="lower case, no accents",
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)

    person: Mapped[Person] = relationship(back_populates="words")


class RoleGrant(Model):
    """A role held from a day, by whom it was given, until it was ended."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", tuple(Role)),
        Index(
            "uq_role_grant_held",
            "person_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(20))
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])


class Authorisation(Model):
    """An agreement signed by a holder of parental authority (or by an adult for themselves), seen on paper."""

    __tablename__ = "authorisation"
    __table_args__ = (one_of("kind", AUTHORISATIONS), Index("ix_authorisation_person", "person_id", "kind"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    signer_name: Mapped[str] = mapped_column(String(160))
    signer_link: Mapped[str] = mapped_column(String(60), comment="mother, father, guardian, self")
    signed_on: Mapped[date]
    valid_until: Mapped[date | None] = mapped_column(comment="last day it covers; empty: until withdrawn")
    withdrawn_at: Mapped[datetime | None]
    seen_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="authorisations", foreign_keys=[person_id])
    seen_by: Mapped[Person] = relationship(foreign_keys=[seen_by_id])

    @property
    def withdrawn_on(self) -> date | None:
        """The local day from which it covers nothing."""
        return clock.local_day(self.withdrawn_at) if self.withdrawn_at else None

    @property
    def comes_back(self) -> bool:
        """Whether its withdrawal may be taken back: an agreement on photos is signed anew."""
        return self.kind != "image"


class Card(Model):
    """A printed card: its QR code holds a random token, of which only a digest is kept."""

    __tablename__ = "card"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of a 160-bit token")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="cards", foreign_keys=[person_id])


class Lockout(Model):
    """Wrong tries on one identifier: a pause after 5, help from the team after 10 (CNIL, deliberation 2022-100).

    One row for all devices that nobody has entered from, one for each device known to the identifier.
    """

    __tablename__ = "lockout"
    identifier_digest: Mapped[str] = mapped_column(
        String(64), primary_key=True, comment="keyed digest, so that a typing error names nobody"
    )
    device_of: Mapped[str | None] = mapped_column(
        String(64), index=True, comment="of a device known to an identifier: the identifier's digest"
    )
    tries: Mapped[int] = mapped_column(default=0)
    last_try_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    day_tries: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="wrong ones since day_began_at; a right secret forgets none"
    )
    day_began_at: Mapped[datetime | None]


class Structure(Model):
    """An organisation of the house: association, resident, municipal service, school."""

    __tablename__ = "structure"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    domain: Mapped[str | None] = mapped_column(String(60))
    resident: Mapped[bool] = mapped_column(default=False)
    prescriber: Mapped[bool] = mapped_column(default=False, comment="may refer young people")
    sensitive: Mapped[bool] = mapped_column(default=False, comment="its name may reveal health or court matters")
    masked_label: Mapped[str | None] = mapped_column(
        String(200), comment="shown to all but coordinators when sensitive"
    )
    contact_role: Mapped[str | None] = mapped_column(String(120), comment="a function, never a name")
    agreement: Mapped[str | None] = mapped_column(String(40), comment="state of the convention")
    insurance_required: Mapped[bool] = mapped_column(default=True)
    insurance_until: Mapped[date | None]
    access_badges: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None]
    data_status: Mapped[str] = mapped_column(String(20))

    contacts: Mapped[list["StructureContact"]] = relationship(back_populates="structure")


class Scheme(Model):
    """A public or private scheme the house works with (dispositif)."""

    __tablename__ = "scheme"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    nature: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None]
    excluded_pathways: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), comment="codes of pathways that it does not pay for"
    )
    data_status: Mapped[str] = mapped_column(String(20))


class StructureContact(Model):
    """Somebody who acts for an organisation, from a day to another."""

    __tablename__ = "structure_contact"
    __table_args__ = (UniqueConstraint("structure_id", "person_id", name="uq_structure_contact"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]

    structure: Mapped[Structure] = relationship(back_populates="contacts")
    person: Mapped[Person] = relationship()


class FollowUp(Model):
    """A referent follows a young person, from a day to another: access ends the day the link ends."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("ix_follow_up_referent", "referent_id", "until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    referent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id"))
    since: Mapped[date]
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="ended by hand: nothing is read from then on")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    referent: Mapped[Person] = relationship(foreign_keys=[referent_id])
    structure: Mapped[Structure | None] = relationship()
