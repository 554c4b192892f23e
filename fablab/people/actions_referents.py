"""Referents: advisers of partner bodies, invited for one young person, who follow nobody but their own."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fablab import clock, journal, outbox
from fablab.db import transaction
from fablab.i18n import _
from fablab.people import queries, upkeep, upkeep_links
from fablab.people.models import FollowUp, Person
from fablab.permissions import Role
from fablab.refusals import refuse


@dataclass(frozen=True)
class NewReferent:
    """Who will follow a young person: e-mail (any case), organisation (public id, or None), last day (or None)."""

    email: str
    structure_public_id: str | None
    last_day: date | None


def follow(person: Person, asked: NewReferent, by: Person, now: datetime) -> FollowUp:
    """Let a referent follow a young person from today on; a new address gets a link that opens an account, for 7 days.

    Raises Refused: other_account, follows_already, last_day, structure.
    """
    email, today = asked.email.lower(), clock.local_day(now)
    if asked.last_day and asked.last_day < today:
        raise refuse("last_day", _("Ce dernier jour est déjà passé."), field="last_day")
    with transaction() as session:
        upkeep.lock(session, person)
        structure = upkeep.prescriber(session, asked.structure_public_id)
        referent = queries.by_email(session, email)
        made = None if referent else _make(session, email, by, now)
        referent = referent or made or queries.by_email(session, email)
        if referent is None or Role.REFERENT not in referent.roles or not referent.is_active:
            sentence = _("Cette adresse a un autre compte\u00a0: l’administration peut lui donner le rôle de référent.")
            raise refuse("other_account", sentence, field="email")
        if _follows(session, person, referent, today):
            raise refuse("follows_already", _("Cette personne suit déjà ce jeune."), field="email")
        link = FollowUp(
            person_id=person.id,
            referent_id=referent.id,
            structure_id=structure.id if structure else None,
            since=today,
            until=asked.last_day,
        )
        session.add(link)
        session.flush()
        journal.note(
            session,
            "referent.follow",
            "follow_up",
            link.id,
            by=by,
            now=now,
            about=journal.people([link.person_id, link.referent_id]),
        )
        if made:
            upkeep_links.invite(session, referent, now)
        else:
            outbox.tell(session, referent, "referent-follows", key=f"follow:{link.id}", now=now, link="/")
    return link


def stop(person: Person, link_id: int, by: Person, now: datetime) -> None:
    """End a follow-up: the referent reads nothing of this young person any more. Raises Refused: unknown."""
    with transaction() as session:
        link = _link(session, person, link_id)
        today = clock.local_day(now)
        if link.until is None or link.until >= today:
            link.ended_at = now
            link.until = min(link.until or today, today)
            journal.note(
                session,
                "referent.stop",
                "follow_up",
                link.id,
                by=by,
                now=now,
                about=journal.people([link.person_id, link.referent_id]),
            )


def invite_again(person: Person, link_id: int, by: Person, now: datetime) -> None:
    """Send the link again to a referent who has not come yet; the one before ends. Raises Refused: unknown, came."""
    with transaction() as session:
        referent = session.get_one(Person, _link(session, person, link_id).referent_id)
        upkeep.lock(session, referent)
        if referent.secret_hash is not None or not referent.is_active:
            raise refuse("came", _("Cette personne a déjà ouvert son compte."))
        referent.enter_version += 1
        upkeep_links.invite(session, referent, now)
        journal.note(session, "staff.invite", "person", referent.id, by=by, now=now)


def _link(session: Session, person: Person, link_id: int) -> FollowUp:
    link = session.get(FollowUp, link_id, with_for_update={"of": FollowUp})
    if link is None or link.person_id != person.id:
        raise refuse("unknown", _("Ce suivi n’est pas à cette personne."))
    return link


def _follows(session: Session, person: Person, referent: Person, today: date) -> bool:
    live = (
        FollowUp.person_id == person.id,
        FollowUp.referent_id == referent.id,
        FollowUp.ended_at.is_(None),
        or_(FollowUp.until.is_(None), FollowUp.until >= today),
    )
    return session.scalar(select(FollowUp.id).where(*live)) is not None


def _make(session: Session, email: str, by: Person, now: datetime) -> Person | None:
    """The new account of a referent; None when somebody else made it this very moment."""
    referent = Person(email=email, created_at=now, created_by_id=by.id)
    upkeep.rename(referent, "", "")
    if not upkeep.add(session, referent):
        return None
    upkeep.grant(session, referent, Role.REFERENT, by, now)
    journal.note(session, "staff.create", "person", referent.id, by=by, now=now, roles=[Role.REFERENT])
    return referent
