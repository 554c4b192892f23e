"""What must agree inside pathways.yaml: sums of hours and places, sessions, and badges that can be reached."""

from typing import Any

from fablab.catalogue import Document


def check_totals(document: Document) -> None:
    """The places of the pathways add up; the scale goes up from 0 step by step."""
    if document.sound("totals") and document.sound("pathways"):
        places = sum(pathway["places_per_year"] for pathway in document.data["pathways"])
        if places != document.data["totals"]["places_per_year"]:
            document.fault(("totals", "places_per_year"), f"{places}, the places of all pathways")
    if document.sound("scale"):
        for index, step in enumerate(document.data["scale"]):
            if step["level"] != index:
                document.fault(("scale", index, "level"), f"{index}, the next level")
    if document.sound("reference_stages"):
        for index, stage in enumerate(document.data["reference_stages"]):
            if stage["order"] != index + 1:
                document.fault(("reference_stages", index, "order"), f"{index + 1}, the next one")


def check_badges(document: Document) -> None:
    """A badge is no younger than those it needs, and none needs itself."""
    if not document.sound("safety_badges"):
        return
    badges = {badge["code"]: badge for badge in document.data["safety_badges"]}
    for index, badge in enumerate(document.data["safety_badges"]):
        for place, code in enumerate(badge["prerequisites"]):
            here = ("safety_badges", index, "prerequisites", place)
            if badge["code"] in needed(badges, code):
                document.fault(here, "a badge that does not need this one in turn")
            elif badges[code]["min_age"] > badge["min_age"]:
                document.fault(here, f"a badge open at {badge['min_age']}, the age of this one")


def needed(badges: dict[str, Any], code: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """This badge and all that it needs, however deep."""
    if code in seen or code not in badges:
        return {code}
    found = {code}
    for other in badges[code]["prerequisites"]:
        found |= needed(badges, other, seen | {code})
    return found


def check_pathways(document: Document) -> None:
    """Each pathway on its own: ages, groups, hours, sessions, stages, badges aimed at."""
    if not isinstance(document.data, dict) or not isinstance(document.data.get("pathways"), list):
        return
    for index, pathway in enumerate(document.data["pathways"]):
        here = ("pathways", index)
        if not document.sound(*here):
            continue
        _check_numbers(document, here, pathway)
        _check_stages(document, here, pathway)
        if all(document.sound(name) for name in ("safety_badges", "competencies", "reference_stages")):
            _check_order(document, here, pathway)
            _check_aims(document, here, pathway)


def _check_numbers(document: Document, here: tuple[str | int, ...], pathway: dict[str, Any]) -> None:
    audience, group, sessions = pathway["audience"], pathway["group"], pathway["sessions"]
    if audience["min_age"] > audience["max_age"]:
        document.fault((*here, "audience", "max_age"), f"at least {audience['min_age']}, the min_age")
    if audience["extended"] and audience["extended"]["max_age"] <= audience["max_age"]:
        document.fault((*here, "audience", "extended", "max_age"), f"more than {audience['max_age']}, the max_age")
    if group["min"] > group["max"]:
        document.fault((*here, "group", "max"), f"at least {group['min']}, the min")
    if pathway["places_per_year"] > pathway["groups_per_year"] * group["max"]:
        most = pathway["groups_per_year"] * group["max"]
        document.fault((*here, "places_per_year"), f"at most {most}, the places of all groups")
    if pathway["hours"] != sessions["count"] * sessions["hours"]:
        expected = f"{sessions['count'] * sessions['hours']}, the sessions times their hours"
        document.fault((*here, "hours"), expected)
    pace = sessions["pace"]
    if pace["own_pace"] == bool(pace["per_week"]):
        document.fault((*here, "sessions", "pace"), "either per_week or own_pace: true")
    if pace["weeks"] and pace["per_week"] and pace["weeks"] * pace["per_week"] != sessions["count"]:
        document.fault((*here, "sessions", "pace", "weeks"), f"weeks that make {sessions['count']} sessions")
    if pathway["chosen_badges"] and pathway["chosen_badges"]["count"] > len(pathway["chosen_badges"]["among"]):
        document.fault((*here, "chosen_badges", "count"), "no more than there are to choose among")
    for place, condition in enumerate(pathway["prerequisites"]):
        if bool(condition["any_of"]) == bool(condition["all_of"]):
            document.fault((*here, "prerequisites", place), "either any_of or all_of")


def _check_stages(document: Document, here: tuple[str | int, ...], pathway: dict[str, Any]) -> None:
    sessions = pathway["sessions"]
    numbers: list[int] = []
    for place, stage in enumerate(pathway["stages"]):
        there = (*here, "stages", place)
        numbers += stage["sessions"]
        if stage["hours"] != len(stage["sessions"]) * sessions["hours"]:
            expected = f"{len(stage['sessions']) * sessions['hours']}, its sessions times their hours"
            document.fault((*there, "hours"), expected)
        codes = [target["code"] for target in stage["competencies"]]
        for spot, code in enumerate(codes):
            if code in codes[:spot]:
                document.fault((*there, "competencies", spot, "code"), "a competency named once in the stage")
        chosen = stage["chosen_competencies"]
        if chosen and chosen["count"] > len(chosen["among"]):
            document.fault((*there, "chosen_competencies", "count"), "no more than there are to choose among")
    if numbers != list(range(1, sessions["count"] + 1)):
        shown = ", ".join(map(str, numbers))
        document.fault((*here, "stages"), f"sessions 1 to {sessions['count']} in order, once each", shown)


def _check_order(document: Document, here: tuple[str | int, ...], pathway: dict[str, Any]) -> None:
    expected = [stage["code"] for stage in document.data["reference_stages"]]
    found = [stage["code"] for stage in pathway["stages"]]
    if found != expected:
        document.fault((*here, "stages"), f"the stages {', '.join(expected)}, in this order", ", ".join(found))


def _check_aims(document: Document, here: tuple[str | int, ...], pathway: dict[str, Any]) -> None:
    """Every safety badge aimed at can be had with the levels of the pathway."""
    reached: dict[str, int] = {}
    for stage in pathway["stages"]:
        for target in stage["competencies"]:
            reached[target["code"]] = max(target["level"], reached.get(target["code"], 0))
    badges = {badge["code"]: badge for badge in document.data["safety_badges"]}
    for place, code in enumerate(pathway["aimed_badges"]):
        short = [
            f"{target['code']} at {target['level']}"
            for target in badges[code]["competencies"]
            if reached.get(target["code"], 0) < target["level"]
        ]
        if short:
            expected = f"a badge within reach: the stages do not bring {', '.join(short)}"
            document.fault((*here, "aimed_badges", place), expected)
        if badges[code]["min_age"] > pathway["audience"]["max_age"]:
            document.fault((*here, "aimed_badges", place), f"a badge open at {pathway['audience']['max_age']}")
