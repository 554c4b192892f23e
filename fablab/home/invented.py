"""What is still marked «invented» in the house: to be replaced by what is true before real use."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from fablab.db import Model
from fablab.people.names import mask_of

MARK = "invented"
#: what names a row, the first that its table has
NAMES = ("name", "title", "key", "purpose", "code")
#: settings that only say what kind of database this is
NOT_OF_THE_HOUSE = ("demo", "demo_told")


@dataclass(frozen=True)
class Invented:
    """The rows of one table that are still invented: how many of how many, and their names, a hundred at most."""

    table: str
    count: int
    total: int
    names: list[str]


def left(session: Session) -> list[Invented]:
    """Every table that still holds invented rows, in order of name."""
    found = (_of(session, table) for table in _marked())
    return [one for one in found if one.count]


def count(session: Session) -> int:
    """How many rows are still invented."""
    return sum(one.count for one in left(session))


def _marked() -> Iterator[Table]:
    for table in sorted(Model.metadata.tables.values(), key=lambda one: one.name):
        if "data_status" in table.columns:
            yield table


def _of(session: Session, table: Table) -> Invented:
    held: Any = table.c.data_status == MARK
    if "key" in table.c:
        held &= table.c.key.not_in(NOT_OF_THE_HOUSE)
    named: Any = next((table.c[name] for name in NAMES if name in table.c), next(iter(table.primary_key)))
    counted, total = session.execute(select(func.count().filter(held), func.count()).select_from(table)).one()
    if not counted:
        return Invented(table.name, 0, total, [])
    if "masked_label" not in table.c:
        names = session.scalars(select(named).where(held).order_by(named).limit(100))
        return Invented(table.name, counted, total, [str(name) for name in names])
    columns = select(named, table.c.sensitive, table.c.masked_label, table.c.id)
    rows = session.execute(columns.where(held).order_by(named).limit(100))
    said = [mask_of(label, id_) if sensitive else str(name) for name, sensitive, label, id_ in rows]
    return Invented(table.name, counted, total, said)
