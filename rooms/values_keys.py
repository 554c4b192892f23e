"""Keys and access badges: what they are, and where each stands. Pure."""

import unicodedata
from datetime import date, timedelta
from typing import Literal

KINDS = ("badge", "key")
#: so long after a key ended, who had it is forgotten: only disputes of the days after ask for it (GDPR, art. 5)
KEPT = timedelta(days=30)
State = Literal["out", "late", "lost", "returned", "cancelled"]


def folded(label: str) -> str:
    """What is written on a key, as two are compared: «É-1» and «é-1» are one, on both database engines."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).casefold())


def state(*, due: date | None, lost: bool, returned: bool, cancelled: bool, today: date) -> State:
    """Where a key stands: late from the day after it was due; a lost one opens still, until it is cancelled."""
    if returned:
        return "returned"
    if cancelled:
        return "cancelled"
    if lost:
        return "lost"
    return "late" if due is not None and due < today else "out"
