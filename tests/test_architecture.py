"""Imports point one way: roof, machines | rooms, pathways, bookings, ground; and one way inside a part."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source import nodes

ROOT = Path(__file__).parent.parent
PARTS = ("fablab", "bookings", "pathways", "machines", "rooms", "reports")
ROOF = ("fablab.app", "fablab.home", "fablab.cli", "reports")

#: a part -> the other parts it may import (the ground is always allowed)
BELOW = {
    "ground": set(),
    "bookings": set(),
    "pathways": {"bookings"},
    "machines": {"bookings", "pathways"},
    "rooms": {"bookings", "pathways"},
    "roof": {"bookings", "pathways", "machines", "rooms", "roof"},
}

#: the families of modules inside a part, lowest first; a module imports its own level or below
LEVELS = ("values", "rules", "models", "queries", "kinds", "upkeep", "actions", "jobs", "forms", "views")
PURE = ("values", "rules", "progress", "calendar")
#: what pure modules may not touch
IMPURE = {"flask", "sqlalchemy", "flask_login", "flask_wtf", "flask_sqlalchemy"}


def modules() -> Iterator[tuple[str, Path]]:
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


MODULES = dict(modules())


def layer(name: str) -> str:
    if (name.startswith(ROOF) and name.split(".")[:2] in [roof.split(".") for roof in ROOF]) or name.startswith(
        "reports"
    ):
        return "roof"
    part = name.split(".")[0]
    return "ground" if part == "fablab" else part


def family(name: str) -> str | None:
    """«actions» of pathways.actions_badges, machines.actions or bookings.views_staff; None for the others."""
    last = name.split(".")[-1]
    return next((level for level in LEVELS if last == level or last.startswith(level + "_")), None)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def ours(path: Path) -> list[tuple[str, int]]:
    return [(name, line) for name, line in imports(path) if name in MODULES]


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name: str) -> None:
    own = layer(name)
    for imported, line in ours(MODULES[name]):
        other = layer(imported)
        allowed = other in ("ground", own) or other in BELOW[own]
        assert allowed, f"{name}:{line} ({own}) imports {imported} ({other})"


@pytest.mark.parametrize("name", MODULES)
def test_inside_a_part_views_call_actions_and_never_the_other_way(name: str) -> None:
    own = family(name)
    if own is None or layer(name) == "roof":
        return
    for imported, line in ours(MODULES[name]):
        other = family(imported)
        if other is None or imported.rpartition(".")[0] != name.rpartition(".")[0]:
            continue
        assert LEVELS.index(other) <= LEVELS.index(own), f"{name}:{line} ({own}) imports {imported} ({other})"
        crossing = {("forms", "queries"), ("forms", "models"), ("forms", "actions"), ("views", "upkeep")}
        assert (own, other) not in crossing, f"{name}:{line}: {own} must not import {other}"


@pytest.mark.parametrize("name", [name for name in MODULES if name.split(".")[-1].split("_")[0] in PURE])
def test_rules_and_values_are_pure(name: str) -> None:
    for imported, line in imports(MODULES[name]):
        assert imported.split(".")[0] not in IMPURE, f"{name}:{line} imports {imported}"


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_imported_inside_a_function(name: str) -> None:
    for node in nodes(MODULES[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
            assert not inner, f"{name}:{inner[0].lineno} imports inside {node.name}"


CLOCK_READERS = {"views", "entering", "jobs", "cli", "commands", "scheduler", "serve", "demo", "clock"}


@pytest.mark.parametrize("name", MODULES)
def test_only_pages_jobs_and_commands_read_the_clock(name: str) -> None:
    words = {word for part in name.split(".") for word in part.split("_")}
    if words & CLOCK_READERS or layer(name) == "roof":
        return
    for node in nodes(MODULES[name]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            told = (node.value.id, node.attr)
            assert told not in {("clock", "now"), ("datetime", "now"), ("date", "today"), ("datetime", "utcnow")}, (
                f"{name}:{node.lineno} reads the clock: it is handed down as «now»"
            )


def test_only_the_engine_writes_bookings_and_claims() -> None:
    for name, path in MODULES.items():
        if name.startswith("bookings."):
            continue
        for node in nodes(path):
            made = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Booking", "Claim")
            )
            assert not made, f"{name}:{node.lineno} makes a {node.func.id}"  # type: ignore[attr-defined]  # seen above


def test_only_transaction_commits() -> None:
    for name, path in MODULES.items():
        for node in nodes(path):
            if isinstance(node, ast.Attribute) and node.attr == "commit":
                assert name == "fablab.db", f"{name}:{node.lineno} commits"
