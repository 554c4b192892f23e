"""Who the house is: its name, town, workshop and the facts the law wants said, read from its settings.

Every page, letter and paper that names the house reads them here; nothing else holds a name. What a house has not
said is its default, or stays empty.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import current_app, g, has_app_context
from sqlalchemy.orm import Session

from fablab import articles, clock, house
from fablab.db import db
from fablab.i18n import _, language

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
    said_sender: str = ""
    said_reply_to: str = ""
    not_before: str = "0"
    only_in_pages: tuple[str, ...] = ()

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
    def lacking(self) -> tuple[str, ...]:
        """What the law wants said, or people need, and the house has not said yet."""
        return tuple(name for name in OWED if not getattr(self, name))

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
    def sender(self) -> str:
        """Whom letters come from, beside the address."""
        return self.said_sender or self.name

    @property
    def reply_to(self) -> str:
        """Where an answer to a letter goes; empty: to the address that sent it."""
        return self.said_reply_to or self.email

    def writes(self, notice: str) -> bool:
        """Whether this notice goes by mail, besides the message on the home page."""
        return notice not in self.only_in_pages

    def leaves_at(self, now: datetime) -> datetime:
        """When a notice written now may leave: at the hour before which nothing is sent, local time, or at once."""
        first = clock.at(clock.local_day(now), time(int(self.not_before)))
        return max(now, first)

    @property
    def welcome(self) -> str:
        """The sentence that opens the public home."""
        said = self.said_welcome if language() == "fr" else self.said_welcome_english
        return said or self.usual_welcome

    @property
    def usual_welcome(self) -> str:
        """The opening sentence of a house that wrote none."""
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
    "house.name": "said_name",
    "house.short_name": "said_short_name",
    "house.city": "town",
    "house.workshop": "said_workshop",
    "house.mark": "said_mark",
    "house.welcome": "said_welcome",
    "house.welcome_english": "said_welcome_english",
    **{f"house.{name}": name for name in (*OWED, "phone", "email", "public_service")},
    "letters.signature": "said_signature",
    "letters.sender": "said_sender",
    "letters.reply_to": "said_reply_to",
    "letters.not_before": "not_before",
    "letters.only_in_pages": "only_in_pages",
}


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


def _read(session: Session) -> Identity:
    held = house.settings(session)
    said = {field: held[key] for key, field in KEYS.items() if held.get(key)}
    said["only_in_pages"] = tuple(said.get("only_in_pages", ()))
    return Identity(**said)
