"""Wrong tries are forgotten once they matter no more."""

from datetime import datetime

from sqlalchemy import delete, or_

from fablab.db import transaction
from fablab.people.models import Lockout
from fablab.people.rules_secrets import DEVICE_KEPT, NONE_KEPT, TRIES_KEPT


def forget_old(now: datetime) -> int:
    """Delete the rows of wrong tries that no longer count, whether anybody has the identifier or not; how many.

    A device stays known longer than its tries count: its row says who entered from it.
    """
    shared, known = Lockout.device_of.is_(None), Lockout.device_of.is_not(None)
    answered_rightly_since = shared & (Lockout.tries == 0) & (Lockout.last_try_at < now - NONE_KEPT)
    old = or_(
        answered_rightly_since,
        shared & (Lockout.last_try_at < now - TRIES_KEPT),
        known & (Lockout.last_try_at < now - DEVICE_KEPT),
    )
    with transaction() as session:
        return int(session.execute(delete(Lockout).where(old)).rowcount)  # type: ignore[attr-defined]  # a DELETE says how many
