"""What the rules of validating speak of: cells of the grid, lines, corrections. Plain values.

Levels are those of the house's scale, 0 («pas encore vu») to 4 («transmet»): see pathways/data/pathways.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

LEVELS = (1, 2, 3, 4)
#: letters that a note about a skill may have
NOTE_LENGTH = 300


@dataclass(frozen=True)
class Cell:
    """One cell of the grid, filled: this person reached this level of this competency.

    ``note`` is about the skill, never about the person; ``evidence`` a kind of proof, the competency's own when None.
    """

    person_id: int
    competency_id: int
    level: int
    note: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class BatchFacts:
    """What the rules of validation must know. ``names`` are for sentences shown to staff only.

    ``asked_by`` gives, for each competency, the safety badges that ask it; ``rights`` the badges for which
    the author holds the right on that day. ``expected`` is None when there is no session.
    """

    author_id: int
    may_validate: bool
    absent: frozenset[int] = frozenset()
    expected: frozenset[int] | None = None
    begun: bool = True
    cancelled: bool = False
    asked_by: Mapping[int, frozenset[int]] = field(default_factory=dict)
    rights: frozenset[int] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A validation as the projection sees it: its level, the one it corrects, whether it waits for a second person."""

    id: int
    level: int
    corrects_id: int | None = None
    author_id: int = 0
    needs_second: bool = False
    at: datetime | None = None

    def came_after(self, moment: datetime, reader_id: int) -> bool:
        """Whether somebody else wrote it after this reader looked."""
        return self.author_id != reader_id and self.at is not None and self.at > moment


@dataclass(frozen=True)
class CorrectionFacts:
    """What the rules of a correction must know; ``rights_ok`` as for a validation of that competency."""

    author_id: int
    person_id: int
    may_validate: bool
    rights_ok: bool
    level_now: int
    already_corrected: bool


@dataclass(frozen=True)
class UndoFacts:
    """What the rule of «undo this batch» must know."""

    author_id: int
    saved_on: date
    is_correction: bool
