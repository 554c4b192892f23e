"""Pure: the validation grid, people × competencies, as rows ready to print, and the draft that a facilitator fills.

Nothing here is saved: a draft is what the form holds between two sendings. The rules stay in ``rules``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

#: the level choice that means «each column's own target»
TARGET = 0
LEVELS = (1, 2, 3, 4)

#: (person, competency) -> level that waits to be saved
Draft = dict[tuple[int, int], int]


class Malformed(ValueError):
    """A form value that no page of ours sends."""


@dataclass(frozen=True)
class Column:
    """One competency of the grid, with the level its stage aims at and the kind of evidence it expects.

    ``allowed`` when the reader may validate it.
    """

    competency_id: int
    title: str
    target: int
    criteria: tuple[str, ...] = ()
    allowed: bool = True
    evidence: str = ""


class Proof(NamedTuple):
    """On what the cells of a competency rest in this sending: a kind of evidence, and a note about the skill."""

    evidence: str
    note: str = ""


@dataclass(frozen=True)
class Member:
    """One person of the grid; only who is present can be validated. ``status`` says why not."""

    person_id: int
    name: str
    present: bool = True
    status: str = ""


class Cell(NamedTuple):
    """One cell, ready to print: its key in the page, its value in the form, its state, what it shows."""

    key: str
    value: str
    state: str
    shown: str
    ticked: bool
    level: int
    target: int
    competency_id: int
    allowed: bool
    proposed: int = 0


class Row(NamedTuple):
    """One person's cells; none when absent."""

    member: Member
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """What the page is made of: columns, people, and the levels already held."""

    columns: Sequence[Column]
    members: Sequence[Member]
    held: Mapping[tuple[int, int], int]
    #: what the young people think to manage: shown beside, never counted
    proposed: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def level_for(self, column: Column, choice: int) -> int:
        """The level that a tap gives in this column: the one chosen, or the column's target."""
        return choice or column.target

    def rows(self, draft: Draft) -> list[Row]:
        """The rows to print, in the order of the people."""
        return [
            Row(member, tuple(self._cell(member, column, draft) for column in self.columns) if member.present else ())
            for member in self.members
        ]

    def read(self, values: Iterable[str], choice: int) -> Draft:
        """The draft held by a form.

        ``values`` are «person.competency» (ticked: takes ``choice``) or «person.competency.level».
        People absent or unknown are left out, and so are competencies of another page or that the reader may not
        validate. A level already held stays: the action says so, for it may come from a colleague. Raises Malformed.
        """
        columns = {column.competency_id: column for column in self.columns if column.allowed}
        present = {member.person_id for member in self.members if member.present}
        draft: Draft = {}
        for value in values:
            person_id, competency_id, level = _split(value)
            column = columns.get(competency_id)
            if column is None or person_id not in present:
                continue
            draft[person_id, competency_id] = level or self.level_for(column, choice)
        return draft

    def proofs(self, sent: Mapping[str, str], kinds: Collection[str]) -> dict[int, Proof]:
        """By competency, what a form says of the evidence and the note; what is expected where it says nothing.

        ``sent`` holds «evidence-ID» (one of ``kinds``) and «note-ID». Raises Malformed.
        """
        found = {}
        for column in self.columns:
            evidence = sent.get(f"evidence-{column.competency_id}") or column.evidence
            if evidence != column.evidence and evidence not in kinds:
                raise Malformed(evidence)
            found[column.competency_id] = Proof(evidence, sent.get(f"note-{column.competency_id}", "").strip())
        return found

    def chosen(self, proofs: Mapping[int, Proof]) -> int:
        """For how many competencies the evidence is another one than expected, or a note is written."""
        return sum(proofs[column.competency_id] != Proof(column.evidence) for column in self.columns)

    def fill(self, draft: Draft, scope: str, choice: int) -> Draft:
        """The draft once «Tous», «toute la ligne» or «tous les présents» was pressed.

        ``scope`` is «column:ID», «row:ID», «all», «none» or «keep». Levels already held are left alone; pressed
        a second time it takes its own cells back. Raises Malformed.
        """
        if scope == "none":
            return {}
        draft = {cell: level for cell, level in draft.items() if level > self.held.get(cell, 0)}
        if scope == "keep":
            return draft
        wanted = self._wanted(scope, choice)
        if wanted and all(draft.get(cell) == level for cell, level in wanted.items()):
            return {cell: level for cell, level in draft.items() if cell not in wanted}
        return {**draft, **wanted}

    def _wanted(self, scope: str, choice: int) -> Draft:
        kind, _colon, number = scope.partition(":")
        if kind not in ("column", "row", "all") or (kind != "all" and not _is_id(number)):
            raise Malformed(scope)
        found: Draft = {}
        for member in self.members:
            if not member.present or (kind == "row" and member.person_id != int(number)):
                continue
            for column in self.columns:
                if not column.allowed or (kind == "column" and column.competency_id != int(number)):
                    continue
                cell = (member.person_id, column.competency_id)
                level = self.level_for(column, choice)
                if level > self.held.get(cell, 0):
                    found[cell] = level
        return found

    def _cell(self, member: Member, column: Column, draft: Draft) -> Cell:
        key = (member.person_id, column.competency_id)
        held, waiting = self.held.get(key, 0), draft.get(key, 0)
        state = "unseen" if not held else "reached" if held >= column.target else "started"
        plain = f"{member.person_id}.{column.competency_id}"
        value = f"{plain}.{waiting}" if waiting else plain
        return Cell(
            key=plain.replace(".", "-"),
            value=value,
            state=state,
            shown=str(held) if held else "—",
            ticked=bool(waiting),
            level=waiting or column.target,
            target=column.target,
            competency_id=column.competency_id,
            allowed=column.allowed,
            proposed=self.proposed.get(key, 0),
        )


def read_choice(text: str | None) -> int:
    """The level chosen above the grid; nothing sent means the target. Raises Malformed."""
    if text in (None, "", "target"):
        return TARGET
    if text not in {str(level) for level in LEVELS}:
        raise Malformed(text)
    return int(text or 0)


def _split(value: str) -> tuple[int, int, int]:
    parts = value.split(".")
    if len(parts) not in (2, 3) or not all(_is_id(part) for part in parts):
        raise Malformed(value)
    numbers = [int(part) for part in parts]
    level = numbers[2] if len(numbers) == 3 else 0
    if len(numbers) == 3 and level not in LEVELS:
        raise Malformed(value)
    return numbers[0], numbers[1], level


def _is_id(text: str) -> bool:
    # Short: Python refuses to read thousands of figures, and no id of ours has ten.
    return text.isdecimal() and len(text) < 10
