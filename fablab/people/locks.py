"""Whether somebody is locked out just now, by wrong tries from any device."""

from datetime import datetime

from sqlalchemy.orm import Session

from fablab.people import queries, rules_secrets, secrets, upkeep_access
from fablab.people.models import Person
from fablab.people.rules_secrets import TRIES_BEFORE_HELP, Tries


def lock_of(session: Session, person: Person, now: datetime) -> str | None:
    """Why this person cannot enter now, from some device or at the kiosk: "locked", "locked_until_help", or None."""
    counted = {secrets.identifier_digest(one): _help_after(one) for one in upkeep_access.identifiers(person)}
    closed = [
        rules_secrets.lock(
            Tries(row.tries, row.locked_until), now, help_after=counted[row.device_of or row.identifier_digest]
        )
        for row in queries.tries_on(session, list(counted))
    ]
    return max((refusal.code for refusal in closed if refusal), key=len, default=None)


def _help_after(identifier: str) -> int | None:
    # A password only ever waits: whoever knows an address must not lock its owner out for good.
    return None if identifier.startswith("email:") else TRIES_BEFORE_HELP
