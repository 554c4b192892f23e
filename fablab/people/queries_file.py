"""Reading what was completed about young people: contacts, answers, referring body, traineeship."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fablab.people.models import FollowUp, Structure
from fablab.people.models_file import Answer, Contact, Referral, Traineeship


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


def followers_of(session: Session, person_id: int) -> Sequence[FollowUp]:
    """Everybody who follows or followed somebody, the latest first."""
    links = select(FollowUp).where(FollowUp.person_id == person_id).order_by(FollowUp.since.desc(), FollowUp.id.desc())
    return session.scalars(links.options(joinedload(FollowUp.referent), joinedload(FollowUp.structure))).all()


def prescribers(session: Session) -> Sequence[Structure]:
    """The organisations that may refer young people, by name."""
    return session.scalars(select(Structure).where(Structure.prescriber.is_(True)).order_by(Structure.name)).all()
