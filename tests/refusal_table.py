"""The table of all refusals, read from the source: ``python -m tests.refusal_table`` writes docs/refusals.md."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.source import nodes

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "refusals.md"
PARTS = ("fablab", "bookings", "pathways", "machines", "rooms", "reports")
#: what makes a refusal: the class, its shortcuts, and the helper of the rules of machines
MAKERS = {"Refusal", "refuse", "say_no"}
HEAD = """# Refusals

Every way the house says no, read from the source by `python -m tests.refusal_table`; `tests/test_refusals.py` keeps
this page true. The code is stable and for tests, the sentence is for people (values in `%(…)s`). *Soft*: the team may
pass it with a written reason. *Then*: what becomes of a booking already made when the rule begins to refuse it: cancel,
warn (marked for the team, the person told), or nothing.

`make rules-proof` takes each refusal of the rules away in turn, and those that actions of training and of people make
themselves: a test must go red each time.

| code | said | soft | then | where |
|---|---|---|---|---|
"""


@dataclass
class Line:
    """One code: its first sentence, whether it may be soft, its effects, the modules that say it."""

    code: str
    sentence: str = ""
    soft: set[str] = field(default_factory=set)
    effects: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def sources() -> Iterator[Path]:
    """The modules of the program."""
    for part in PARTS:
        yield from sorted((ROOT / part).rglob("*.py"))


@cache
def refusals() -> dict[str, Line]:
    """Every code of the program."""
    found: dict[str, Line] = {}
    for path in sources():
        for function in nodes(path):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if code := code_of(call):
                        _add(found.setdefault(code, Line(code)), call, function, path)  # type: ignore[arg-type]  # a call
    return dict(sorted(found.items()))


def code_of(node: ast.AST) -> str | None:
    """The code of a call that makes a refusal, else None."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS and node.args):
        return None
    first = node.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def table() -> str:
    """The page."""
    lines = []
    for line in refusals().values():
        soft = {frozenset(("True",)): "yes", frozenset(): ""}.get(frozenset(line.soft), "sometimes")
        effects = ", ".join(sorted(line.effects - {"keep"}))
        places = ", ".join(sorted(line.places))
        said = line.sentence.replace("|", "\\|").replace("\u00a0", " ")
        lines.append(f"| `{line.code}` | {said} | {soft} | {effects} | {places} |")
    return HEAD + "\n".join(lines) + "\n"


def _add(line: Line, call: ast.Call, function: ast.FunctionDef, path: Path) -> None:
    line.places.add(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
    line.sentence = line.sentence or _sentence(call, function)
    for keyword in call.keywords:
        if keyword.arg == "soft":
            line.soft.add(ast.unparse(keyword.value))
        if keyword.arg == "effect" and isinstance(keyword.value, ast.Constant):
            line.effects.add(str(keyword.value.value))


def _sentence(call: ast.Call, function: ast.FunctionDef) -> str:
    """The words said: in the call itself, else in what the function gave to the name that is passed."""
    if len(call.args) < 2:
        return ""
    said = call.args[1]
    if not isinstance(said, ast.Name):
        return " ".join(_texts(said))
    given = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign)
        and any(isinstance(target, ast.Name) and target.id == said.id for target in _targets(node))
        and node.lineno <= call.lineno
    ]
    given.sort(key=lambda node: node.lineno)
    last = max((index for index, node in enumerate(given) if isinstance(node, ast.Assign)), default=0)
    return " ".join(text for node in given[last:] for text in _texts(node.value))


def _targets(node: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _texts(node: ast.AST) -> Iterator[str]:
    """The French in an expression, in order; of a singular and a plural, the plural."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext", "lazy"):
        strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        yield from strings[-1:]
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
