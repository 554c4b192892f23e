"""What the rules of evidence look at: plain values, no Flask, no SQLAlchemy."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

#: a file or an address that anybody may look at again, or the words of who was there
PIECES = ("photo", "file", "link", "sheet")
WORDS = ("checklist", "oral", "presence")
#: the kind of piece, and the catalogue's code of the kind of evidence that such pieces are
CHECKLIST = "checklist"
KINDS = (*PIECES, *WORDS)
TEXT_LENGTH = 300
#: pieces of one person, and bytes of all their files: a phone that sends on and on fills no disk
MOST_PIECES = 300
MOST_BYTES = 400 * 1024 * 1024
PHOTOS_OF_A_SHEET = 3
#: kinds of evidence, by the catalogue's code, that say somebody was there or spoke, not that they did it
WEAK = frozenset({"attendance", "oral"})
#: the house's own limits among its settings: training.evidence.piece_from_level…
PREFIX = "training.evidence"


@dataclass(frozen=True)
class ProofLevels:
    """What a level asks at least. 5 is above every level: never asked."""

    seen_from_level: int = 2
    piece_from_level: int = 5  # never, until the house asks: validating a group stays one gesture

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "ProofLevels":
        """From the house's settings; what the house did not set keeps its default."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: int(value) for name, value in settings.items() if name in known})


@dataclass(frozen=True)
class ProofFacts:
    """What the rule of minimum evidence must know.

    ``expected`` is the kind that each competency expects; ``with_file`` are the kinds that a file may come with;
    ``pieces`` the pieces there are, by person and competency, ``ticked`` what was ticked on a checklist. Names and
    titles are for sentences shown to staff.
    """

    expected: Mapping[int, str] = field(default_factory=dict)
    with_file: frozenset[str] = frozenset()
    pieces: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    ticked: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)
    levels: ProofLevels = ProofLevels()


@dataclass(frozen=True)
class AddingFacts:
    """What the rules of adding a piece must know."""

    by_owner: bool
    by_team: bool
    pieces: int
    bytes_kept: int


@dataclass(frozen=True)
class TickFacts:
    """What the rule of ticking an expected proof must know. ``expected``: those of the stage, in its words."""

    by_team: bool
    oneself: bool
    expected: tuple[str, ...]


@dataclass(frozen=True)
class SheetFacts:
    """What the rules of the gallery must know of a sheet and its owner on a day.

    ``agrees`` when the owner said yes; ``image_covered`` when an agreement on photos covers the day.
    """

    agrees: bool
    hidden: bool
    photos: int
    birth_date: date | None
    image_covered: bool
    photos_refused: bool
    gone: bool = False
