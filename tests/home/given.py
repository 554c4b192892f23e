"""What tests of front pages start from."""

from datetime import timedelta

from flask.testing import FlaskClient

from bookings.models import Booking
from fablab.db import transaction
from fablab.people.models import Person
from pathways.models import Group
from tests.conftest import NOW
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import (
    make_group,
    make_pathway,
)


def text(client: FlaskClient, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def make_rebond() -> Group:
    return make_group(make_pathway("REBOND", {"EXP": {"MAC-01": 2}, "APP": {"MAC-02": 2}}), "Rebond 4")


def make_own_booking(person: Person, *, hours: float = 2, status: str = "confirmed") -> Booking:
    """A booking as the tables keep it, hours from now."""
    machine = make_machine(make_fablab())
    with transaction() as session:
        start = NOW + timedelta(hours=hours)
        booking = Booking(
            kind="own", resource_id=machine.id, place_id=machine.place_id, holder_id=person.id,
            starts_at=start, ends_at=start + timedelta(hours=1), status=status, created_at=NOW,
        )  # fmt: skip
        session.add(booking)
    return booking
