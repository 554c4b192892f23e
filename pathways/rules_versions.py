"""What must agree inside a pathway before it is published: one home for the catalogue's files and for the pages.

A pathway is read as pathways.yaml writes it (see pathways/catalogue_shape.py), whether it comes from a file or from a
draft. Facts in, faults out: where, what, and the values that say it. A value at fault ends the comparison that asks it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fablab.catalogue_agreeing import agreeing, numbered, under
from fablab.i18n import _

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """Something that does not agree: a code, where it is in the pathway, and the values of its words."""

    code: str
    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)


def own_faults(pathway: Mapping[str, Any]) -> Iterator[Fault]:
    """Ages, groups, hours, sessions, stages: what a pathway must say of itself without contradiction."""
    yield from _people(pathway)
    yield from _hours(pathway)
    yield from _choices(pathway)
    yield from _stages(pathway)


def aim_faults(pathway: Mapping[str, Any], badges: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Every safety badge aimed at can be had with the levels of the pathway, at its ages.

    ``badges`` by code, as the file writes them: competencies (code, level), min_age.
    """
    for place, code in numbered(pathway["aimed_badges"]):
        here = ("aimed_badges", place)
        with agreeing():
            if code not in badges:
                continue  # named already, as a code of nothing
            with agreeing():
                reached = _reached(pathway)
                short = [one for one in badges[code]["competencies"] if reached.get(one["code"], 0) < one["level"]]
                if short:
                    said = [(one["code"], one["level"]) for one in short]
                    yield Fault("out_of_reach", here, {"badge": code, "short": said})
            if (badges[code]["min_age"] or 0) > pathway["audience"]["max_age"]:
                yield Fault("badge_too_old", here, {"badge": code, "age": pathway["audience"]["max_age"]})


def _reached(pathway: Mapping[str, Any]) -> dict[str, int]:
    """The highest level that the stages bring, by competency."""
    reached: dict[str, int] = {}
    for stage in pathway["stages"]:
        for target in stage["competencies"]:
            reached[target["code"]] = max(target["level"], reached.get(target["code"], 0))
    return reached


def _people(pathway: Mapping[str, Any]) -> Iterator[Fault]:
    audience, group = pathway["audience"], pathway["group"]
    with agreeing():
        if audience["min_age"] > audience["max_age"]:
            yield Fault("ages", ("audience", "max_age"), {"least": audience["min_age"]})
    with agreeing():
        if audience["extended"] and audience["extended"]["max_age"] <= audience["max_age"]:
            yield Fault("extended_age", ("audience", "extended", "max_age"), {"age": audience["max_age"]})
    with agreeing():
        if group["min"] > group["max"]:
            yield Fault("group_sizes", ("group", "max"), {"least": group["min"]})
    with agreeing():
        most = pathway["groups_per_year"] * group["max"]
        if pathway["places_per_year"] > most:
            yield Fault("places", ("places_per_year",), {"most": most})


def _hours(pathway: Mapping[str, Any]) -> Iterator[Fault]:
    sessions = pathway["sessions"]
    pace = under(sessions, "pace")
    with agreeing():
        made = sessions["count"] * sessions["hours"]
        if pathway["hours"] != made:
            yield Fault("hours", ("hours",), {"hours": made})
    with agreeing():
        if pace["own_pace"] == bool(pace["per_week"]):
            yield Fault("pace", ("sessions", "pace"))
    with agreeing():
        if pace["weeks"] and pace["per_week"] and pace["weeks"] * pace["per_week"] != sessions["count"]:
            yield Fault("weeks", ("sessions", "pace", "weeks"), {"count": sessions["count"]})


def _choices(pathway: Mapping[str, Any]) -> Iterator[Fault]:
    with agreeing():
        if pathway["chosen_badges"] and pathway["chosen_badges"]["count"] > len(pathway["chosen_badges"]["among"]):
            yield Fault("badge_choice", ("chosen_badges", "count"))
    for place, condition in numbered(pathway["prerequisites"]):
        with agreeing():
            if bool(condition["any_of"]) == bool(condition["all_of"]):
                yield Fault("condition", ("prerequisites", place))


def _stages(pathway: Mapping[str, Any]) -> Iterator[Fault]:
    sessions = pathway["sessions"]
    for place, stage in numbered(pathway["stages"]):
        with agreeing():
            made = len(stage["sessions"]) * sessions["hours"]
            if stage["hours"] != made:
                yield Fault("stage_hours", ("stages", place, "hours"), {"stage": place, "hours": made})
        yield from _targets(place, stage)
    with agreeing():
        numbers = [number for stage in pathway["stages"] for number in stage["sessions"]]
        if not pathway["stages"]:
            yield Fault("no_stage", ("stages",))
        elif numbers != list(range(1, 1 + sessions["count"])):
            yield Fault("sessions_order", ("stages",), {"count": sessions["count"], "found": numbers})


def _targets(place: int, stage: Any) -> Iterator[Fault]:
    here = ("stages", place)
    chosen, targets = under(stage, "chosen_competencies"), under(stage, "competencies")
    seen = set()
    for spot, target in numbered(targets):
        with agreeing():
            if target["code"] in seen:
                yield Fault("twice", (*here, "competencies", spot, "code"), {"stage": place})
            seen.add(target["code"])
    with agreeing():
        if chosen and chosen["count"] > len(chosen["among"]):
            yield Fault("choice", (*here, "chosen_competencies", "count"), {"stage": place})
    with agreeing():
        if not targets and not chosen:
            yield Fault("no_target", (*here, "competencies"), {"stage": place})


def sentences(
    faults: Iterable[Fault], stages: Sequence[str], badges: Mapping[str, str], competencies: Mapping[str, str]
) -> Iterator[tuple[Fault, str]]:
    """Each fault in words; names of the stages in order, of badges and competencies by code."""
    for fault in faults:
        values = dict(fault.values)
        if "stage" in values:
            values["stage"] = stages[values["stage"]]
        if "badge" in values:
            values["badge"] = badges.get(values["badge"], values["badge"])
        if "short" in values:
            values["short"] = ", ".join(f"{competencies.get(code, code)} ({level})" for code, level in values["short"])
        yield fault, _sentence(fault.code, values)


def _sentence(code: str, values: Mapping[str, Any]) -> str:
    match code:
        case "ages":
            return _("L’âge le plus haut est au moins %(least)s ans.", **values)
        case "extended_age":
            return _("L’âge étendu dépasse %(age)s ans.", **values)
        case "group_sizes":
            return _("Le nombre le plus haut de jeunes par groupe est au moins %(least)s.", **values)
        case "places":
            return _("Les groupes de l’année font %(most)s places au plus.", **values)
        case "hours":
            return _("Les séances font %(hours)s heures en tout.", **values)
        case "pace":
            return _("Choisir un nombre de séances par semaine, ou «\u00a0à son rythme\u00a0».")
        case "weeks":
            return _("Semaines\u00a0: il en faut pour %(count)s séances, au rythme choisi.", **values)
        case "badge_choice":
            return _("On ne choisit pas plus de badges qu’il n’y en a.")
        case "condition":
            return _("Une condition d’entrée dit «\u00a0un de\u00a0» ou «\u00a0tous\u00a0».")
        case "stage_hours":
            return _("%(stage)s\u00a0: ses séances font %(hours)s heures.", **values)
        case "twice":
            return _("%(stage)s\u00a0: une compétence y est deux fois.", **values)
        case "choice":
            return _("%(stage)s\u00a0: on ne choisit pas plus de compétences qu’il n’y en a.", **values)
        case "no_target":
            return _("%(stage)s\u00a0: ajouter une compétence visée.", **values)
        case "no_stage":
            return _("Ajouter au moins une étape.")
        case "sessions_order":
            return _("Les étapes ensemble comptent %(count)s séances, chacune une fois.", **values)
        case "out_of_reach":
            return _("%(badge)s\u00a0: les étapes n’amènent pas à %(short)s.", **values)
        case "badge_too_old":
            return _("%(badge)s ne s’ouvre pas encore à %(age)s ans.", **values)
    raise KeyError(code)
