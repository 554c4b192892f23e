"""For pages, the house is open from 8:30 to 22:00, and says who may have rooms."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from bookings.models import Place
from rooms.models import Room
from tests.bookings.serving import Served, served_beside
from tests.make_machines import make_fablab
from tests.make_rooms import make_room, say_applicants


@pytest.fixture
def dynamo(session: Session) -> Place:
    """The house and its Fablab; it says who may have rooms."""
    say_applicants()
    return make_fablab().house


@pytest.fixture
def leysse(dynamo: Place) -> Room:
    """A meeting room for 12, 19 at most."""
    return make_room(dynamo, "SAL-08", name="Salle de réunion Leysse")


@pytest.fixture(scope="module")
def served(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server on a database of its own, and an app on the same database beside it."""
    with served_beside(migrated, tmp_path_factory.mktemp("served")) as served:
        yield served
