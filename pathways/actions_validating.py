"""Validations, saved for a whole group at once. Only ever added."""

from collections.abc import Sequence
from datetime import datetime

from fablab.db import transaction
from fablab.people.models import Person
from pathways.upkeep_validating import Saved, save_batch
from pathways.values_validating import Cell

__all__ = ["Saved", "validate_batch"]


def validate_batch(
    session_id: int | None,
    author: Person,
    cells: Sequence[Cell],
    *,
    key: str,
    now: datetime,
    seen_at: datetime | None = None,
    compared_at: datetime | None = None,
) -> Saved:
    """Save the filled cells of a grid in the author's name: all or nothing, once only by ``key``.

    Cells at or below a level already reached are not written but given back in ``reached``. ``seen_at`` is when
    the author opened the grid: what a colleague saved since does not count as reached, so that both are kept; with
    another level it is refused as "newer_save" (by line), unless it was there at ``compared_at``, when the author
    was shown both. Raises Refused with every reason; code "already_reached" when nothing is left to write,
    "key_taken" when the key is another author's.
    """
    with transaction() as session:
        return save_batch(
            session, session_id, author, cells, key=key, now=now, seen_at=seen_at, compared_at=compared_at
        )
