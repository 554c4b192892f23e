"""Secret addresses of calendars: made, changed for another, stopped. One transaction each."""

import secrets as random_bytes
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries_feeds
from bookings.models import Resource
from bookings.models_feeds import Feed
from fablab.db import transaction
from fablab.journal import About, note
from fablab.people.models import Person

_BYTES = 16  # 128 bits: 22 letters and figures


def open_mine(person: Person, now: datetime) -> None:
    """Give somebody an address for their own calendar; the one before opens nothing any more."""
    with transaction() as session:
        # One at a time: sent twice at once, the second changes the address that the first made.
        session.get_one(Person, person.id, with_for_update={"of": Person, "key_share": True})
        feed = queries_feeds.of_person(session, person.id) or Feed(person_id=person.id)
        _open(session, feed, person, now, ("person", person.id))


def open_for(thing: Resource, by: Person, now: datetime) -> None:
    """Give a thing an address for its calendar; the one before opens nothing any more."""
    with transaction() as session:
        session.get_one(Resource, thing.id, with_for_update={"of": Resource, "key_share": True})
        feed = queries_feeds.of_resource(session, thing.id) or Feed(resource_id=thing.id)
        _open(session, feed, by, now, ("resource", thing.id))


def stop_mine(person: Person, now: datetime) -> None:
    """The address of somebody's own calendar opens nothing any more; without one nothing changes."""
    with transaction() as session:
        _stop(session, queries_feeds.of_person(session, person.id), person, now, ("person", person.id))


def stop_for(thing: Resource, by: Person, now: datetime) -> None:
    """The address of a thing's calendar opens nothing any more; without one nothing changes."""
    with transaction() as session:
        _stop(session, queries_feeds.of_resource(session, thing.id), by, now, ("resource", thing.id))


def _open(session: Session, feed: Feed, by: Person, now: datetime, about: About) -> None:
    feed.nonce, feed.made_at, feed.made_by_id = random_bytes.token_urlsafe(_BYTES), now, by.id
    session.add(feed)
    session.flush()
    note(session, "feed.open", "calendar_feed", feed.id, by=by, now=now, about=[about])


def _stop(session: Session, feed: Feed | None, by: Person, now: datetime, about: About) -> None:
    if feed is not None:
        session.delete(feed)
        note(session, "feed.stop", "calendar_feed", feed.id, by=by, now=now, about=[about])
