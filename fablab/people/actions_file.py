"""Completing a young person's account: contacts, answers, referring body. Each fact keeps its day; nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people import queries_file, upkeep
from fablab.people.models import Person
from fablab.people.models_file import ANSWERS, Answer, Contact, Referral
from fablab.refusals import refuse


@dataclass(frozen=True)
class NewContact:
    """Whom to call: name, link with the young person, phone in figures."""

    name: str
    link: str
    phone: str


@dataclass(frozen=True)
class Contacts:
    """What the contacts' page says; ``contacts`` has a kind only when it was asked (None: nobody any more)."""

    phone: str | None
    letters_to: str | None
    situation: str
    contacts: Mapping[str, NewContact | None]


def complete(person: Person, asked: Contacts, by: Person, now: datetime) -> None:
    """Write the phone, the situation and the contacts of somebody; what did not change keeps its day.

    Raises Refused: situation.
    """
    with transaction() as session:
        upkeep.lock(session, person)
        changed = _answer(session, person, {"situation": asked.situation}, by, now)
        if person.phone != asked.phone:
            person.phone = asked.phone
            changed.append("phone")
        if upkeep.write_to(person, asked.letters_to):
            changed.append("letters_to")
        held = queries_file.contacts_of(session, [person.id])[person.id]
        for kind, contact in asked.contacts.items():
            if _set_contact(session, person, kind, held.get(kind), contact, by, now):
                changed.append(kind)
        if changed:
            journal.note(session, "person.complete", "person", person.id, by=by, now=now, changed=changed)


@dataclass(frozen=True)
class FollowUpFacts:
    """What coordinators record: answers to the funders' questions (None: not answered), and who sent the person."""

    answers: Mapping[str, str | None]
    structure_public_id: str | None


def record_follow_up(person: Person, asked: FollowUpFacts, by: Person, now: datetime) -> None:
    """Write gender, district, commune and the referring body of somebody. Raises Refused: structure."""
    with transaction() as session:
        upkeep.lock(session, person)
        changed = _answer(session, person, asked.answers, by, now)
        if _set_referral(session, person, asked.structure_public_id, by, now):
            changed.append("referral")
        if changed:
            journal.note(session, "person.complete", "person", person.id, by=by, now=now, changed=changed)


def _answer(
    session: Session, person: Person, answers: Mapping[str, str | None], by: Person, now: datetime
) -> list[str]:
    """Write the answers that differ from those that hold; gives their questions."""
    held, changed = queries_file.answers_of(session, person.id), []
    for kind, value in answers.items():
        allowed = ANSWERS[kind]
        if value is not None and allowed is not None and value not in allowed:
            raise refuse("answer", _("Choisir une des réponses."), field=kind)
        before = held[kind].value if kind in held else None
        if kind == "situation":
            before, person.situation = person.situation, value
        if value == before:
            continue
        session.add(
            Answer(
                person_id=person.id,
                kind=kind,
                value=value,
                since=clock.local_day(now),
                recorded_at=now,
                recorded_by_id=by.id,
            )
        )
        changed.append(kind)
    return changed


def _set_contact(
    session: Session, person: Person, kind: str, held: Contact | None, new: NewContact | None, by: Person, now: datetime
) -> bool:
    """End the contact that held and write the new one; False when nothing changed."""
    if held and new and (held.name, held.link, held.phone) == (new.name, new.link, new.phone):
        return False
    if held is None and new is None:
        return False
    today = clock.local_day(now)
    if held:
        held.until = today
    if new:
        session.add(
            Contact(
                person_id=person.id,
                kind=kind,
                name=new.name,
                link=new.link,
                phone=new.phone,
                since=today,
                recorded_at=now,
                recorded_by_id=by.id,
            )
        )
    return True


def _set_referral(session: Session, person: Person, public_id: str | None, by: Person, now: datetime) -> bool:
    held, today = queries_file.referral_of(session, person.id), clock.local_day(now)
    if (held.structure.public_id if held else None) == public_id:
        return False
    structure = upkeep.prescriber(session, public_id)
    if held:
        held.until = today
    if structure:
        session.add(
            Referral(
                person_id=person.id,
                structure_id=structure.id,
                since=today,
                recorded_at=now,
                recorded_by_id=by.id,
            )
        )
    return True
