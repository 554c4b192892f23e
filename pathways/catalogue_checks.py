"""What must agree inside pathways.yaml: sums of hours and places, sessions, and badges that can be reached."""

from collections.abc import Iterable, Mapping
from typing import Any

from fablab.catalogue import Document, Trail
from fablab.catalogue_agreeing import WRONG, agreeing, coded, numbered, under
from pathways.rules_versions import Fault, aim_faults, own_faults


def check_totals(document: Document) -> None:
    """The places of the pathways add up; the scale goes up from 0 step by step."""
    with agreeing():
        places = sum(pathway["places_per_year"] for pathway in under(document.data, "pathways"))
        if places != under(document.data, "totals", "places_per_year"):
            document.fault(("totals", "places_per_year"), f"{places}, the places of all pathways")
    for index, step in numbered(under(document.data, "scale")):
        with agreeing():
            if step["level"] != index:
                document.fault(("scale", index, "level"), f"{index}, the next level")
    for index, stage in numbered(under(document.data, "reference_stages")):
        with agreeing():
            if stage["order"] != index + 1:
                document.fault(("reference_stages", index, "order"), f"{index + 1}, the next one")


def check_badges(document: Document) -> None:
    """A badge is no younger than those it needs, and none needs itself."""
    badges = coded(under(document.data, "safety_badges"))
    for index, badge in numbered(under(document.data, "safety_badges")):
        for place, code in numbered(under(badge, "prerequisites")):
            here = ("safety_badges", index, "prerequisites", place)
            with agreeing():
                if badge["code"] in needed(badges, code):
                    document.fault(here, "a badge that does not need this one in turn")
                elif code in badges and badges[code]["min_age"] > badge["min_age"]:
                    document.fault(here, f"a badge open at {badge['min_age']}, the age of this one")


def needed(badges: Mapping[str, Any], code: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """This badge and all that it needs, however deep."""
    if code in seen or code not in badges:
        return {code}
    found = {code}
    for _place, other in numbered(badges[code]["prerequisites"]):
        with agreeing():
            found |= needed(badges, other, seen | {code})
    return found


def check_pathways(document: Document) -> None:
    """Each pathway on its own: ages, groups, hours, sessions, stages, badges aimed at."""
    badges = coded(under(document.data, "safety_badges"))
    for index, pathway in numbered(under(document.data, "pathways")):
        if pathway is not WRONG:
            here = ("pathways", index)
            _say(document, here, own_faults(pathway))
            _check_order(document, here, pathway)
            _say(document, here, aim_faults(pathway, badges))


def _check_order(document: Document, here: Trail, pathway: dict[str, Any]) -> None:
    with agreeing():
        expected = [stage["code"] for stage in under(document.data, "reference_stages")]
        found = [stage["code"] for stage in pathway["stages"]]
        if found != expected:
            document.fault((*here, "stages"), f"the stages {', '.join(expected)}, in this order", ", ".join(found))


#: what a fault expects, in the words of the files
EXPECTED = {
    "ages": "at least {least}, the min_age",
    "extended_age": "more than {age}, the max_age",
    "group_sizes": "at least {least}, the min",
    "places": "at most {most}, the places of all groups",
    "hours": "{hours}, the sessions times their hours",
    "pace": "either per_week or own_pace: true",
    "weeks": "weeks that make {count} sessions",
    "badge_choice": "no more than there are to choose among",
    "condition": "either any_of or all_of",
    "stage_hours": "{hours}, its sessions times their hours",
    "twice": "a competency named once in the stage",
    "choice": "no more than there are to choose among",
    "no_target": "at least one competency, or some to choose among",
    "no_stage": "at least one stage",
    "sessions_order": "sessions 1 to {count} in order, once each",
    "out_of_reach": "a badge within reach: the stages do not bring {short}",
    "badge_too_old": "a badge open at {age}",
}


def _say(document: Document, here: Trail, faults: Iterable[Fault]) -> None:
    for fault in faults:
        values = dict(fault.values)
        if "short" in values:
            values["short"] = ", ".join(f"{code} at {level}" for code, level in values["short"])
        found = (", ".join(map(str, values["found"])),) if "found" in values else ()
        document.fault((*here, *fault.path), EXPECTED[fault.code].format(**values), *found)
