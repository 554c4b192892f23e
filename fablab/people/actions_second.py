"""The second step of entering: taking it up, passing it, paper codes, and its end when a phone is lost."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fablab import journal, outbox
from fablab.db import transaction
from fablab.i18n import _
from fablab.people import queries_access, rules_secrets, secrets_second, upkeep, upkeep_access
from fablab.people.models import Person
from fablab.people.models_access import RecoveryCode, SecondFactor
from fablab.people.rules_secrets import TRIES_BEFORE_HELP
from fablab.refusals import Refusal, Refused, refuse


def take_up(person: Person, nonce: str, code: str, now: datetime) -> list[str]:
    """Begin to enter in two steps: the phone shows the right code. Returns the recovery codes, told this once.

    Raises Refused: wrong, already.
    """
    with transaction() as session:
        upkeep.lock(session, person)
        if session.get(SecondFactor, person.id) is not None:
            raise refuse("already", _("La connexion en deux étapes est déjà en place."), field="code")
        step = secrets_second.step_of(nonce, code, now, after=0)
        if step is None:
            raise refuse("wrong", _("Ce code n’est pas celui du téléphone\u00a0: attendre le suivant."), field="code")
        session.add(SecondFactor(person_id=person.id, nonce=nonce, confirmed_at=now, last_step=step))
        journal.note(session, "second.take_up", "person", person.id, by=person, now=now)
        return _new_codes(session, person)


def pass_step(person: Person, code: str, now: datetime, *, device: str | None = None) -> None:
    """Say the code of the phone, or one of the recovery codes. Raises Refused: wrong, locked, locked_until_help.

    Five wrong ones lead to a pause, ten to the administration's help; a recovery code, which nobody guesses, is
    heard even then. Tries from a ``device`` that has passed before count apart.
    """
    with transaction() as session:
        refusal = _weigh(session, person, code, now, device)
    if refusal:
        raise Refused([refusal])


def renew_codes(person: Person, code: str, now: datetime, *, device: str | None = None) -> list[str]:
    """Make other recovery codes; those before serve no more. Told this once. Raises Refused like pass_step."""
    codes: list[str] = []
    with transaction() as session:
        refusal = _weigh(session, person, code, now, device)
        if refusal is None:
            journal.note(session, "second.codes", "person", person.id, by=person, now=now)
            codes = _new_codes(session, person)
    if refusal:
        raise Refused([refusal])
    return codes


def give_up(person: Person, code: str, now: datetime, *, device: str | None = None) -> None:
    """Somebody goes back to a password alone (where the house allows it). Raises Refused like pass_step."""
    with transaction() as session:
        refusal = _weigh(session, person, code, now, device)
        if refusal is None:
            _end(session, person)
            journal.note(session, "second.give_up", "person", person.id, by=person, now=now)
    if refusal:
        raise Refused([refusal])


def take_away(person: Person, by: Person, now: datetime) -> None:
    """A phone is lost and the codes too: the administration ends the second step, and every session; they are told."""
    with transaction() as session:
        upkeep.lock(session, person)
        _end(session, person)
        upkeep.forget_tries(session, person)
        upkeep_access.close_everywhere(session, person, now)
        journal.note(session, "second.take_away", "person", person.id, by=by, now=now)
        key = f"second-step-ended:{person.public_id}:{person.enter_version}"
        outbox.tell(session, person, "second-step-ended", key=key, now=now)


def _weigh(session: Session, person: Person, code: str, now: datetime, device: str | None) -> Refusal | None:
    """Let a right code through and forget the tries, or count a wrong one; one try after the other."""
    upkeep.lock(session, person)
    where = upkeep_access.counted(f"second:{person.public_id}", device)
    row = upkeep_access.tries_of(session, where, now)
    factor = session.get(SecondFactor, person.id, with_for_update=True)
    if factor is None or not person.is_active:
        return Refusal("wrong", _("Ce code ne va pas."), field="code")
    closed = rules_secrets.lock(upkeep_access.tries_in(row), now, help_after=TRIES_BEFORE_HELP)
    if _is_recovery(session, person, code, now) or (closed is None and _is_step(factor, code, now)):
        upkeep_access.count_right(session, row, where, now)
        return None
    if closed:
        return _for_team(closed)
    tries = upkeep_access.count_wrong(row, now)
    closed = rules_secrets.lock(tries, now, help_after=TRIES_BEFORE_HELP)
    if closed:
        journal.note(session, "second.lock", "person", person.id, by=None, now=now, tries=tries.count)
        return _for_team(closed)
    return Refusal("wrong", _("Ce code ne va pas\u00a0: attendre le suivant sur le téléphone."), field="code")


def _for_team(closed: Refusal) -> Refusal:
    if closed.code == "locked":
        sentence = _("Trop d’essais\u00a0: pause. Un code de secours passe toujours.")
    else:
        sentence = _("Trop d’essais\u00a0: l’administration peut débloquer. Un code de secours passe toujours.")
    return replace(closed, sentence=sentence, field="code")


def _is_step(factor: SecondFactor, code: str, now: datetime) -> bool:
    step = secrets_second.step_of(factor.nonce, code, now, after=factor.last_step)
    factor.last_step = step or factor.last_step
    return step is not None


def _is_recovery(session: Session, person: Person, code: str, now: datetime) -> bool:
    digest = secrets_second.recovery_digest(person.public_id, code)
    mine = select(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.digest == digest)
    found = session.scalars(mine.where(RecoveryCode.used_at.is_(None))).one_or_none()
    if found is None:
        return False
    found.used_at = now
    left = queries_access.recovery_codes_left(session, person.id)
    journal.note(session, "second.recover", "person", person.id, by=person, now=now, left=left)
    return True


def _new_codes(session: Session, person: Person) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [secrets_second.new_recovery_code() for _number in range(secrets_second.RECOVERY_CODES)]
    for code in codes:
        digest = secrets_second.recovery_digest(person.public_id, code)
        session.add(RecoveryCode(person_id=person.id, digest=digest))
    return codes


def _end(session: Session, person: Person) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
