"""Sessions: one row for each browser that somebody has entered, so that each can be closed from elsewhere."""

import hashlib
import secrets as random_bytes
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from fablab import journal
from fablab.db import known_id, transaction
from fablab.i18n import _
from fablab.people import upkeep, upkeep_access
from fablab.people.models import Person
from fablab.people.models_access import OpenSession
from fablab.refusals import refuse

#: how long a session that is over can still be read about
KEPT = timedelta(days=30)


def key_digest(key: str) -> str:
    """What is kept of the key in a cookie: it is random and long, a plain digest is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def open_one(
    person: Person,
    device: str,
    lasts: timedelta,
    now: datetime,
    *,
    instead_of: str | None = None,
    kiosk_id: int | None = None,
    version: int | None = None,
) -> str:
    """Begin a session; returns the key that the browser keeps, told this once. ``device``: coarse words.

    ``instead_of`` is the key that this browser had until now: its session ends. ``kiosk_id``: the team's shared tablet,
    where the session is taken up again by code until it ends. ``version``: that of the secret said, of ``person`` as it
    was read otherwise. Raises Refused (renewed) when everything of theirs was closed since.
    """
    seen = person.enter_version if version is None else version
    person_id, key = known_id(person), random_bytes.token_urlsafe(24)
    with transaction() as session:
        # NO KEY, so that whoever notes an act of theirs in the journal waits for nobody.
        held = select(Person.enter_version).where(Person.id == person_id).with_for_update(key_share=True)
        if session.scalar(held) != seen:
            raise refuse("renewed", _("Ce code vient de changer\u00a0: entrer avec le nouveau."), field="secret")
        _close_key(session, instead_of, now)
        if kiosk_id:
            _close_on_tablet(session, person_id, kiosk_id, now)
        session.add(
            OpenSession(
                key_digest=key_digest(key),
                person_id=person_id,
                device=device[:60],
                opened_at=now,
                ends_at=now + lasts,
                kiosk_id=kiosk_id,
            )
        )
    return key


def close_by_key(key: str, now: datetime) -> None:
    """End the session of a browser that leaves; a key nobody knows changes nothing."""
    with transaction() as session:
        _close_key(session, key, now)


def close_one(person: Person, session_id: int, by: Person, now: datetime) -> None:
    """End one session of somebody, from another browser. Raises Refused (unknown) when it is not theirs."""
    with transaction() as session:
        opened = session.get(OpenSession, session_id, with_for_update=True)
        if opened is None or opened.person_id != person.id:
            raise refuse("unknown", _("Cette session n’est pas à cette personne."))
        if opened.is_open(now):
            opened.closed_at = now
            journal.note(
                session,
                "session.close",
                "open_session",
                opened.id,
                by=by,
                now=now,
                about=journal.people([opened.person_id]),
            )


def close_all(person: Person, by: Person, now: datetime) -> None:
    """End every session of somebody, on all devices."""
    with transaction() as session:
        upkeep.lock(session, person)
        upkeep_access.close_everywhere(session, person, now)
        journal.note(session, "sessions.close", "person", person.id, by=by, now=now)


def forget_old(now: datetime) -> int:
    """Delete the rows of sessions that ended over a month ago; how many.

    Each person's last one stays: it says when they were last here (fablab/home/keeping.py).
    """
    with transaction() as session:
        later = aliased(OpenSession)
        newer = select(later.id).where(later.person_id == OpenSession.person_id, later.id > OpenSession.id).exists()
        gone = session.execute(delete(OpenSession).where(OpenSession.ends_at < now - KEPT, newer))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE says how many


def _close_on_tablet(session: Session, person_id: int, kiosk_id: int, now: datetime) -> None:
    theirs = (OpenSession.person_id == person_id, OpenSession.kiosk_id == kiosk_id, OpenSession.closed_at.is_(None))
    session.execute(update(OpenSession).where(*theirs).values(closed_at=now))


def _close_key(session: Session, key: str | None, now: datetime) -> None:
    if key:
        theirs = (OpenSession.key_digest == key_digest(key), OpenSession.closed_at.is_(None))
        session.execute(update(OpenSession).where(*theirs).values(closed_at=now))
