"""What the desk does for young people: accounts, cards, codes, authorisations."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people import handles, queries, rules_agreements, rules_secrets, secrets, upkeep, upkeep_access
from fablab.people.models import AUTHORISATIONS, SITUATIONS, Authorisation, Card, Person
from fablab.people.rules import plausible_birth
from fablab.permissions import Role
from fablab.refusals import Refusal, Refused

_CHANCE = random.SystemRandom()
_HANDLE_TRIES = 40


@dataclass(frozen=True)
class NewYoungPerson:
    """What the short form at the desk says. ``key`` is the form's own: sent twice, it makes one person."""

    first_name: str
    last_name: str
    birth: date
    situation: str
    photos_allowed: bool | None
    pin: str
    key: str
    known_not_alike: bool = False


@dataclass(frozen=True)
class MadeYoungPerson:
    """The person made and the code of their card, told this once; no code when the form had been sent before."""

    person: Person
    card_code: str | None


class PerhapsKnown(Refused):
    """Somebody with this first name and birth month exists: the desk is asked once."""

    def __init__(self, people: list[Person]) -> None:
        super().__init__([Refusal("perhaps_known", _("Cette personne a peut-être déjà un compte."))])
        self.people = people


def make_young_person(
    asked: NewYoungPerson, by: Person, now: datetime, *, chance: random.Random = _CHANCE
) -> MadeYoungPerson:
    """Make the account and the card of a young person. Raises Refused, PerhapsKnown.

    The handle is drawn by ``chance``: a demonstration has its own, to be told the same way again.
    """
    refusals = [
        *plausible_birth(asked.birth, clock.local_day(now)),
        *rules_secrets.pin_refusals(asked.pin, asked.birth),
    ]
    if asked.situation not in SITUATIONS:
        refusals.append(Refusal("situation", _("Choisir une situation."), field="situation"))
    if refusals:
        raise Refused(refusals)
    secret_hash = secrets.hash_secret(asked.pin)
    with transaction() as session:
        # One form after the other for each maker: what was sent twice is seen the second time.
        session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
        made = session.scalar(select(Person).where(Person.request_key == asked.key))
        if made:
            return MadeYoungPerson(made, None)
        known = [] if asked.known_not_alike else list(queries.alike(session, asked.first_name, asked.birth))
        if known:
            raise PerhapsKnown(known)
        person = Person(
            birth_date=asked.birth,
            situation=asked.situation,
            photos_allowed=asked.photos_allowed,
            handle=_free_handle(session, chance),
            secret_hash=secret_hash,
            request_key=asked.key,
            created_at=now,
            created_by_id=by.id,
        )
        session.add(person)
        upkeep.rename(person, asked.first_name, asked.last_name)
        session.flush()
        upkeep.grant(session, person, Role.YOUNG, by, now)
        journal.note(session, "person.create", "person", person.id, by=by, now=now)
        return MadeYoungPerson(person, _make_card(session, person, by, now))


def renew_card(person: Person, by: Person, now: datetime) -> str:
    """Make a new card; the old ones open nothing any more. Returns the code to print, told this once."""
    with transaction() as session:
        upkeep.lock(session, person)
        code = _make_card(session, person, by, now)
        journal.note(session, "card.renew", "person", person.id, by=by, now=now)
    return code


def renew_pin(person: Person, pin: str, by: Person, now: datetime, *, new_card: bool = False) -> str | None:
    """Write a PIN newly chosen with the young person; open sessions end, wrong tries are forgotten. Raises Refused.

    With ``new_card`` the card is made again too: returns its code, told this once; the old ones open nothing any more.
    """
    refusals = rules_secrets.pin_refusals(pin, person.birth_date)
    if refusals:
        raise Refused(refusals)
    secret_hash = secrets.hash_secret(pin)
    with transaction() as session:
        upkeep.lock(session, person)
        person.secret_hash, person.short_hash = secret_hash, None
        upkeep_access.close_everywhere(session, person, now)
        upkeep.forget_tries(session, person)
        journal.note(session, "pin.renew", "person", person.id, by=by, now=now)
        if not new_card:
            return None
        journal.note(session, "card.renew", "person", person.id, by=by, now=now)
        return _make_card(session, person, by, now)


def renew_cards(
    people: Sequence[Person], sheet: Callable[[Mapping[int, str]], bytes], by: Person, now: datetime
) -> bytes:
    """Make a new card for each of these people, all or none; returns what ``sheet`` prints of the codes by person.

    The sheet is made first: where it fails the cards before still open, and nobody waits for a lock meanwhile.
    """
    codes = {person.id: secrets.new_card_token() for person in people}
    printed = sheet(codes)
    with transaction() as session:
        for person in sorted(people, key=lambda one: one.id):
            upkeep.lock(session, person)
            _make_card(session, person, by, now, codes[person.id])
            journal.note(session, "card.renew", "person", person.id, by=by, now=now)
    return printed


def unlock(person: Person, by: Person, now: datetime) -> None:
    """Forget somebody's wrong tries: they may try again at once."""
    with transaction() as session:
        session.refresh(person)
        upkeep.forget_tries(session, person)
        journal.note(session, "enter.unlock", "person", person.id, by=by, now=now)


@dataclass(frozen=True)
class Agreed:
    """An agreement on paper: what for, who signed, on which day, its last day (None: until withdrawn)."""

    kind: str
    signer_name: str
    signer_link: str
    signed_on: date
    valid_until: date | None


def authorise(person: Person, agreed: Agreed, by: Person, now: datetime) -> Authorisation:
    """Record an authorisation that ``by`` has seen on paper.

    Raises Refused: kind, future, ends_before, self_too_young, image_too_long.
    """
    refusals = []
    if agreed.kind not in AUTHORISATIONS:
        refusals.append(Refusal("kind", _("Choisir ce qui est autorisé."), field="kind"))
    if agreed.signed_on > clock.local_day(now):
        refusals.append(Refusal("future", _("La date de signature est dans le futur."), field="signed_on"))
    if agreed.valid_until and agreed.valid_until < agreed.signed_on:
        refusals.append(Refusal("ends_before", _("Le dernier jour vient avant la signature."), field="valid_until"))
    refusals += rules_agreements.refusals(
        agreed.kind, agreed.signer_link, person.birth_date, agreed.signed_on, agreed.valid_until
    )
    if refusals:
        raise Refused(refusals)
    with transaction() as session:
        session.refresh(person)
        authorisation = Authorisation(
            person_id=person.id,
            kind=agreed.kind,
            signer_name=agreed.signer_name,
            signer_link=agreed.signer_link,
            signed_on=agreed.signed_on,
            valid_until=agreed.valid_until,
            seen_by_id=by.id,
            recorded_at=now,
        )
        session.add(authorisation)
        session.flush()
        journal.note(
            session,
            "authorisation.record",
            "authorisation",
            authorisation.id,
            by=by,
            now=now,
            about=journal.people([person.id]),
        )
    return authorisation


def _make_card(session: Session, person: Person, by: Person, now: datetime, code: str | None = None) -> str:
    for card in session.scalars(select(Card).where(Card.person_id == person.id, Card.revoked_at.is_(None))):
        card.revoked_at = now
    code = code or secrets.new_card_token()
    session.add(Card(person_id=person.id, token_digest=secrets.card_digest(code), made_at=now, made_by_id=by.id))
    return code


def _free_handle(session: Session, chance: random.Random) -> str:
    # Two figures while they last (about 13,000 handles), then three.
    for attempt in range(_HANDLE_TRIES):
        handle = handles.propose(chance, digits=2 if attempt < _HANDLE_TRIES // 2 else 4)
        if session.scalar(select(Person.id).where(Person.handle == handle)) is None:
            return handle
    raise RuntimeError("no free handle was found")
