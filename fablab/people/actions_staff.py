"""What the administration does: accounts of the team. Roles and leaving are in machines/actions_team.py."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from fablab import journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people import upkeep, upkeep_access, upkeep_links
from fablab.people.models import Person
from fablab.people.upkeep_roles import role_refusals
from fablab.permissions import Role
from fablab.refusals import Refusal, Refused, refuse


@dataclass(frozen=True)
class NewStaff:
    """A new account of the team: names (empty: the person writes them), e-mail (any case), roles."""

    first_name: str
    last_name: str
    email: str
    roles: Collection[Role]


def make_staff(asked: NewStaff, by: Person | None, now: datetime) -> Person:
    """Make an account and send the link that opens it. Raises Refused: no_role, email_taken.

    ``by`` is None only for the first administrator of a house, made by a command.
    """
    email = asked.email.lower()
    with transaction() as session:
        refusals = role_refusals(asked.roles)
        if session.scalar(select(Person.id).where(Person.email == email)) is not None:
            refusals.append(_email_taken())
        if refusals:
            raise Refused(refusals)
        person = Person(email=email, created_at=now, created_by_id=by.id if by else None)
        upkeep.rename(person, asked.first_name, asked.last_name)
        if not upkeep.add(session, person):
            raise Refused([_email_taken()])
        for role in asked.roles:
            upkeep.grant(session, person, role, by, now)
        upkeep_links.invite(session, person, now)
        journal.note(session, "staff.create", "person", person.id, by=by, now=now, roles=sorted(asked.roles))
    return person


def _email_taken() -> Refusal:
    return Refusal("email_taken", _("Cette adresse a déjà un compte."), field="email")


def invite_again(person: Person, by: Person, now: datetime) -> None:
    """Send another link: the old one, the password and the open sessions end. Raises Refused: left."""
    with transaction() as session:
        upkeep.lock(session, person)
        if not person.is_active:
            raise refuse("left", _("Cette personne a quitté la maison."))
        person.secret_hash = None
        upkeep_access.close_everywhere(session, person, now)
        upkeep.forget_tries(session, person)
        upkeep_links.invite(session, person, now)
        journal.note(session, "staff.invite", "person", person.id, by=by, now=now)
