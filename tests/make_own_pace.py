"""Factories of pathways at one's own pace: a Passeur, and who follows it."""

from datetime import timedelta
from typing import Any

from fablab import clock
from fablab.people.models import Person
from pathways.models import Enrolment, PathwayVersion
from tests.make import make_young
from tests.make_pathways import enrol, make_competency, make_pathway, make_safety_badge

CHARTER = [{"paper": "passeur_charter", "signed": True, "label": "charte du passeur"}]


def make_passeur_pathway(**fields: Any) -> PathwayVersion:
    """A pathway of 10 × 3 hours, 6 months at most: 2 competencies of 3 and 1 badge of 2 to choose, a charter."""
    for code in ("MAC-04", "MAC-05", "TXT-01"):
        make_competency(code)
    for code in ("BS-LASER", "BS-3D"):
        make_safety_badge(code)
    values = {
        "own_pace": True,
        "own_pace_during": "open_lab",
        "max_months": 6,
        "hours": 30,
        "session_count": 10,
        "session_hours": 3,
        "attendance_percent": 70,
        "papers": CHARTER,
        "charter": ["Je montre, je n’impose pas."],
        "badge_choice": {"count": 1, "among": ["BS-LASER", "BS-3D"]},
        **fields,
    }
    choices = {"APP": {"count": 2, "among": ["MAC-04", "MAC-05", "TXT-01"], "level": 3}}
    return make_pathway("PASSEUR", choices=choices, **values)


def make_passeur(
    first_name: str = "Julie", version: PathwayVersion | None = None, *, days: int = 30, **fields: Any
) -> tuple[Person, Enrolment]:
    """Somebody who follows it since so many days."""
    person = make_young(first_name, "Arnaud", **fields)
    version = version or make_passeur_pathway()

    return person, enrol(person, version=version, enrolled_on=clock.local_day(clock.now()) - timedelta(days=days))
