"""Links in letters: joining the team, choosing another password. Signed, good once, for a while."""

import secrets as random_bytes
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from fablab import journal, outbox
from fablab.db import transaction
from fablab.i18n import _, speaking
from fablab.people import queries, rules_access, rules_secrets, secrets, upkeep, upkeep_access
from fablab.people.models import Person
from fablab.people.rules_secrets import Tries
from fablab.refusals import Refused, refuse


class _Nobody(Exception):
    """Nobody who may enter has this address."""


def join(person: Person, version: int, names: tuple[str, str] | None, password: str, now: datetime) -> None:
    """Somebody invited says who they are (None: the names are known) and chooses a password, once.

    Raises Refused: used, or why the password cannot be chosen.
    """
    _check(password, person)
    secret_hash = secrets.hash_secret(password)
    with transaction() as session:
        _take_link(session, person, version)
        if names:
            upkeep.rename(person, *names)
        _set_password(session, person, secret_hash, now)


def ask_reset(email: str, now: datetime) -> None:
    """Send a link that chooses another password, if anybody has this address; nothing tells whether.

    Counted by address, known or not: three letters, then an hour's wait. Raises Refused: too_many_letters.
    """
    email = email.lower()
    with transaction() as session:
        row = upkeep_access.locked_tries(session, secrets.identifier_digest(f"reset:{email}"), now)
        asked = Tries(row.tries, row.locked_until)
        if refusal := rules_access.too_many_letters(asked, now):
            raise Refused([refusal])
        asked = rules_access.after_letter(asked, now)
        row.tries, row.locked_until, row.last_try_at = asked.count, asked.locked_until, now
        # Written for nobody too, and taken back: the time it takes tells nothing either.
        with suppress(_Nobody), session.begin_nested():
            person = queries.by_email(session, email)
            known = person if person and _has_password(person) else None
            _write_reset(session, email, known, now)
            if known is None:
                raise _Nobody
            journal.note(session, "password.ask", "person", known.id, by=None, now=now)


def reset_password(person: Person, version: int, password: str, now: datetime) -> None:
    """Somebody follows their link and chooses another password, once; all their sessions end.

    Raises Refused: used, or why the password cannot be chosen.
    """
    _check(password, person)
    secret_hash = secrets.hash_secret(password)
    with transaction() as session:
        _take_link(session, person, version)
        _set_password(session, person, secret_hash, now)


def _check(password: str, person: Person) -> None:
    if refusals := rules_secrets.password_refusals(password, person.email or ""):
        raise Refused(refusals)


def _take_link(session: Session, person: Person, version: int) -> None:
    upkeep.lock(session, person)
    if person.enter_version != version or not person.is_active:
        raise refuse("used", _("Ce lien a déjà servi. En demander un autre."))


def _set_password(session: Session, person: Person, secret_hash: str, now: datetime) -> None:
    person.secret_hash, person.short_hash = secret_hash, None
    upkeep_access.close_everywhere(session, person, now)
    upkeep.forget_tries(session, person)
    journal.note(session, "password.choose", "person", person.id, by=person, now=now)


def _has_password(person: Person) -> bool:
    return person.is_active and person.secret_hash is not None and not person.enters_by_pin


def _write_reset(session: Session, email: str, person: Person | None, now: datetime) -> None:
    token = secrets.sign_reset(person.public_id if person else "", person.enter_version if person else 0)
    link = secrets.link_with("links.reset", token)
    key = f"password-reset:{random_bytes.token_hex(16)}"
    with speaking(person.language if person else "fr"):
        outbox.write_letter(session, email, "password-reset", key=key, now=now, person=person, link=link)
        session.flush()
