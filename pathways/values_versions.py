"""What is said of a version of a pathway, part by part, and what changes from one to another. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Line:
    """One thing said: its key, how it is called, and its value in words."""

    key: str
    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """The pathway itself, a stage of it, or the words of a competency."""

    key: str
    title: str
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Change:
    """One difference: in which part, of what, and what stood before and stands after."""

    kind: Literal["added", "removed", "changed"]
    part: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Known:
    """A competency as the mapping sees it; ``replaces`` is the code of the one it comes from, as its author said."""

    code: str
    title: str
    replaces: str | None = None


@dataclass(frozen=True)
class Fates:
    """What becomes of each competency, by code, when somebody is moved."""

    kept: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aimed:
    """A competency aimed at in a stage of the new version, at a level."""

    code: str
    title: str
    level: int
    stage: str


@dataclass(frozen=True)
class Standing:
    """Where somebody would stand in the new version: what counts, what is left to do, badges that stay."""

    counts: tuple[Aimed, ...] = ()
    left: tuple[Aimed, ...] = ()
    badges: tuple[str, ...] = ()
