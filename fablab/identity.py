"""Who the house is: its name, town, workshop and the facts the law wants said, read from its settings.

Every page, letter and paper that names the house reads them here; nothing else holds a name. What a house has not
said is its default, or stays empty.
"""

from dataclasses import dataclass, fields
from typing import Any

from flask import current_app, g, has_app_context
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fablab import articles, house
from fablab.db import db
from fablab.i18n import _, language

PREFIX = "house"
#: what the law wants a house to say of itself, and what people need to reach it: «flask doctor» names those missing
OWED = ("publisher", "publication_director", "host", "dpo", "accessibility_contact", "address")


@dataclass(frozen=True)
class Identity:
    """The facts that a house says of itself; empty: not said. Sentences are in the language now spoken."""

    said_name: str = ""
    said_short_name: str = ""
    town: str = ""
    said_workshop: str = ""
    said_mark: str = ""
    said_welcome: str = ""
    said_welcome_english: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    publisher: str = ""
    publication_director: str = ""
    host: str = ""
    public_service: bool = False
    dpo: str = ""
    accessibility_contact: str = ""
    said_signature: str = ""

    @property
    def name(self) -> str:
        """«La Dynamo»."""
        return self.said_name or _("La maison")

    @property
    def short_name(self) -> str:
        """The name where there is little room: titles of pages, cards."""
        return self.said_short_name or self.name

    @property
    def of(self) -> str:
        """«de La Dynamo», «du Hangar», "of La Dynamo"."""
        return articles.of(self.name, language())

    @property
    def at(self) -> str:
        """«à La Dynamo», «au Hangar», "at La Dynamo"."""
        return articles.at(self.name, language())

    @property
    def workshop(self) -> str:
        """«le Fablab», "the Fablab"."""
        return articles.the(self._workshop, language())

    @property
    def of_workshop(self) -> str:
        """«du Fablab», "of the Fablab"."""
        return articles.of(self.workshop, language())

    @property
    def at_workshop(self) -> str:
        """«au Fablab», "at the Fablab"."""
        return articles.at(self.workshop, language())

    @property
    def workshop_name(self) -> str:
        """«Fablab», without its article."""
        return articles.bare(self._workshop)

    @property
    def responsible(self) -> str:
        """Who answers for the service: its publisher, or the house itself."""
        return self.publisher or self.name

    @property
    def postal(self) -> str:
        """The address and the town on one line."""
        if self.town and self.town.casefold() in self.address.casefold():
            return self.address
        return ", ".join(part for part in (self.address, self.town) if part) if self.address else ""

    @property
    def mark(self) -> str:
        """The words beside the wheel."""
        return self.said_mark or self.short_name

    @property
    def signature(self) -> str:
        """Under each letter."""
        return self.said_signature or _("L’équipe %(of_house)s", of_house=self.of)

    @property
    def welcome(self) -> str:
        """The sentence that opens the public home."""
        said = self.said_welcome if language() == "fr" else self.said_welcome_english
        if said:
            return said
        if self.town:
            return _(
                "On vient %(at_workshop)s %(of_house)s, à %(town)s, pour apprendre à se servir des machines.",
                **{"at_workshop": self.at_workshop, "of_house": self.of, "town": self.town},
            )
        return _(
            "On vient %(at_workshop)s %(of_house)s pour apprendre à se servir des machines.",
            **{"at_workshop": self.at_workshop, "of_house": self.of},
        )

    @property
    def _workshop(self) -> str:
        return self.said_workshop or "le Fablab"


#: setting -> the field that holds what it says
KEYS = {
    **{f"{PREFIX}.{one.name.removeprefix('said_')}": one.name for one in fields(Identity)},
    f"{PREFIX}.city": "town",
    "letters.signature": "said_signature",
}
del KEYS[f"{PREFIX}.town"], KEYS[f"{PREFIX}.signature"]


def of(session: Session) -> Identity:
    """The house as it says itself now; looked at once a transaction."""
    seen: tuple[object, Identity] | None = session.info.get("identity")
    transaction = session.get_transaction()
    if seen is None or seen[0] is not transaction or transaction is None:
        found = house.kept(session, _read)
        seen = session.info["identity"] = session.get_transaction(), found
    return seen[1]


def forget(session: Session) -> None:
    """Look again in this transaction: what the house says of itself has just been changed in it."""
    session.info.pop("identity", None)


def ours() -> Identity:
    """The house for templates. Where the database may be what failed, as it was last known."""
    if not has_app_context():
        return Identity()
    known: dict[str, Any] = current_app.extensions
    if g.get("identity_spared"):
        found: Identity = known.get("identity", Identity())
        return found
    found = known["identity"] = of(db.session())
    return found


def spare_the_database() -> None:
    """Ask the database nothing more for the page that is being made: it may be what failed."""
    g.identity_spared = True


def told() -> Identity:
    """The house for the command line, whose database may have no table yet."""
    try:
        return ours()
    except SQLAlchemyError:
        db.session.rollback()
        return Identity()


def _read(session: Session) -> Identity:
    held = house.settings(session)
    return Identity(**{field: held[key] for key, field in KEYS.items() if held.get(key)})
