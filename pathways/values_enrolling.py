"""Whom a pathway welcomes, and what is known of somebody who enrols. Plain values."""

from dataclasses import dataclass
from datetime import date

from pathways.values_badges import Named

#: why somebody is enrolled outside the age or the situation foreseen; said in words by forms_enrolling
EXCEPTIONS = ("prescriber", "birthday", "situation_changes", "with_group", "second_chance", "team")


@dataclass(frozen=True)
class Terms:
    """Whom a version of a pathway welcomes. Prerequisites as in the catalogue file."""

    title: str
    situations: tuple[str, ...]
    min_age: int
    max_age: int
    extended_max_age: int | None = None
    extended_condition: str | None = None
    group_max: int | None = None
    any_pathway_finished: tuple[Named, ...] = ()
    all_badges_valid: tuple[Named, ...] = ()


@dataclass(frozen=True)
class EnrolmentFacts:
    """What is known of somebody on the day they are enrolled. ``group_size`` is None without a group."""

    day: date
    birth_date: date | None
    situation: str | None
    finished: frozenset[str] = frozenset()
    valid_badges: frozenset[str] = frozenset()
    already: bool = False
    published: bool = True
    group_size: int | None = None
    group_closed: bool = False
    group_of_version: bool = True
