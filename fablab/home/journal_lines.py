"""Entries of the journal ready to print: in words, with links to what they are about, and names for who may know."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings.models import Booking, Resource
from fablab import journal_queries
from fablab.home.journal_details import more_of
from fablab.i18n import _, in_french, joined, say_when
from fablab.journal import JournalEntry
from fablab.journal_words import SAID
from fablab.people.models import Person
from fablab.permissions import Role
from pathways.models_groups import Group, TrainingSession

#: more people than this on a line are counted, not named
NAMED_AT_MOST = 4


@dataclass(frozen=True)
class Link:
    """What a line is about: its words, and its page if the reader may open it."""

    label: str
    url: str | None = None


@dataclass(frozen=True)
class JournalLine:
    """One act: when, what happened, by whom, to whom and what, and more about it."""

    at: datetime
    said: str
    who: str
    about: tuple[Link, ...]
    more: str


Labels = Mapping[tuple[str, int], Link]


def lines_of(session: Session, entries: Sequence[JournalEntry], reader: Person) -> list[JournalLine]:
    """These entries in words; a statement a kind of thing, whatever their number."""
    touched = journal_queries.touched(session, entries)
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.actor_id is not None:
            wanted["person"].add(entry.actor_id)
        for thing, id_ in _about(entry, touched):
            wanted[thing].add(id_)
    labels = {
        (thing, id_): link
        for thing, ids in wanted.items()
        if thing in _KINDS
        for id_, link in _KINDS[thing](session, ids, reader).items()
    }
    return [_line(entry, touched, labels) for entry in entries]


def link_to(session: Session, thing: str, thing_id: int, reader: Person) -> Link | None:
    """What a search is about, or None for what is not there or has no page of its own."""
    return _KINDS[thing](session, {thing_id}, reader).get(thing_id) if thing in _KINDS else None


def may_name(person: Person, reader: Person) -> bool:
    """Whether a reader may know who this is: somebody of the team is known to the team, a young person to the desk."""
    return Role.YOUNG not in person.roles or reader.may("person.read")


def _line(entry: JournalEntry, touched: Mapping[int, Sequence[tuple[str, int]]], labels: Labels) -> JournalLine:
    about = _about(entry, touched)
    who = labels.get(("person", entry.actor_id)) if entry.actor_id is not None else None
    return JournalLine(
        at=entry.at,
        said=str(SAID.get(entry.verb, entry.verb)),
        who=who.label if who else _("La maison, toute seule"),
        about=(*_people(entry, about, labels), *_things(about, labels)),
        more=more_of(entry),
    )


def _about(entry: JournalEntry, touched: Mapping[int, Sequence[tuple[str, int]]]) -> list[tuple[str, int]]:
    first = [(entry.thing, entry.thing_id)] if entry.thing_id is not None else []
    return [*first, *touched.get(entry.id, ())]


def _people(entry: JournalEntry, about: Sequence[tuple[str, int]], labels: Labels) -> list[Link]:
    # Who acted upon themselves is said once.
    ids = [id_ for thing, id_ in about if thing == "person" and id_ != entry.actor_id]
    if len(ids) > NAMED_AT_MOST:
        return [Link(_("%(num)s personnes", num=len(ids)))]
    return [labels["person", id_] for id_ in ids if ("person", id_) in labels]


def _things(about: Sequence[tuple[str, int]], labels: Labels) -> list[Link]:
    known = {thing: labels[thing, id_] for thing, id_ in about if thing != "person" and (thing, id_) in labels}
    # A booking says its machine, a session its group.
    hidden = {"booking": "resource", "training_session": "training_group"}
    return [link for thing, link in known.items() if thing not in {hidden.get(other) for other in known}]


# --- what each kind of thing is called ----------------------------------------------------------


def _of_people(session: Session, ids: Collection[int], reader: Person) -> dict[int, Link]:
    people = session.scalars(select(Person).where(Person.id.in_(ids)).options(selectinload(Person.grants)))
    return {person.id: _person(person, reader) for person in people}


def _person(person: Person, reader: Person) -> Link:
    if not may_name(person, reader):
        return Link(_("un jeune"))
    page = None
    if Role.YOUNG in person.roles:
        page = url_for("person.show", public_id=person.public_id)
    elif person.email and reader.may("staff.read"):
        page = url_for("staff.show", public_id=person.public_id)
    return Link(person.short_name, page)


def _of_resources(session: Session, ids: Collection[int], reader: Person) -> dict[int, Link]:
    may = reader.may("machine.read")
    found = session.execute(
        select(Resource.id, Resource.simple_name, Resource.code, Resource.kind).where(Resource.id.in_(ids))
    )
    return {
        id_: Link(in_french(name), url_for("machines.machine", code=code) if may and kind == "machine" else None)
        for id_, name, code, kind in found
    }


def _of_bookings(session: Session, ids: Collection[int], reader: Person) -> dict[int, Link]:
    may = reader.may("machine.read")
    found = session.execute(
        select(Booking.id, Booking.public_id, Booking.starts_at, Resource.simple_name)
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.id.in_(ids))
    )
    return {
        id_: Link(
            joined((in_french(name), say_when(starts_at))),
            url_for("bookings.show", public_id=public_id) if may else None,
        )
        for id_, public_id, starts_at, name in found
    }


def _of_sessions(session: Session, ids: Collection[int], reader: Person) -> dict[int, Link]:
    may = reader.may("session.read")
    lessons = session.scalars(
        select(TrainingSession).where(TrainingSession.id.in_(ids)).options(joinedload(TrainingSession.group))
    )
    return {
        one.id: Link(
            _("%(thing)s, %(when)s", thing=one.group.name, when=say_when(one.starts_at)),
            url_for("pathways.session_page", public_id=one.public_id) if may else None,
        )
        for one in lessons
    }


def _of_groups(session: Session, ids: Collection[int], reader: Person) -> dict[int, Link]:
    may = reader.may("session.read")
    groups = session.execute(select(Group.id, Group.public_id, Group.name).where(Group.id.in_(ids)))
    return {
        id_: Link(name, url_for("pathways.group", public_id=public_id) if may else None)
        for id_, public_id, name in groups
    }


def _of_batches(session: Session, ids: Collection[int], reader: Person) -> dict[int, Link]:
    may = reader.may("validation.take_back")
    return {id_: Link(_("ce lot"), url_for("pathways.take_back", batch_id=id_) if may else None) for id_ in ids}


_KINDS: Mapping[str, Callable[[Session, Collection[int], Person], dict[int, Link]]] = {
    "person": _of_people,
    "resource": _of_resources,
    "booking": _of_bookings,
    "training_session": _of_sessions,
    "training_group": _of_groups,
    "validation_batch": _of_batches,
}
