"""Roles given and ended, and an account closed: helpers that take the session and open no transaction.

The verbs stand above every part (machines/actions_team.py): what somebody watched over is asked again with them.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from fablab import journal
from fablab.i18n import _
from fablab.people import queries, upkeep, upkeep_access
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refusal, Refused

#: what an account with a password may be: a young person's account is made at the desk
STAFF_ROLES = tuple(role for role in Role if role != Role.YOUNG)


def change_roles(session: Session, person: Person, roles: Collection[Role], by: Person, now: datetime) -> None:
    """Give and end roles so that these are held. Raises Refused: no_role, last_administrator."""
    _lock_administrators(session)
    upkeep.lock(session, person)
    session.refresh(person, ["grants"])
    refusals = role_refusals(roles)
    if Role.ADMINISTRATOR in person.roles and Role.ADMINISTRATOR not in roles:
        refusals += _last_administrator(session, person)
    if refusals:
        raise Refused(refusals)
    before = person.roles
    for grant in person.grants:
        if grant.ended_at is None and grant.role not in roles and grant.role != Role.YOUNG:
            grant.ended_at = now
    for role in roles:
        upkeep.grant(session, person, role, by, now)
    journal.note(
        session, "staff.roles", "person", person.id, by=by, now=now, before=sorted(before), after=sorted(roles)
    )


def close_account(session: Session, person: Person, by: Person, now: datetime) -> None:
    """No access from now on; their acts keep their name. Raises Refused: administrator_only, last_administrator."""
    _lock_administrators(session)
    upkeep.lock(session, person)
    session.refresh(person, ["grants"])
    if Role.ADMINISTRATOR in person.roles:
        refusals = _last_administrator(session, person)
        if not by.may("staff.manage"):
            sentence = _("Seule l’administration met fin à la mission d’une personne de l’administration.")
            refusals = [Refusal("administrator_only", sentence)]
        if refusals:
            raise Refused(refusals)
    if person.left_at is None:
        person.left_at = now
        upkeep_access.close_everywhere(session, person, now)
        journal.note(session, "person.leave", "person", person.id, by=by, now=now)


def reopen_account(session: Session, person: Person, by: Person, now: datetime) -> datetime | None:
    """Access again for somebody who left, with the roles and the secret they had; when they had left, or None."""
    upkeep.lock(session, person)
    left_at = person.left_at
    if left_at is not None:
        person.left_at = None
        journal.note(session, "person.return", "person", person.id, by=by, now=now)
        session.flush()
    return left_at


def role_refusals(roles: Collection[Role]) -> list[Refusal]:
    """Why somebody of the team cannot hold these roles: at least one, and none of a young person's."""
    if not roles or not set(roles) <= set(STAFF_ROLES):
        return [Refusal("no_role", _("Choisir au moins un rôle."), field="roles")]
    return []


def _last_administrator(session: Session, person: Person) -> list[Refusal]:
    if person.is_active and queries.administrators(session) <= 1:
        sentence = _("C’est la dernière personne de l’administration : donner d’abord ce rôle à quelqu’un d’autre.")
        return [Refusal("last_administrator", sentence, field="roles")]
    return []


def _lock_administrators(session: Session) -> None:
    # One at a time: else two administrators could take the role from each other in the same second.
    session.execute(queries.administrators_by_id().with_for_update())
