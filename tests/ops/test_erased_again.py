"""A backup made before somebody was erased does not bring them back, here or on another machine."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.home import backup, erased_list, erasing_actions, nightly, restoring
from fablab.people import queries
from fablab.people.models import Person
from fablab.permissions import Role
from tests.make import make_staff, make_young
from tests.ops.test_backup import another_house

pytestmark = pytest.mark.slow


def names() -> set[str]:
    db.session.remove()
    return set(db.session.scalars(select(Person.last_name)))


def test_a_restore_erases_again_whoever_was_erased_since(lived_in: Flask, tmp_path: Path) -> None:
    young, by = make_young("Zoé", "Lafleur"), make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,))
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    erasing_actions.erase(young, by, clock.now())
    assert "Lafleur" not in names()
    _manifest, _kept, notes = restoring.restore(path, clock.now(), replace=True)
    assert "1 people erased since the backup was made are erased again" in notes
    assert "Lafleur" not in names()
    assert "Ferrand" in names()
    assert queries.search(db.session(), "lafleur") == []


def test_on_another_machine_the_list_beside_the_backup_counts(
    lived_in: Flask, engine_name: str, tmp_path: Path
) -> None:
    young, by = make_young("Zoé", "Lafleur"), make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,))
    away = tmp_path / "away"
    away.mkdir()
    backup.make(away / "house.zip", clock.now())
    erasing_actions.erase(young, by, clock.now())
    shutil.copy(nightly.folder() / erased_list.NAME, away)
    with another_house(engine_name, tmp_path / "elsewhere"):
        restoring.restore(away / "house.zip", clock.now())
        assert "Lafleur" not in names()
        assert "Ferrand" in names()
