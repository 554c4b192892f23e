"""The rules of bookings that nobody began: when their time is free for others. Pure; ``now`` as an argument."""

from datetime import datetime, timedelta


def is_missed(
    kind: str, status: str, starts_at: datetime, created_at: datetime, late_after: timedelta | None, now: datetime
) -> bool:
    """Whether somebody's own booking keeps its time no more: so long after it began, or was made, nobody is there.

    ``late_after`` None: it always keeps it.
    """
    if late_after is None or kind != "own" or status != "confirmed":
        return False
    # Made on the step under way: whoever asked has as long as anybody.
    return max(starts_at, created_at) + late_after <= now


def was_missed(status: str, ends_at: datetime, now: datetime, *, suspended: bool) -> bool:
    """Whether an absence counts: noted, or deduced of a booking whose whole time went by without anybody."""
    return status == "no_show" or (status == "confirmed" and ends_at <= now and not suspended)
