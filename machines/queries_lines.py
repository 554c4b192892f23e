"""The lines that the statements of a room are made of: one shape for shifts, leads, groups, visits and bookings."""

from typing import Any

from sqlalchemy import Date, Integer, Select, String, bindparam, cast, literal, null, or_, select

from fablab.db import UtcDateTime
from fablab.people.models import Person

START = bindparam("start", type_=UtcDateTime())
END = bindparam("end", type_=UtcDateTime())
EARLIEST = bindparam("earliest", type_=UtcDateTime())
NO_NUMBER, NO_WORD = cast(null(), Integer), cast(null(), String)
#: somebody whose birth date nobody noted counts as a minor
MINOR = or_(Person.birth_date.is_(None), Person.birth_date > bindparam("eighteen", type_=Date()))


def line(what: str, one: Any, two: Any, word: Any, start: Any, end: Any) -> Select[Any]:
    """One branch of a room's statement: the same columns for shifts, leads, groups and a holder's bookings."""
    # Columns are not cast (SQLite would make a number of a date), only the nulls are, for PostgreSQL.
    return select(
        literal(what).label("what"),
        one.label("one"),
        two.label("two"),
        word.label("word"),
        start.label("starts"),
        end.label("ends"),
    )
