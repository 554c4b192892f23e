"""Entering, and what everybody does with their own account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fablab import journal, outbox
from fablab.db import db, transaction
from fablab.i18n import LANGUAGES, _, ngettext
from fablab.people import handles, queries, rules_secrets, secrets, upkeep, upkeep_access
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Person
from fablab.people.models_access import OpenSession
from fablab.people.rules_secrets import TRIES_BEFORE_HELP
from fablab.people.upkeep_access import Counted, counted
from fablab.permissions import Role
from fablab.refusals import Refusal, Refused, refuse


@dataclass(frozen=True)
class _Try:
    """Somebody says who they are, with a secret that is right or not."""

    person: Person | None
    where: Counted
    secret_hash: str | None
    is_right: bool
    help_after: int | None
    #: the secret is the short one of kiosks
    short: bool = False


def enter_with_handle(handle: str, pin: str, now: datetime, *, device: str | None = None) -> Person:
    """The young person of this handle and PIN. Raises Refused: wrong, locked, locked_until_help.

    ``device`` is what the browser's cookie says it is: tries from one that has entered before count apart.
    """
    handle = handles.as_written(handle)
    attempt = _try(queries.by_handle(db.session(), handle), f"handle:{handle}", pin, device=device)
    return _enter(attempt, pin, now)


def enter_with_card(code: str, pin: str, now: datetime, *, device: str | None = None) -> Person:
    """The young person of this card and PIN; tries are counted with those on their handle.

    Raises Refused like enter_with_handle; a card unknown or revoked is a wrong try on that card.
    """
    digest = secrets.card_digest(code)
    person = queries.by_card(db.session(), digest)
    counted_as = f"handle:{person.handle}" if person else f"card:{digest}"
    return _enter(_try(person, counted_as, pin, device=device), pin, now)


def enter_at_kiosk(handle: str, code: str, now: datetime) -> Person:
    """The young person of this handle, on an enrolled kiosk: with the short code or the PIN.

    Tries are counted apart from those on phones: whoever locks a handle from afar locks nobody out of the kiosk.
    Raises Refused like enter_with_handle.
    """
    handle = handles.as_written(handle)
    short = len(code) == rules_secrets.SHORT_LENGTH
    attempt = _try(queries.by_handle(db.session(), handle), f"kiosk:{handle}", code, short=short)
    return _enter(attempt, code, now)


def choose_short(person: Person, secret: str, short: str, now: datetime, *, device: str | None = None) -> None:
    """Somebody chooses a short code for shared tablets; the PIN or password is asked, and a wrong one counts."""
    young = person.enters_by_pin
    refusals = rules_secrets.short_refusals(short, secret if young else "", person.birth_date)
    if refusals:
        raise Refused(refusals)
    attempt = _try(person, f"handle:{person.handle}" if young else f"email:{person.email}", secret, device=device)
    short_hash = secrets.hash_secret(short)
    with transaction() as session:
        refusal = _weigh(session, attempt, now)
        if refusal is None:
            person.short_hash = short_hash
            journal.note(session, "secret.short", "person", person.id, by=person, now=now)
    if refusal:
        raise Refused([refusal])


def take_up(opened: OpenSession, code: str, key: str, now: datetime) -> Person:
    """Somebody of the team comes back to a shared tablet with their short code; ``key`` is their session's from now on.

    Only where they said their password, and until that session ends. Raises Refused: wrong, locked,
    locked_until_help, over.
    """
    person = opened.person
    right = secrets.verify(person.short_hash, code)
    where = counted(f"kiosk:{person.public_id}", None)
    attempt = _Try(person if person.short_hash else None, where, person.short_hash, right, TRIES_BEFORE_HELP, True)
    with transaction() as session:
        refusal = _weigh(session, attempt, now)
        session.refresh(opened, with_for_update={"of": OpenSession})
        if refusal is None and not opened.is_open(now):
            refusal = Refusal("over", _("Cette session est finie\u00a0: entrer avec le mot de passe."), field="secret")
        if refusal is None:
            opened.key_digest = key_digest(key)
            journal.note(
                session,
                "session.take_up",
                "open_session",
                opened.id,
                by=person,
                now=now,
                about=journal.people([person.id]),
            )
    if refusal:
        raise Refused([refusal])
    return person


def enter_with_password(email: str, password: str, now: datetime, *, device: str | None = None) -> Person:
    """Somebody of the team. Raises Refused: wrong, or locked (a pause every five tries, never for good)."""
    email = email.lower()
    attempt = _try(queries.by_email(db.session(), email), f"email:{email}", password, device=device)
    return _enter(attempt, password, now)


def change_pin(person: Person, old: str, new: str, now: datetime, *, device: str | None = None) -> None:
    """A young person chooses another PIN; their other sessions end. A wrong old one counts as a wrong try."""
    refusals = rules_secrets.pin_refusals(new, person.birth_date)
    refusals += rules_secrets.same_pin(new, old)
    if refusals:
        raise Refused(refusals)
    _change(person, _try(person, f"handle:{person.handle}", old, device=device), new, now)


def change_password(person: Person, old: str, new: str, now: datetime, *, device: str | None = None) -> None:
    """Somebody of the team chooses another password; their other sessions end. A wrong old one counts."""
    refusals = rules_secrets.password_refusals(new, person.email or "")
    refusals += rules_secrets.same_password(new, old)
    if refusals:
        raise Refused(refusals)
    _change(person, _try(person, f"email:{person.email}", old, device=device), new, now)


def choose_language(person: Person, language: str) -> None:
    """The language of the pages and letters of somebody. Raises Refused: unknown."""
    if language not in LANGUAGES:
        raise refuse("unknown", _("Cette langue n’est pas encore là."), field="language")
    with transaction() as session:
        session.refresh(person)
        person.language = language


def read_message(person: Person, message_id: int, now: datetime) -> bool:
    """Mark one of somebody's messages as read; False when it is not theirs."""
    with transaction() as session:
        message = session.get(outbox.Message, message_id)
        if message is None or message.person_id != person.id:
            return False
        message.read_at = message.read_at or now
    return True


def _try(
    person: Person | None, counted_as: str, secret: str, *, short: bool = False, device: str | None = None
) -> _Try:
    by_pin = not counted_as.startswith("email:")
    # A short code opens nothing of the team's, a password nothing of a young person's.
    fits = person is not None and (person.enters_by_pin if by_pin else any(r != Role.YOUNG for r in person.roles))
    held = person and (person.short_hash if short else person.secret_hash)
    # Whoever knows the code of an account made one with another is told where to enter: it is weighed like any other.
    here = person is not None and (person.is_active or person.merged_into_id is not None)
    secret_hash = held if fits and here else None
    right = secrets.verify(secret_hash, secret)
    help_after = TRIES_BEFORE_HELP if by_pin else None
    where = counted(counted_as, device)
    return _Try(person if secret_hash else None, where, secret_hash, right, help_after, short)


def _enter(attempt: _Try, secret: str, now: datetime) -> Person:
    # The slow hash is made before the lock; whether it counts is decided under it, one try after the other:
    # of a hundred tries at once, only the first five are weighed.
    renewed = None
    if attempt.is_right and not attempt.short and attempt.secret_hash and secrets.is_outdated(attempt.secret_hash):
        renewed = secrets.hash_secret(secret)
    with transaction() as session:
        refusal = _weigh(session, attempt, now)
        if refusal is None and renewed and attempt.person:
            attempt.person.secret_hash = renewed
    if refusal or attempt.person is None:
        raise Refused([refusal] if refusal else [])
    return attempt.person


def _change(person: Person, attempt: _Try, new: str, now: datetime) -> None:
    secret_hash = secrets.hash_secret(new)
    with transaction() as session:
        refusal = _weigh(session, attempt, now)
        if refusal is None:
            person.secret_hash = secret_hash
            upkeep_access.close_everywhere(session, person, now)
            upkeep_access.know(session, attempt.where, now)  # here the secret was said
            journal.note(session, "secret.change", "person", person.id, by=person, now=now)
    if refusal:
        raise Refused([refusal])


def _weigh(session: Session, attempt: _Try, now: datetime) -> Refusal | None:
    """Let a right secret in and forget the tries, or count a wrong one; under the lock of its identifier."""
    if attempt.person is not None:
        # Before the tries, as whoever renews a secret locks them: in two orders, both would wait for ever.
        upkeep.lock(session, attempt.person)
    row = upkeep_access.tries_of(session, attempt.where, now)
    closed = rules_secrets.lock(upkeep_access.tries_in(row), now, help_after=attempt.help_after)
    if closed:
        return closed
    if attempt.person is not None:
        held = attempt.person.short_hash if attempt.short else attempt.person.secret_hash
        unchanged = attempt.person.is_active and held == attempt.secret_hash
        if attempt.is_right and attempt.person.merged_into_id is not None and held == attempt.secret_hash:
            return _merged(attempt.person)
        if attempt.is_right and unchanged:
            upkeep_access.count_right(session, row, attempt.where, now)
            return None
    tries = upkeep_access.count_wrong(row, now)
    closed = rules_secrets.lock(tries, now, help_after=attempt.help_after)
    if closed and attempt.person:
        journal.note(session, "enter.lock", "person", attempt.person.id, by=None, now=now, tries=tries.count)
    return closed or _wrong(rules_secrets.tries_left(tries), by_pin=attempt.help_after is not None)


def _merged(person: Person) -> Refusal:
    while person.merged_into is not None:
        person = person.merged_into
    sentence = _("J’ai un seul compte maintenant\u00a0: j’entre avec %(handle)s.", handle=person.handle)
    return Refusal("merged", sentence, field="secret")


def _wrong(left: int, *, by_pin: bool) -> Refusal:
    first = _("Ce code ne va pas avec l’identifiant ou la carte.") if by_pin else _("Adresse ou mot de passe inexact.")
    more = ngettext("Encore %(num)s essai.", "Encore %(num)s essais.", left)
    return Refusal("wrong", f"{first} {more}", field="secret")
