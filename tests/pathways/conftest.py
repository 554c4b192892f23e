"""The people and the badge that most tests of training need."""

import pytest

from fablab.people.models import Person
from pathways.models import Badge
from tests.make import make_staff, make_young
from tests.make_pathways import make_safety_badge


@pytest.fixture
def samir(app: object) -> Person:
    """A facilitator, without any right to validate safety badges."""
    return make_staff("Samir")


@pytest.fixture
def ines(app: object) -> Person:
    """A young person."""
    return make_young("Inès")


@pytest.fixture
def laser(app: object) -> Badge:
    """A safety badge that asks for one competency."""
    return make_safety_badge("BS-LASER", {"MAC-05": 2}, min_age=12)
