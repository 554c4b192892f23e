"""Backups are proved without running every migration each time: the tables they lead to are copied.

And a house to back up.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import make_url

from fablab import clock, house, journal
from fablab.db import db, transaction
from fablab.home import portable, restoring
from tests.conftest import migrated_to_copy
from tests.make import make_authorisation, make_minor, make_young
from tests.make_bookings import make_booking, make_resource, slot

#: the migrations, read once a run instead of once a restore
scripts = lru_cache(restoring._scripts)


def standing() -> str | None:
    """The migration at which the house now open stands."""
    with db.engine.connect() as connection:
        return portable.revision(connection)


@pytest.fixture(autouse=True)
def tables_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """An SQLite file without tables gets those of the last migration as they are; the rest is really upgraded.

    The copy is what the migrations made, byte by byte; that they run from any revision is for test_migrations. A house
    that stands at the last migration already has nothing to run.
    """
    monkeypatch.setattr(restoring, "_scripts", scripts)

    def upgrade(*, revision: str = "head") -> None:
        file = Path(db.engine.url.database or "")
        begun = db.engine.dialect.name != "sqlite" or (file.exists() and file.stat().st_size)
        last = restoring.heads()
        if not begun and revision in last | {"head"}:
            db.engine.dispose()
            file.write_bytes(Path(str(make_url(migrated_to_copy("sqlite")).database)).read_bytes())
            return
        if begun and revision in last | {"head"} and standing() in last:
            return
        flask_migrate.upgrade(revision=revision)

    monkeypatch.setattr(restoring, "upgrade", upgrade)


@pytest.fixture
def lived_in(shared_database: Flask) -> Flask:
    """A house with people, a booking, settings of every shape and a journal."""
    young = make_young("Zoë", "L’Étoile \u202e ١ 🎈")
    make_authorisation(make_minor())
    make_booking(make_resource(), slot("14:00", "15:00", date(2026, 11, 25)), young)
    with transaction() as session:
        house.write(session, "shapes", {"z": [1, None, True, 0.25, "é"], "a": {}})
        house.write(session, "nothing", None)
        journal.note(session, "data.copy", "person", young.id, by=young, now=clock.now(), one="1", two=[2])
    (Path(shared_database.instance_path) / "letters").mkdir()
    (Path(shared_database.instance_path) / "letters" / "one.eml").write_text("Bonjour")
    return shared_database
