"""What must agree inside a pathway: one change to a sound one, one fault, said in its own words."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from fablab.i18n import speaking
from pathways.rules_versions import aim_faults, own_faults, sentences

BADGES = {"BS-LASER": {"min_age": 14, "competencies": [{"code": "MAC-05", "level": 2}]}}
#: two stages of two sessions each, three hours a session, two sessions a week
SOUND: dict[str, Any] = {
    "audience": {"min_age": 14, "max_age": 20, "extended": {"max_age": 25}},
    "group": {"min": 6, "max": 10},
    "groups_per_year": 3,
    "places_per_year": 30,
    "hours": 12,
    "sessions": {"count": 4, "hours": 3, "pace": {"own_pace": False, "per_week": 2, "weeks": 2}},
    "chosen_badges": {"count": 1, "among": ["BS-LASER", "BS-CNC"]},
    "prerequisites": [{"any_of": ["BS-LASER"], "all_of": []}],
    "aimed_badges": ["BS-LASER"],
    "stages": [
        {
            "hours": 6,
            "sessions": [1, 2],
            "competencies": [{"code": "MAC-05", "level": 2}],
            "chosen_competencies": {"count": 1, "among": ["NUM-01", "NUM-02"]},
        },
        {"hours": 6, "sessions": [3, 4], "competencies": [{"code": "PRO-03", "level": 1}], "chosen_competencies": None},
    ],
}

Change = Callable[[dict[str, Any]], object]
FIRST = ("stages", 0)


pytestmark = [pytest.mark.page, pytest.mark.usefixtures("app")]  # words need the house, nothing asks its database


def found(change: Change) -> list[tuple[str, tuple[str | int, ...], str]]:
    """Code, place and words of each fault of a sound pathway once changed."""
    pathway = deepcopy(SOUND)
    change(pathway)
    faults = [*own_faults(pathway), *aim_faults(pathway, BADGES)]
    with speaking("fr"):
        said = sentences(faults, ["Expérimenter", "Appliquer"], {"BS-LASER": "Laser"}, {"MAC-05": "Je découpe"})
        return [(fault.code, fault.path, words) for fault, words in said]


def test_a_sound_pathway_has_no_fault() -> None:
    assert found(lambda _pathway: None) == []


@pytest.mark.parametrize(
    ("change", "code", "path", "words"),
    [
        (lambda p: p["audience"].update(min_age=21), "ages", ("audience", "max_age"), "au moins 21 ans"),
        (
            lambda p: p["audience"]["extended"].update(max_age=20),
            "extended_age",
            ("audience", "extended", "max_age"),
            "dépasse 20 ans",
        ),
        (lambda p: p["group"].update(min=11), "group_sizes", ("group", "max"), "au moins 11"),
        (lambda p: p.update(places_per_year=31), "places", ("places_per_year",), "30 places au plus"),
        (lambda p: p.update(hours=13), "hours", ("hours",), "12 heures en tout"),
        (lambda p: p["sessions"]["pace"].update(own_pace=True), "pace", ("sessions", "pace"), "à son rythme"),
        (lambda p: p["sessions"]["pace"].update(weeks=3), "weeks", ("sessions", "pace", "weeks"), "4 séances"),
        (lambda p: p["chosen_badges"].update(count=3), "badge_choice", ("chosen_badges", "count"), "plus de badges"),
        (lambda p: p["prerequisites"][0].update(any_of=[]), "condition", ("prerequisites", 0), "«\u00a0un de\u00a0»"),
        (
            lambda p: p["prerequisites"][0].update(all_of=["BS-CNC"]),
            "condition",
            ("prerequisites", 0),
            "«\u00a0tous\u00a0»",
        ),
        (
            lambda p: p["stages"][0].update(hours=5),
            "stage_hours",
            (*FIRST, "hours"),
            "Expérimenter\u00a0: ses séances font 6",
        ),
        (
            lambda p: p["stages"][0]["competencies"].append({"code": "MAC-05", "level": 1}),
            "twice",
            (*FIRST, "competencies", 1, "code"),
            "y est deux fois",
        ),
        (
            lambda p: p["stages"][0]["chosen_competencies"].update(count=3),
            "choice",
            (*FIRST, "chosen_competencies", "count"),
            "plus de compétences",
        ),
        (
            lambda p: p["stages"][1].update(competencies=[]),
            "no_target",
            ("stages", 1, "competencies"),
            "Appliquer\u00a0: ajouter",
        ),
        (
            lambda p: p["stages"][0].update(sessions=[2, 1]),
            "sessions_order",
            ("stages",),
            "4 séances, chacune une fois",
        ),
        (
            lambda p: p["stages"][0]["competencies"][0].update(level=1),
            "out_of_reach",
            ("aimed_badges", 0),
            "n’amènent pas à Je découpe (2)",
        ),
        (
            lambda p: p.update(audience={"min_age": 12, "max_age": 13, "extended": None}),
            "badge_too_old",
            ("aimed_badges", 0),
            "Laser ne s’ouvre pas encore à 13 ans",
        ),
    ],
)
def test_one_change_makes_one_fault(change: Change, code: str, path: tuple[str | int, ...], words: str) -> None:
    ((its_code, its_path, its_words),) = found(change)
    assert (its_code, its_path) == (code, path)
    assert words in its_words


def test_a_pathway_without_a_stage_says_that_one_is_missing() -> None:
    without: dict[str, Any] = {"stages": [], "aimed_badges": []}
    assert [code for code, _path, _words in found(lambda p: p.update(without))] == ["no_stage"]


def test_a_badge_that_nobody_knows_is_left_to_who_names_codes() -> None:
    assert found(lambda p: p.update(aimed_badges=["BS-NOTHING"])) == []
