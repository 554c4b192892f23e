"""Sensitive organisations: their name and what they do are read by the coordination and by themselves, nowhere else.

Every address that answers GET is asked by somebody of each role, with the ids of a booking that one of them has.
"""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from bookings import actions_feeds, queries_feeds
from bookings.models import Booking
from fablab.db import db
from fablab.people.models import Person
from fablab.people.secrets import feed_key
from fablab.permissions import Role
from rooms.models import Room
from tests.conftest import NOW
from tests.make_bookings import slot
from tests.make_rooms import lend, make_activity, make_contact_of, make_tenant
from tests.read_files import words_of
from tests.test_routes import Seats, routes
from tests.test_who_sees import address, make_kept

pytestmark = pytest.mark.slow

DAY = date(2026, 12, 16)
NAME, PURPOSE = "Quatrephare", "Zygomorphe"


def test_the_name_of_a_sensitive_organisation_is_read_by_itself_and_by_the_coordination_only(app: Flask) -> None:
    readers, ids = make_kept()
    room = db.session.scalars(select(Room)).one()
    hidden = make_tenant(NAME, sensitive=True, masked_label="Structure protégée", prescriber=True)
    theirs = lend(room, hidden, slot("14:00", "15:00", DAY), purpose=PURPOSE)
    ids["/salles/reservations"] = theirs.public_id
    ids["code"]["/agenda"] = ids["code"]["/activites"] = make_activity(room, "ACT-77", holder=hidden).code
    coordination = readers[Role.COORDINATOR]
    assert coordination is not None
    actions_feeds.open_for(room, coordination, NOW)
    feed = queries_feeds.of_resource(db.session(), room.id)
    assert feed is not None
    ids["key"] = feed_key(feed.nonce)
    people: dict[str, Person | None] = {str(role): reader for role, reader in readers.items()}
    people["itself"] = make_contact_of(hidden)
    seats, read = Seats(app), dict[str, dict[str, str]]()
    for rule, _access in routes(app):
        if "GET" not in (rule.methods or set()) or (rule.arguments and rule.rule.startswith("/reglages")):
            continue
        where = address(app, rule, ids)
        for who, reader in people.items():
            answer = seats.ask(reader, "GET", where)
            said = words_of(answer.get_data()) if answer.status_code == 200 else ""
            answer.close()
            for word in (NAME, PURPOSE):
                if word in said:
                    read.setdefault(who, {}).setdefault(word, rule.rule)
    assert {who: set(found) for who, found in read.items()} == {
        "coordinator": {NAME, PURPOSE},
        "itself": {NAME, PURPOSE},
    }, read
    assert db.session.get_one(Booking, theirs.id).purpose == PURPOSE
