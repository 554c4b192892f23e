"""What several actions on people share: helpers that take the session and open no transaction."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.i18n import _
from fablab.people import queries, secrets, upkeep_access
from fablab.people.models import Authorisation, Lockout, Person, PersonWord, RoleGrant, Structure
from fablab.people.models_rights import DataRequest
from fablab.people.names import words_of
from fablab.permissions import Role
from fablab.refusals import refuse


def lock(session: Session, person: Person) -> None:
    """Read somebody's row again, and keep it from being changed by another action until this one ends."""
    # Not session.refresh(): it would lock the outer join that brought the roles, which PostgreSQL refuses.
    locked = select(Person).where(Person.id == inspect(person).identity[0]).with_for_update()
    session.execute(locked.execution_options(populate_existing=True))


def write_to(person: Person, address: str | None) -> bool:
    """Write to somebody at another address from now on, believed until it is refused. Whether it is another."""
    if person.letters_to == address:
        return False
    person.letters_to, person.letters_refused_at = address, None
    return True


def require_not_merged(session: Session, person_ids: Collection[int]) -> None:
    """Raise Refused (merged) when one of these accounts, just locked, was made one with another meanwhile."""
    merged = select(Person.id).where(Person.id.in_(person_ids), Person.merged_into_id.is_not(None)).limit(1)
    if person_ids and session.scalar(merged) is not None:
        raise refuse("merged", _("Ce compte vient d’être réuni avec un autre\u00a0: recharger la page."))


def add(session: Session, person: Person) -> bool:
    """Write a new account of an e-mail; False when somebody else made it this very moment."""
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:
        if "email" not in str(error.orig):
            raise
        return False
    return True


def rename(person: Person, first_name: str, last_name: str) -> None:
    """Give somebody their names, and the search its words."""
    person.first_name, person.last_name = first_name, last_name
    kept = {entry.word: entry for entry in person.words}
    wanted = words_of(first_name, last_name, person.handle)
    person.words = [kept.get(word) or PersonWord(word=word) for word in sorted(wanted)]


def grant(session: Session, person: Person, role: Role, by: Person | None, now: datetime) -> None:
    """Give a role that is not held yet."""
    if role not in person.roles:
        person.grants.append(RoleGrant(role=role, granted_at=now, granted_by_id=by.id if by else None))
        session.flush()


def prescriber(session: Session, public_id: str | None) -> Structure | None:
    """The body of this public id that may refer young people; None for none. Raises Refused: structure."""
    if not public_id:
        return None
    found = session.scalars(select(Structure).where(Structure.public_id == public_id)).one_or_none()
    if found is None or not found.prescriber:
        raise refuse("structure", _("Choisir une structure de la liste."), field="structure")
    return found


def forget_tries(session: Session, person: Person) -> None:
    """Forget the wrong tries on somebody's handle (at the kiosk too), e-mail and second step, from every device."""
    digests = [secrets.identifier_digest(one) for one in upkeep_access.identifiers(person)]
    theirs = Lockout.identifier_digest.in_(digests) | Lockout.device_of.in_(digests)
    session.execute(update(Lockout).where(theirs).values(tries=0, locked_until=None, day_tries=0, day_began_at=None))


def end_authorisation(session: Session, person: Person, authorisation_id: int, by: Person, now: datetime) -> None:
    """End an authorisation from today on. Raises Refused (unknown) when it is not this person's."""
    authorisation = session.get(Authorisation, authorisation_id, with_for_update=True)
    if authorisation is None or authorisation.person_id != person.id:
        raise refuse("unknown", _("Cette autorisation n’est pas à cette personne."))
    if authorisation.withdrawn_at is None:
        _withdraw(session, authorisation, by, now)
        if authorisation.kind == "image":
            end_photos(session, person, by, now)
        session.flush()


def restore_authorisation(session: Session, person: Person, authorisation_id: int, by: Person, now: datetime) -> None:
    """Take back that an authorisation was withdrawn. Raises Refused: unknown, image, other_author, other_day.

    What the young person withdrew, they alone put back; an agreement on photos is signed anew.
    """
    authorisation = session.get(Authorisation, authorisation_id, with_for_update=True)
    if authorisation is None or authorisation.person_id != person.id:
        raise refuse("unknown", _("Cette autorisation n’est pas à cette personne."))
    if authorisation.withdrawn_at is None:
        return
    if not authorisation.comes_back:
        raise refuse("image", _("L’accord pour les photos se signe de nouveau."))
    if queries.withdrawn_by(session, [authorisation_id]).get(authorisation_id) != by.id:
        raise refuse("other_author", _("Seule la personne qui l’a retirée la remet."))
    if clock.local_day(authorisation.withdrawn_at) != clock.local_day(now):
        raise refuse("other_day", _("On remet une autorisation le jour même\u00a0: ensuite, un nouveau papier."))
    authorisation.withdrawn_at = None
    about = journal.people([person.id])
    journal.note(session, "authorisation.restore", "authorisation", authorisation.id, by=by, now=now, about=about)
    session.flush()


def agreed_to_photos(session: Session, person: Person) -> bool:
    """Whether an agreement on photos was signed and not withdrawn."""
    return session.scalar(select(Authorisation.id).where(*_stands_for_photos(person)).limit(1)) is not None


def end_photos(session: Session, person: Person, by: Person, now: datetime) -> None:
    """No more photos: every agreement on them ends, and the team is asked to delete those that exist."""
    person.photos_allowed = False
    stand = select(Authorisation).where(*_stands_for_photos(person)).with_for_update()
    for authorisation in session.scalars(stand):
        _withdraw(session, authorisation, by, now)
    asked = (DataRequest.person_id == person.id, DataRequest.kind == "photos", DataRequest.answered_at.is_(None))
    if session.scalar(select(DataRequest.id).where(*asked)) is None:
        session.add(DataRequest(person_id=person.id, kind="photos", asked_at=now))
    journal.note(session, "photos.refuse", "person", person.id, by=by, now=now)


def _stands_for_photos(person: Person) -> tuple[ColumnElement[bool], ...]:
    return Authorisation.person_id == person.id, Authorisation.kind == "image", Authorisation.withdrawn_at.is_(None)


def _withdraw(session: Session, authorisation: Authorisation, by: Person, now: datetime) -> None:
    authorisation.withdrawn_at = now
    about = journal.people([authorisation.person_id])
    journal.note(session, "authorisation.withdraw", "authorisation", authorisation.id, by=by, now=now, about=about)
