"""Unknown keys sent again and again from one address: told to wait. Kept in the memory of each process, for a minute.

Nothing is written, and a key that is known always passes: see docs/decisions/0030-keys-for-programs.md.
"""

import threading
from datetime import datetime, timedelta

#: unknown keys from one address in a minute before it is told to wait, and addresses kept at most
MOST, LASTS, KEPT = 20, timedelta(minutes=1), 1000


class Noise:
    """How many unknown keys came from each address, and since when."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def heard(self, address: str, now: datetime) -> int | None:
        """One more unknown key; the seconds to wait when there were too many, else None."""
        with self._lock:
            since, count = self._seen.get(address, (now, 0))
            if now - since >= LASTS:
                since, count = now, 0
            if address not in self._seen and len(self._seen) >= KEPT:
                self._seen = {one: told for one, told in self._seen.items() if now - told[0] < LASTS}
                if len(self._seen) >= KEPT:
                    self._seen.clear()
            self._seen[address] = since, count + 1
            return max(1, int((since + LASTS - now).total_seconds())) if count >= MOST else None

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()
