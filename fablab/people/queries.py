"""Finding people. Every list has an order and an end."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from fablab.journal import JournalEntry
from fablab.people.models import Authorisation, Card, Lockout, Person, PersonWord, RoleGrant
from fablab.people.names import after, fold
from fablab.permissions import Role

PAGE_LENGTH = 30
FOUND_AT_MOST = 20
SHORTEST_SEARCH = 3


@dataclass(frozen=True)
class Page:
    """A stretch of a list of people: where it is, and whether there is more."""

    people: Sequence[Person]
    number: int
    pages: int
    total: int


def by_handle(session: Session, handle: str) -> Person | None:
    """Who enters with this handle, roles included."""
    return _one(session, Person.handle == handle)


def by_email(session: Session, email: str) -> Person | None:
    """Who enters with this e-mail (lower case), roles included."""
    return _one(session, Person.email == email)


def by_public_id(session: Session, public_id: str) -> Person | None:
    """Anybody by their public id, roles included."""
    return _one(session, Person.public_id == public_id)


def by_card(session: Session, digest: str) -> Person | None:
    """The holder of a card that was not revoked."""
    held = select(Card.person_id).where(Card.token_digest == digest, Card.revoked_at.is_(None))
    return _one(session, Person.id.in_(held))


def young_person(session: Session, public_id: str) -> Person | None:
    """A young person with authorisations (who saw them too) and cards: what their page shows. One statement."""
    # A few rows of each: multiplied by each other they still cost less than three more statements.
    found = (
        select(Person)
        .where(Person.public_id == public_id, Person.merged_into_id.is_(None), _holds(Role.YOUNG))
        .where(Person.erased_at.is_(None))
        .options(
            joinedload(Person.grants),
            joinedload(Person.cards),
            joinedload(Person.authorisations).joinedload(Authorisation.seen_by),
        )
    )
    return session.scalars(found).unique().one_or_none()


def was_erased(session: Session, public_id: str) -> bool:
    """Whether this account was erased: rows that are counted still lead to it."""
    erased = select(Person.id).where(Person.public_id == public_id, Person.erased_at.is_not(None))
    return session.scalar(erased) is not None


def account_kept(session: Session, public_id: str) -> str | None:
    """The public id of the account into which this one was merged; None for any other."""
    kept = aliased(Person)
    into = select(kept.public_id).join(Person, Person.merged_into_id == kept.id)
    return session.scalar(into.where(Person.public_id == public_id))


def young_people(session: Session, *, page: int, length: int = PAGE_LENGTH) -> Page:
    """The young people who have not left, by last name; ``page`` counts from 1."""
    here = (_holds(Role.YOUNG), Person.left_at.is_(None))
    total = session.scalar(select(func.count()).select_from(Person).where(*here)) or 0
    listed = select(Person).where(*here).order_by(Person.last_name, Person.first_name, Person.id)
    people = session.scalars(listed.limit(length).offset((page - 1) * length)).all()
    return Page(people, page, max(1, -(-total // length)), total)


def search(session: Session, typed: str) -> Sequence[Person]:
    """The first twenty young people whose names or handle begin with every word typed, by last name.

    Those who left are not offered.
    Accents and case do not count. Fewer than three letters in all find nobody. Each word is a
    range of the index of words, never a walk through people.
    """
    return session.scalars(searching(fold(typed).split()[:4])).all() if long_enough(typed) else []


def long_enough(typed: str) -> bool:
    """Whether somebody can be looked for by what was typed."""
    return len("".join(fold(typed).split()[:4])) >= SHORTEST_SEARCH


def searching(words: Sequence[str]) -> Select[Person]:
    """The statement of the search, for words already folded."""
    return _named(words).where(Person.left_at.is_(None), _holds(Role.YOUNG))


def search_anybody(session: Session, typed: str) -> Sequence[Person]:
    """As ``search``, among everybody: the team too, and those who left, whose acts stay."""
    return session.scalars(_named(fold(typed).split()[:4])).all() if long_enough(typed) else []


def _named(words: Sequence[str]) -> Select[Person]:
    matching = [
        Person.id.in_(select(PersonWord.person_id).where(PersonWord.word >= word, PersonWord.word < after(word)))
        for word in words
    ]
    found = select(Person).where(*matching).options(selectinload(Person.grants))
    return found.order_by(Person.last_name, Person.first_name, Person.id).limit(FOUND_AT_MOST)


def alike(session: Session, first_name: str, birth: date) -> Sequence[Person]:
    """Young people with this first name (accents apart) born the same month: perhaps the same person."""
    wanted = fold(first_name)
    if not wanted:
        return []
    last = calendar.monthrange(birth.year, birth.month)[1]
    same_word = select(PersonWord.person_id).where(PersonWord.word == wanted.split()[0])
    same_month = Person.birth_date.between(birth.replace(day=1), birth.replace(day=last))
    found = select(Person).where(Person.id.in_(same_word), same_month, _holds(Role.YOUNG)).order_by(Person.id)
    found = found.where(Person.merged_into_id.is_(None), Person.erased_at.is_(None))
    return [person for person in session.scalars(found.limit(50)) if fold(person.first_name) == wanted]


def staff(session: Session, *, page: int, length: int = PAGE_LENGTH) -> Page:
    """Everybody with an e-mail to enter, by last name, those who left included; ``page`` counts from 1."""
    total = session.scalar(select(func.count()).select_from(Person).where(Person.email.is_not(None))) or 0
    listed = select(Person).where(Person.email.is_not(None)).options(selectinload(Person.grants))
    listed = listed.order_by(Person.last_name, Person.first_name, Person.id)
    people = session.scalars(listed.limit(length).offset((page - 1) * length)).all()
    return Page(people, page, max(1, -(-total // length)), total)


def administrators(session: Session) -> int:
    """How many people can still make accounts and give roles."""
    held = select(func.count()).select_from(Person).where(Person.left_at.is_(None), _holds(Role.ADMINISTRATOR))
    return session.scalar(held) or 0


def administrators_by_id() -> Select[int]:
    """The roles of administrators now held, in an order: what is locked before one is taken away."""
    held = (RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.ended_at.is_(None))
    return select(RoleGrant.id).where(*held).order_by(RoleGrant.id)


def withdrawn_by(session: Session, authorisation_ids: Sequence[int]) -> dict[int, int | None]:
    """Who withdrew each of these authorisations last, by its id."""
    if not authorisation_ids:
        return {}
    acts = select(JournalEntry.thing_id, JournalEntry.actor_id).where(
        JournalEntry.thing == "authorisation",
        JournalEntry.thing_id.in_(authorisation_ids),
        JournalEntry.verb == "authorisation.withdraw",
    )
    rows = session.execute(acts.order_by(JournalEntry.at, JournalEntry.id))
    return {thing_id: actor_id for thing_id, actor_id in rows if thing_id is not None}


def tries_on(session: Session, digests: Sequence[str]) -> Sequence[Lockout]:
    """The wrong tries counted on identifiers, those of the devices known to them apart."""
    theirs = Lockout.identifier_digest.in_(digests) | Lockout.device_of.in_(digests)
    return session.scalars(select(Lockout).where(theirs).order_by(Lockout.identifier_digest)).all()


def _holds(role: Role) -> ColumnElement[bool]:
    return exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == role, RoleGrant.ended_at.is_(None))


def _one(session: Session, condition: ColumnElement[bool]) -> Person | None:
    found = select(Person).where(condition).options(joinedload(Person.grants))
    return session.scalars(found).unique().one_or_none()
