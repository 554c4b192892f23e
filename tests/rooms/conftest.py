"""Rules of rooms need no database, only words. For pages, the house is open from 8:30 to 22:00."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from bookings.models import Place
from fablab import config, i18n
from rooms.models import Room
from tests.make_machines import make_fablab
from tests.make_rooms import make_room, say_applicants


@pytest.fixture(scope="session")
def words_app() -> Flask:
    """An app that knows French and nothing else."""
    app = Flask("words")
    app.config["TRANSLATIONS"] = config.ROOT / "translations"
    i18n.init_app(app)
    return app


@pytest.fixture
def words(words_app: Flask) -> Iterator[None]:
    """Words can be said during the test."""
    with words_app.app_context():
        yield


@pytest.fixture
def dynamo(session: Session) -> Place:
    """The house and its Fablab; it says who may have rooms."""
    say_applicants()
    return make_fablab().house


@pytest.fixture
def leysse(dynamo: Place) -> Room:
    """A meeting room for 12, 19 at most."""
    return make_room(dynamo, "SAL-08", name="Salle de réunion Leysse")
