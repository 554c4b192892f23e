"""Keys and access badges: what they are, and where each stands. Pure."""

from datetime import date, timedelta
from typing import Literal

KINDS = ("badge", "key")
#: so long after a key ended, who had it is forgotten: only disputes of the days after ask for it (GDPR, art. 5)
KEPT = timedelta(days=30)
State = Literal["out", "late", "lost", "returned", "cancelled"]


def state(*, due: date | None, lost: bool, returned: bool, cancelled: bool, today: date) -> State:
    """Where a key stands: late from the day after it was due; a lost one opens still, until it is cancelled."""
    if returned:
        return "returned"
    if cancelled:
        return "cancelled"
    if lost:
        return "lost"
    return "late" if due is not None and due < today else "out"
