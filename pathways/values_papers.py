"""The papers that a pathway asks, and what is known of somebody's. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from fablab.people.rules import Agreement

#: signed by a parent: an agreement of the person, which blocks what it covers while it is missing
PARENTAL = "parental_authorisation"
#: said at the desk when the account is made, and kept there
PHOTOS = "photo_choice"

#: how a paper is known: ticked by the team, an agreement on file, said at the desk, kept by a school; or missing
Source = Literal["ticked", "agreement", "desk", "elsewhere", "missing"]


@dataclass(frozen=True)
class Receipt:
    """A paper ticked: the day it came, and by whom it was noted."""

    on: date
    by: str


@dataclass(frozen=True)
class PapersKnown:
    """What is known of one enrolment on a day."""

    birth_date: date | None
    photos_said: bool = False
    held_by: str | None = None
    agreements: tuple[Agreement, ...] = ()
    receipts: Mapping[str, Receipt] = field(default_factory=dict)


@dataclass(frozen=True)
class PaperLine:
    """One line of the checklist. ``blocks``: while it is missing, this minor does not take part in sessions."""

    code: str
    label: str
    source: Source = "missing"
    on: date | None = None
    until: date | None = None
    by: str = ""
    blocks: bool = False

    @property
    def missing(self) -> bool:
        """Whether it is still to be brought."""
        return self.source == "missing"

    @property
    def ticked(self) -> bool:
        """Whether the team ticks it by hand, and may say that it was not."""
        return self.source == "ticked"
