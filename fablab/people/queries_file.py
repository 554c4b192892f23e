"""Reading what was completed about young people: contacts, answers, referring body, traineeship."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from fablab.people.models import FollowUp, Person, Structure
from fablab.people.models_file import Answer, Contact, Referral, Traineeship
from fablab.people.names import mask_of


def answers_of(session: Session, person_id: int) -> dict[str, Answer]:
    """The latest answer to each question, those taken back left out."""
    given = session.scalars(select(Answer).where(Answer.person_id == person_id).order_by(Answer.id))
    latest = {answer.kind: answer for answer in given}
    return {kind: answer for kind, answer in latest.items() if answer.value is not None}


def contacts_of(session: Session, person_ids: Collection[int]) -> dict[int, dict[str, Contact]]:
    """The contacts that hold now, by person and kind: one statement for a whole group."""
    held = select(Contact).where(Contact.person_id.in_(person_ids), Contact.until.is_(None)).order_by(Contact.id)
    found: dict[int, dict[str, Contact]] = {person_id: {} for person_id in person_ids}
    for contact in session.scalars(held):
        found[contact.person_id][contact.kind] = contact
    return found


def referral_of(session: Session, person_id: int) -> Referral | None:
    """The body that sent somebody, as far as it holds now."""
    held = select(Referral).where(Referral.person_id == person_id, Referral.until.is_(None))
    return session.scalars(held.options(joinedload(Referral.structure)).order_by(Referral.id.desc())).first()


def traineeship_of(session: Session, person_id: int) -> Traineeship | None:
    """The traineeship that holds now."""
    held = select(Traineeship).where(Traineeship.person_id == person_id, Traineeship.until.is_(None))
    return session.scalars(held.order_by(Traineeship.id.desc())).first()


@dataclass
class Completed:
    """What holds now of all that was completed about somebody: contacts by kind, answers by question."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    trainee: Traineeship | None = None
    answers: dict[str, str] = field(default_factory=dict)
    sent_by: str | None = None
    #: question -> the day since which its answer holds
    since: dict[str, date] = field(default_factory=dict)
    sent_since: date | None = None


def completed_of(session: Session, person_id: int, *, follow_up: bool) -> Completed:
    """All of it in one statement; answers and who sent them only where asked."""
    wanted = (
        select(Contact, Traineeship)
        .select_from(Person)
        .outerjoin(Contact, and_(Contact.person_id == Person.id, Contact.until.is_(None)))
        .outerjoin(Traineeship, and_(Traineeship.person_id == Person.id, Traineeship.until.is_(None)))
        .where(Person.id == person_id)
        .order_by(Contact.id, Traineeship.id)
    )
    found = Completed()
    if not follow_up:
        for contact, found.trainee in session.execute(wanted):
            if contact is not None:
                found.contacts[contact.kind] = contact
        return found
    # A few rows of each, multiplied by each other: less than what another statement costs.
    more = (
        wanted.add_columns(Answer.kind, Answer.value, Answer.since, Structure.name, Referral.since)
        .outerjoin(Answer, Answer.person_id == Person.id)
        .outerjoin(Referral, and_(Referral.person_id == Person.id, Referral.until.is_(None)))
        .outerjoin(Structure, Structure.id == Referral.structure_id)
        .order_by(Answer.id, Referral.id)
    )
    told: dict[str, str | None] = {}
    for contact, found.trainee, kind, value, since, found.sent_by, found.sent_since in session.execute(more):
        if contact is not None:
            found.contacts[contact.kind] = contact
        if kind is not None:
            told[kind], found.since[kind] = value, since
    found.answers = {kind: value for kind, value in told.items() if value is not None}
    return found


def followers_of(session: Session, person_id: int) -> Sequence[FollowUp]:
    """Everybody who follows or followed somebody, the latest first."""
    links = select(FollowUp).where(FollowUp.person_id == person_id).order_by(FollowUp.since.desc(), FollowUp.id.desc())
    return session.scalars(links.options(joinedload(FollowUp.referent), joinedload(FollowUp.structure))).all()


def prescribers_for(session: Session, reader: Person) -> list[tuple[str, str]]:
    """The organisations that may refer young people: public ids, and names; a mask but for whoever reads through it."""
    unmasked = reader.may("structure.unmasked")
    found = session.scalars(select(Structure).where(Structure.prescriber.is_(True)).order_by(Structure.name))
    return [
        (one.public_id, one.name if unmasked or not one.sensitive else mask_of(one.masked_label, one.id))
        for one in found
    ]
