"""pathways.yaml: scale, stages, competencies, badges, pathways and exits."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from fablab.catalogue import Catalogue, Document, References, Source
from fablab.catalogue_items import Item, setting
from fablab.catalogue_parts import Part
from fablab.catalogue_records import read_whole, status_of
from pathways.catalogue_checks import check_badges, check_pathways, check_totals, needed
from pathways.catalogue_shape import SHAPE
from pathways.catalogue_stores import BADGES, COMPETENCIES, EVIDENCE, LEVELS, PATHWAYS, REASONS, SITUATIONS_AFTER

NAME = "pathways.yaml"


def read(document: Document, references: References) -> None:
    """Read the file."""
    read_whole(SHAPE, document, references)


def check(catalogue: Catalogue) -> None:
    """What must agree: hours, sessions, places, levels of the badges aimed at."""
    document = catalogue.documents[NAME]
    check_totals(document)
    check_badges(document)
    check_pathways(document)


def items(catalogue: Catalogue, today: date) -> list[Item]:
    """Scale, kinds of evidence, competencies, badges, pathways, exits, and the settings of training."""
    data = catalogue.data(NAME)
    return [
        *_words(data),
        *_competencies(data),
        *_safety_badges(data),
        *_pathways(data),
        *_skill_badges(data),
        *_settings(data),
    ]


def _words(data: dict[str, Any]) -> Iterator[Item]:
    for step in data["scale"]:
        yield Item("level", step["code"], {name: step[name] for name in ("level", "label", "youth_label")})
    for kind in data["evidence_kinds"]:
        yield Item("evidence_kind", kind["code"], {"label": kind["label"], "file": kind["file"]})
    for position, ending in enumerate(data["exits"]["endings"]):
        values = {"label": ending["label"], "reason_not_recorded": ending["reason_not_recorded"]}
        yield Item("exit_reason", ending["code"], values, once={"position": position})
    for position, after in enumerate(data["exits"]["situations"]):
        values = {name: after[name] for name in ("label", "positive", "group")}
        yield Item("exit_situation", after["code"], values, once={"position": position})


def _competencies(data: dict[str, Any]) -> Iterator[Item]:
    for position, competency in enumerate(data["competencies"]):
        values = {name: value for name, value in competency.items() if name != "code"}
        values["alignments"] = {name: value for name, value in competency["alignments"].items() if value is not None}
        yield Item("competency", competency["code"], values, once={"position": position})


def _safety_badges(data: dict[str, Any]) -> Iterator[Item]:
    badges = {badge["code"]: badge for badge in data["safety_badges"]}
    positions = {code: position for position, code in enumerate(badges)}
    # A badge comes after those it needs, whatever the order of the file.
    for badge in sorted(badges.values(), key=lambda badge: len(needed(badges, badge["code"]))):
        values = {name: badge[name] for name in ("name", "valid_months", "lapses_unused_months", "min_age")}
        values |= {"renewal_minutes": badge["renewal"]["minutes"], "renewal_test": badge["renewal"]["test"]}
        first = badge["training"] or {"minutes": None, "learners": None}
        values |= {"training_minutes": first["minutes"], "training_learners": first["learners"]}
        values |= {"competencies": levels_of(badge["competencies"]), "prerequisites": badge["prerequisites"]}
        values |= {"kind": "safety", "pathway": None, "stage": None}
        yield Item("badge", badge["code"], values, once={"position": positions[badge["code"]]})


def _skill_badges(data: dict[str, Any]) -> Iterator[Item]:
    rules = data["skill_badges"]
    names = {stage["code"]: stage["name"] for stage in data["reference_stages"]}
    position = 100
    for pathway in data["pathways"]:
        short_title = pathway["title"].split(" — ")[0]
        common = {"pathway": pathway["code"]}
        for stage in pathway["stages"]:
            code = rules["stage_code"].format(pathway=pathway["code"], stage=stage["code"])
            name = f"{short_title} · {names[stage['code']]}"
            values = {"name": name, "kind": "stage", "stage": stage["code"], **common}
            yield Item("badge", code, values, once={"position": position})
            position += 1
        code = rules["pathway_code"].format(pathway=pathway["code"])
        values = {"name": short_title, "kind": "pathway", "stage": None, **common}
        yield Item("badge", code, values, once={"position": position})
        position += 1


def _pathways(data: dict[str, Any]) -> Iterator[Item]:
    stages = {stage["code"]: stage for stage in data["reference_stages"]}
    for position, pathway in enumerate(data["pathways"]):
        values = _pathway_values(pathway) | {"data_status": status_of(data, "pathways")}
        for stage in pathway["stages"]:
            reference = stages[stage["code"]]
            values |= {f"stages.{stage['code']}.{name}": value for name, value in _stage_values(stage, reference)}
        yield Item("pathway", pathway["code"], values, once={"position": position})


def _pathway_values(pathway: dict[str, Any]) -> dict[str, Any]:
    audience, sessions, group = pathway["audience"], pathway["sessions"], pathway["group"]
    kept = (
        *("title", "youth_label", "color", "referrers", "hours", "places_per_year", "groups_per_year"),
        *("prerequisites", "papers", "charter", "min_attendance_pct", "project", "aimed_badges", "chosen_badges"),
        *("certificate", "next_pathways"),
    )
    values = {name: pathway[name] for name in kept}
    extended = audience["extended"] or {"max_age": None, "condition": None}
    return values | {
        "audience.statuses": audience["statuses"],
        "audience.min_age": audience["min_age"],
        "audience.max_age": audience["max_age"],
        "audience.extended.max_age": extended["max_age"],
        "audience.extended.condition": extended["condition"],
        "audience.label": audience["label"],
        "sessions.count": sessions["count"],
        "sessions.hours": sessions["hours"],
        **{f"sessions.pace.{name}": value for name, value in sessions["pace"].items()},
        **{f"group.{name}": value for name, value in group.items()},
    }


def _stage_values(stage: dict[str, Any], reference: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "order", reference["order"]
    yield "name", reference["name"]
    yield "youth_label", reference["youth_label"]
    for name in ("hours", "sessions", "goal", "chosen_competencies", "expected_evidence", "milestone"):
        yield name, stage[name]
    yield "competencies", levels_of(stage["competencies"])


def _settings(data: dict[str, Any]) -> Iterator[Item]:
    for name, rule in data["skill_badges"].items():
        yield setting(f"skill_badges.{name}", rule, status_of(data, "skill_badges"))
    yield setting("exits.asked", data["exits"]["asked"], status_of(data, "exits"))
    yield setting("pathways.reference_stages", data["reference_stages"], status_of(data, "reference_stages"))
    yield setting(
        "pathways.places_per_year", data["totals"]["places_per_year"], status_of(data, "totals.places_per_year")
    )


def levels_of(targets: list[dict[str, Any]]) -> dict[str, int]:
    """{"SEC-01": 2, …} of a list of codes and levels."""
    return {target["code"]: target["level"] for target in targets}


SHIPPED = Path(__file__).parent / "data" / NAME
STORES = (LEVELS, EVIDENCE, COMPETENCIES, BADGES, PATHWAYS, REASONS, SITUATIONS_AFTER)
PART = Part(Source(NAME, SHIPPED, SHAPE, read, check), items, STORES)
