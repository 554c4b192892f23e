"""A house that lives a year: its catalogue, its team, and browsers whose sessions last as long."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from fablab import clock, house
from fablab.db import db, transaction
from fablab.home import catalogue
from fablab.people import entering
from fablab.people.queries_access import SECOND_STEP
from fablab.permissions import Role
from tests import databases
from tests.conftest import make_app
from tests.make import make_staff
from tests.pathways.year.story import OPENS, Story
from tests.pathways.year.workshop import Workshop

TEAM = ("samir", "awa", "bastien", "lucie", "marc", "rose")
A_YEAR = timedelta(days=366)


def live(migrated: str, places: int, folder: Path, stack: ExitStack) -> Workshop:
    """A house of its own after a year of so many places; the stack closes it."""
    app = make_app(folder, stack.enter_context(databases.copy_of(migrated, folder)))
    stack.callback(_let_go, app)
    app.config["PERMANENT_SESSION_LIFETIME"] = A_YEAR
    with time_machine.travel(OPENS, tick=False) as traveller, pytest.MonkeyPatch.context() as patch:
        patch.setattr(entering, "TEAM_SESSION", A_YEAR)  # each enters once
        team = _furnish(app)
        play = Workshop(app, clock.now)
        for name in (*team, "chloe"):
            play.staff(name, f"{name}@example.org")
        Story(play, traveller.move_to, team).tell(places)
    return play


def _furnish(app: Flask) -> dict[str, int]:
    """The catalogue and the team, whose numbers it gives."""
    with app.app_context():
        catalogue.load_first(catalogue.shipped(), by=None, now=clock.now())
        team = {name: make_staff(name.capitalize(), "Équipe", email=f"{name}@example.org").id for name in TEAM}
        make_staff("Chloé", "Équipe", roles=(Role.COORDINATOR,), email="chloe@example.org")
        with transaction() as session:  # the coordination's phone is tested in tests/people
            house.write(session, SECOND_STEP, False)
        db.session.remove()
    return team


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
