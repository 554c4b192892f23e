"""Kiosks: enrolling a tablet that everybody shares, and ending it."""

import secrets as random_bytes
from datetime import datetime

from sqlalchemy import update

from fablab import journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Person
from fablab.people.models_access import Kiosk, OpenSession
from fablab.refusals import refuse


def enrol(name: str, by: Person, now: datetime, *, for_team: bool = False) -> str:
    """Make this device a kiosk (or a tablet of the team); returns the key that its cookie keeps, told this once."""
    key = random_bytes.token_urlsafe(24)
    with transaction() as session:
        kiosk = Kiosk(name=name, for_team=for_team, key_digest=key_digest(key), enrolled_at=now, enrolled_by_id=by.id)
        session.add(kiosk)
        session.flush()
        journal.note(session, "kiosk.enrol", "kiosk", kiosk.id, by=by, now=now)
    return key


def end(kiosk_id: int, by: Person, now: datetime) -> None:
    """The device is a kiosk no more: short codes open nothing there, its sessions end. Raises Refused: unknown."""
    with transaction() as session:
        # NO KEY: a session that begins there holds its rows, then refers to the kiosk; each would wait for the other.
        kiosk = session.get(Kiosk, kiosk_id, with_for_update={"of": Kiosk, "key_share": True})
        if kiosk is None:
            raise refuse("unknown", _("Cette borne n’existe pas."))
        if kiosk.ended_at is None:
            kiosk.ended_at = now
            theirs = (OpenSession.kiosk_id == kiosk.id, OpenSession.closed_at.is_(None))
            session.execute(update(OpenSession).where(*theirs).values(closed_at=now))
            journal.note(session, "kiosk.end", "kiosk", kiosk.id, by=by, now=now)
