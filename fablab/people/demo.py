"""The people of the demonstration: a cast with log-ins that the README prints, and the invented crowd around it.

Made through the same actions as real people; only the identifiers of the cast are then fixed, so that they can be
written down. A database with these log-ins is marked «demo»: see ``fablab.home.serve.refuse_public_demo``.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people import actions, actions_account, actions_file, actions_links, actions_staff, rules_secrets, upkeep
from fablab.people.actions import Agreed, NewYoungPerson
from fablab.people.actions_file import Contacts, NewContact
from fablab.people.actions_staff import NewStaff
from fablab.people.demo_names import FIRST_NAMES, LAST_NAMES, PARENT_FIRST_NAMES, RELATIVE_FIRST_NAMES
from fablab.people.models import FollowUp, Person, Structure, StructureContact
from fablab.people.rules import age_on, needs_parental_authorisation
from fablab.people.rules_agreements import IMAGE_LASTS
from fablab.permissions import Role

#: public on purpose: they open nothing but demonstrations
PIN = "482915"
PASSWORD = "trois vélos bleus"
DOMAIN = "ladynamo.example"


@dataclass(frozen=True)
class CastStaff:
    """Somebody of the team, or around it, with a known log-in."""

    first_name: str
    last_name: str
    role: Role
    mailbox: str
    about: str

    @property
    def email(self) -> str:
        """How they enter."""
        return f"{self.mailbox}@{DOMAIN}"


@dataclass(frozen=True)
class CastYoung:
    """A young person with a known log-in: age in years on the day of the demonstration, and where they stand.

    ``pathway`` and ``stage`` are codes of the catalogue: the stage they are in. ``authorised`` False: the
    parental authorisations are missing.
    """

    first_name: str
    last_name: str
    handle: str
    age: int
    situation: str
    pathway: str
    stage: str
    about: str
    authorised: bool = True


STAFF = (
    CastStaff("Nadia", "Ferrand", Role.COORDINATOR, "nadia", "coordination"),
    CastStaff("Samir", "Haddad", Role.FACILITATOR, "samir", "facilitator, every right to validate"),
    CastStaff("Chloé", "Marchand", Role.FACILITATOR, "chloe", "facilitator"),
    CastStaff("Bastien", "Vernaz", Role.FACILITATOR, "bastien", "facilitator, neither laser nor mill"),
    CastStaff("Awa", "Diallo", Role.FACILITATOR, "awa", "facilitator, late afternoons"),
    CastStaff("Lucie", "Perret", Role.RECEPTION, "accueil", "front desk of the house"),
    CastStaff("Marc", "Tessier", Role.ADMINISTRATOR, "administration", "runs the installation"),
    CastStaff("Hélène", "Roux", Role.REFERENT, "referente", "follows young people for the Mission Locale"),
    CastStaff("Farid", "Amrani", Role.STRUCTURE, "association", "contact of an organisation of the house"),
)

YOUNG = (
    CastYoung("Lina", "Meunier", "mesange-31", 12, "in_school", "DECLIC", "EXP", "has just begun"),
    CastYoung("Noé", "Castel", "triton-58", 13, "in_school", "DECLIC", "APP", "no parental authorisation",
              authorised=False),
    CastYoung("Inès", "Benali", "renard-42", 16, "in_school", "DECLIC", "FAB", "prepares the badge of the heat press"),
    CastYoung("Yanis", "Lefort", "castor-27", 15, "in_school", "DECLIC", "PAR", "soon presents the finished object"),
    CastYoung("Dylan", "Mercadal", "glacier-63", 17, "dropped_out", "REBOND", "EXP", "in the first stage"),
    CastYoung("Maëva", "Roussin", "hibou-19", 18, "dropped_out", "REBOND", "APP", "badges ready to hand over"),
    CastYoung("Kenny", "Sabatier", "boussole-84", 19, "dropped_out", "REBOND", "FAB", "books the laser"),
    CastYoung("Sabrina", "Oualid", "comete-36", 20, "dropped_out", "REBOND", "PAR", "books four machines"),
    CastYoung("Jordan", "Blanc", "lynx-72", 18, "integration", "TREMPLIN", "EXP", "badge Sécurité ready to hand over"),
    CastYoung("Aminata", "Koné", "etoile-95", 21, "integration", "TREMPLIN", "APP", "badges ready to hand over"),
    CastYoung("Quentin", "Maurel", "tilleul-46", 22, "integration", "TREMPLIN", "FAB", "makes a prototype"),
    CastYoung("Elena", "Popescu", "aurore-53", 23, "integration", "TREMPLIN", "PAR", "every permit, the mill"),
    CastYoung("Mathilde", "Girard", "chouette-78", 17, "in_school", "PASSEUR", "EXP", "chooses a project"),
    CastYoung("Tom", "Villard", "rabot-25", 18, "in_school", "PASSEUR", "APP", "waits for a broken machine"),
    CastYoung("Nassim", "Cherif", "nivolet-67", 20, "dropped_out", "PASSEUR", "FAB", "laser permit lapsed by disuse"),
    CastYoung("Julie", "Astier", "sapin-89", 21, "integration", "PASSEUR", "PAR", "badge Sécurité ends soon"),
)  # fmt: skip


@dataclass(frozen=True)
class LogIn:
    """One line of the table of log-ins."""

    role: str
    name: str
    identifier: str
    secret: str
    about: str


def make_team(day: date) -> dict[str, Person]:
    """The team, there since ``day``: people by their mailbox. The administrator comes first."""
    since = clock.at(day, time(9))
    found: dict[str, Person] = {}
    first = next(one for one in STAFF if one.role == Role.ADMINISTRATOR)
    for one in (first, *(one for one in STAFF if one is not first)):
        asked = NewStaff(one.first_name, one.last_name, one.email, [one.role])
        person = actions_staff.make_staff(asked, found.get(first.mailbox), since)
        actions_links.join(person, person.enter_version, None, PASSWORD, since)
        found[one.mailbox] = person
    return found


def make_cast(day: date, since: date, team: dict[str, Person]) -> dict[str, Person]:
    """The young people with log-ins, by handle: their ages are those of ``day``, their accounts of ``since``."""
    chance = random.Random(f"cast {day}")
    return {one.handle: _cast_member(one, day, since, team["chloe"], chance) for one in YOUNG}


def _cast_member(one: CastYoung, day: date, since: date, by: Person, chance: random.Random) -> Person:
    at = _office_hour(since, chance)
    birth, handle = birth_for(one.age, day, chance), random.Random(f"handle {one.handle} {day}")
    person = make_one(one.first_name, one.last_name, birth, one.situation, PIN, by, at, handle)
    with transaction() as session:
        person = session.get_one(Person, person.id)
        person.handle = one.handle
        upkeep.rename(person, one.first_name, one.last_name)
    if one.authorised:
        authorise(person, by, at, chance)
    return person


def make_one(
    first_name: str,
    last_name: str,
    birth: date,
    situation: str,
    pin: str,
    by: Person,
    now: datetime,
    chance: random.Random,
) -> Person:
    """One young person's account, as the desk makes it; ``chance`` draws the handle."""
    asked = NewYoungPerson(
        first_name,
        last_name,
        birth,
        situation,
        photos_allowed=len(first_name) % 4 != 0,
        pin=pin,
        key=f"demo:{first_name}:{last_name}"[:40],
        known_not_alike=True,
    )
    person = actions.make_young_person(asked, by, now, chance=chance).person
    _tell_contact(person, by, now)
    return person


def _tell_contact(person: Person, by: Person, now: datetime) -> None:
    """Somebody to call, for nine people in ten; numbers that Arcep keeps for fiction (06 39 98)."""
    chance = random.Random(f"contact {person.first_name} {person.last_name}")
    if chance.random() < 0.1:
        return
    link = chance.choice(("mother", "father", "family"))
    phone = f"063998{chance.randrange(10**4):04d}"
    contact = NewContact(f"{_relative(link, chance.randrange(10))} {person.last_name}", link, phone)
    asked = Contacts(None, None, person.situation or "", {"emergency": contact})
    actions_file.complete(person, asked, by, now)


def _relative(link: str, place: int) -> str:
    """A first name for a mother, a father or somebody else of the family."""
    names = PARENT_FIRST_NAMES.get(link, RELATIVE_FIRST_NAMES)
    return names[place % len(names)]


def authorise(person: Person, by: Person, now: datetime, chance: random.Random) -> None:
    """What a parent signs on the first day; nothing for an adult."""
    signed = clock.local_day(now)
    if not needs_parental_authorisation(person.birth_date, signed):
        return
    place, link = chance.randrange(10), chance.choice(("mother", "father", "guardian"))
    signer = f"{_relative(link, place)} {person.last_name}"
    kinds = ["participation", "machines"]
    if person.photos_allowed and chance.random() < 0.8:
        kinds.append("image")
    for kind in kinds:
        until = signed + IMAGE_LASTS if kind == "image" else None
        actions.authorise(person, Agreed(kind, signer, link, signed, until), by, now)


def crowd(chance: random.Random) -> Iterator[tuple[str, str]]:
    """First and last names of people nobody knows, none twice."""
    taken = {(one.first_name, one.last_name) for one in YOUNG}
    for _number in count():
        names = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        if names not in taken:
            taken.add(names)
            yield names


def birth_for(age: int, day: date, chance: random.Random) -> date:
    """The birth date of somebody who is ``age`` on ``day`` and has been for at least a month."""
    birth = day.replace(year=day.year - age, day=min(day.day, 28)) - timedelta(days=chance.randrange(30, 330))
    assert age_on(birth, day) == age
    return birth


def pin_for(birth: date, chance: random.Random) -> str:
    """A PIN that the house accepts."""
    while True:
        pin = f"{chance.randrange(10**6):06d}"
        if not rules_secrets.pin_refusals(pin, birth):
            return pin


def link_outsiders(session: Session, cast: dict[str, Person], team: dict[str, Person], day: date) -> None:
    """The referent follows the young people of the house's insertion pathways; the contact acts for a structure."""
    structures = select(Structure).where(Structure.sensitive.is_(False)).order_by(Structure.id)
    own = session.scalars(structures.where(Structure.kind == "association")).first() or session.scalar(structures)
    mission = session.scalars(structures.where(Structure.name.contains("Mission Locale"))).first()
    since = day - timedelta(days=200)
    if own is not None:
        session.add(StructureContact(structure_id=own.id, person_id=team["association"].id, since=since))
    for one in YOUNG:
        if one.pathway in ("REBOND", "TREMPLIN"):
            session.add(
                FollowUp(
                    person_id=cast[one.handle].id,
                    referent_id=team["referente"].id,
                    structure_id=mission.id if mission else None,
                    since=since,
                )
            )


def read_messages(session: Session, before: datetime) -> None:
    """People have read what was said to them before a moment, each the evening it was said."""
    found = select(Message.id, Message.person_id, Message.created_at).where(Message.created_at < before)
    for message_id, person_id, at in session.execute(found.order_by(Message.id)).all():
        person = session.get_one(Person, person_id)
        actions_account.read_message(person, message_id, at + timedelta(hours=4))


def ids_by_name(session: Session) -> dict[str, int]:
    """The cast's ids: the team by mailbox, the young people by handle."""
    mailboxes = {one.email: one.mailbox for one in STAFF}
    found = select(Person.id, Person.handle, Person.email).where(
        Person.handle.in_([one.handle for one in YOUNG]) | Person.email.in_(list(mailboxes))
    )
    return {handle or mailboxes[email or ""]: id_ for id_, handle, email in session.execute(found)}


def log_ins(session: Session) -> list[LogIn]:
    """The log-ins that exist in this database: the team first, then the young people by pathway and stage."""
    emails = set(session.scalars(select(Person.email).where(Person.email.in_([one.email for one in STAFF]))))
    handles = set(session.scalars(select(Person.handle).where(Person.handle.in_([one.handle for one in YOUNG]))))
    team = [
        LogIn(one.role, f"{one.first_name} {one.last_name}", one.email, PASSWORD, one.about)
        for one in STAFF
        if one.email in emails
    ]
    young = [
        LogIn(Role.YOUNG, one.first_name, one.handle, PIN, f"{one.pathway} {one.stage}, {one.age} years: {one.about}")
        for one in YOUNG
        if one.handle in handles
    ]
    return team + young


def _office_hour(day: date, chance: random.Random) -> datetime:
    return clock.at(day, time(chance.randrange(10, 17), chance.choice((0, 20, 40))))
