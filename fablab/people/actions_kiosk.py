"""Kiosks: enrolling a tablet that everybody shares, and ending it."""

import secrets as random_bytes
from datetime import datetime

from fablab import journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Person
from fablab.people.models_access import Kiosk
from fablab.refusals import refuse


def enrol(name: str, by: Person, now: datetime) -> str:
    """Make this device a kiosk; returns the key that its cookie keeps, told this once."""
    key = random_bytes.token_urlsafe(24)
    with transaction() as session:
        kiosk = Kiosk(name=name, key_digest=key_digest(key), enrolled_at=now, enrolled_by_id=by.id)
        session.add(kiosk)
        session.flush()
        journal.note(session, "kiosk.enrol", "kiosk", kiosk.id, by=by, now=now)
    return key


def end(kiosk_id: int, by: Person, now: datetime) -> None:
    """The device is a kiosk no more: short codes open nothing there. Raises Refused: unknown."""
    with transaction() as session:
        kiosk = session.get(Kiosk, kiosk_id, with_for_update={"of": Kiosk})
        if kiosk is None:
            raise refuse("unknown", _("Cette borne n’existe pas."))
        if kiosk.ended_at is None:
            kiosk.ended_at = now
            journal.note(session, "kiosk.end", "kiosk", kiosk.id, by=by, now=now)
