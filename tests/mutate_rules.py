"""Take each rule away in turn: the tests must go red each time. ``python -m tests.mutate_rules [part …]``

A copy of the program is made in a temporary folder; in each round one refusal of one module is never made
(its statement becomes «pass», «return []» or «return None») and the tests of that part run until the first that fails.
Prints a table; ends with 1 when a rule can go without any test noticing.
"""

import ast
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.refusal_table import code_of, sources

ROOT = Path(__file__).parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "instance", "__pycache__", ".*_cache", "node_modules", "docs")
#: modules of rules, and of actions that refuse something themselves -> the fastest tests first that know them
RULES = {
    "bookings/rules.py": ["tests/bookings/test_rules.py", "tests/bookings"],
    "machines/rules.py": ["tests/machines/test_rules.py"],
    "machines/rules_badges.py": ["tests/machines/test_rules_badges.py", "tests/machines/test_rules.py"],
    "machines/rules_quotas.py": ["tests/machines/test_rules_quotas.py", "tests/machines/test_rules.py"],
    "machines/rules_shifts.py": ["tests/machines/test_shifts.py"],
    "machines/rules_service.py": ["tests/machines/test_end_of_mission.py", "tests/machines"],
    "machines/rules_training.py": ["tests/machines/test_rules_training.py", "tests/machines"],
    "bookings/rules_back.py": ["tests/bookings/test_ways_back.py", "tests/machines/test_ways_back.py"],
    "pathways/rules_enrolling.py": ["tests/pathways/test_enrolling.py", "tests/pathways"],
    "pathways/rules_sessions.py": ["tests/pathways/test_sessions.py", "tests/pathways"],
    "pathways/rules_validating.py": ["tests/pathways/test_validating.py", "tests/pathways"],
    "pathways/rules_badges.py": ["tests/pathways/test_badges.py", "tests/pathways"],
    "pathways/rules_evidence.py": ["tests/evidence", "tests/pathways"],
    "pathways/rules_moving.py": ["tests/versions/test_moving.py", "tests/versions"],
    "pathways/rules_notes.py": ["tests/pathways/test_lived.py", "tests/pathways"],
    "pathways/rules_own_pace.py": [
        "tests/pathways/test_own_pace.py",
        "tests/pathways/test_helpers.py",
        "tests/pathways",
    ],
    "pathways/rules_papers.py": ["tests/pathways/test_papers.py", "tests/pathways"],
    "pathways/rules_publishing.py": ["tests/versions/test_publishing.py", "tests/versions"],
    "pathways/rules_requests.py": ["tests/pathways/test_rules_requests.py"],
    "pathways/rules_restoring.py": ["tests/pathways/test_ways_back.py", "tests/pathways"],
    "pathways/actions_enrolling.py": ["tests/pathways/test_enrolling.py", "tests/pathways"],
    "pathways/actions_sessions.py": ["tests/pathways/test_sessions.py", "tests/pathways"],
    "pathways/actions_validating.py": ["tests/pathways/test_validating.py", "tests/pathways"],
    "pathways/actions_correcting.py": ["tests/pathways/test_correcting.py", "tests/pathways"],
    "pathways/actions_badges.py": ["tests/pathways/test_badges.py", "tests/pathways"],
    "pathways/actions_rights.py": ["tests/pathways/test_badges.py", "tests/pathways"],
    "fablab/people/rules.py": ["tests/people/test_ages.py", "tests/people"],
    "fablab/people/rules_merging.py": ["tests/merging"],
    "fablab/people/rules_secrets.py": ["tests/people/test_secrets.py", "tests/people"],
    "fablab/people/rules_access.py": ["tests/people/test_links.py", "tests/people"],
    "fablab/people/rules_trainee.py": ["tests/people/test_file.py", "tests/people"],
    "fablab/people/actions.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_account.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_file.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_links.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_second.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_sessions.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_staff.py": ["tests/people/test_actions_refuse.py", "tests/people"],
}


def modules() -> dict[str, list[str]]:
    """The modules named above, and every other module of rules with all the tests of its part."""
    found = dict(RULES)
    for path in sources():
        module = path.relative_to(ROOT)
        if path.stem == "rules" or path.stem.startswith("rules_"):
            found.setdefault(module.as_posix(), [f"tests/{module.parent.name}"])
    return found


@dataclass(frozen=True)
class Round:
    """One refusal taken away: where it stood, and the module without it."""

    module: str
    line: int
    code: str
    source: str


def rounds(module: str) -> Iterator[Round]:
    """Each refusal of a module, taken away alone."""
    text = (ROOT / module).read_text(encoding="utf-8")
    sites = [(node.lineno, code) for node in ast.walk(ast.parse(text)) if (code := code_of(node))]  # type: ignore[attr-defined]  # calls
    for line, code in sorted(sites):
        tree = ast.parse(text)
        without = ast.fix_missing_locations(_Without(line, code).visit(tree))
        yield Round(module, line, code, ast.unparse(without))


class _Without(ast.NodeTransformer):
    """Replaces the statement that makes one refusal by one that makes none."""

    def __init__(self, line: int, code: str) -> None:
        self.line, self.code = line, code
        self._returns_none = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Remember what the function gives back."""
        outer, self._returns_none = self._returns_none, node.returns is not None and "None" in ast.unparse(node.returns)
        visited = self.generic_visit(node)
        self._returns_none = outer
        return visited

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """The innermost simple statement around the refusal."""
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and self._makes_it(node):
            nothing = "return None" if self._returns_none else "return []"
            if isinstance(node, ast.Return | ast.Assign):
                # «refusal = …» then used: the function says nothing from here on.
                function = ast.parse(f"def f():\n {nothing}").body[0]
                assert isinstance(function, ast.FunctionDef)
                return ast.copy_location(function.body[0], node)
            return ast.copy_location(ast.Pass(), node)
        return super().generic_visit(node)

    def _makes_it(self, node: ast.AST) -> bool:
        return any(code_of(call) == self.code and call.lineno == self.line for call in ast.walk(node))  # type: ignore[attr-defined]  # calls


def notices(folder: Path, tests: list[str]) -> str:
    """The name of the first test that fails, or nothing."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
    command += ["-m", "not browser and not slow", *dict.fromkeys(tests)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" ")[1].split("::")[-1] if failed else ("?" if run.returncode else "")


def main(parts: list[str]) -> int:
    """Run all rounds and print the table; 1 when a rule was not missed."""
    unnoticed = 0
    chosen = {module: tests for module, tests in modules().items() if not parts or module.startswith(tuple(parts))}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "house"
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        (folder / "docs").mkdir()
        print("| rule | where | first test that goes red | s |\n|---|---|---|---|")
        for module, tests in chosen.items():
            original = (folder / module).read_text(encoding="utf-8")
            if red := notices(folder, tests):
                print(f"{module}: its tests are red before anything is taken away: {red}")
                return 1
            for one in rounds(module):
                (folder / module).write_text(one.source, encoding="utf-8")
                began = time.monotonic()
                red = next((found for test in tests if (found := notices(folder, [test]))), "")
                unnoticed += not red
                took = time.monotonic() - began
                print(
                    f"| `{one.code}` | {module}:{one.line} | {red or '**none: nobody noticed**'} | {took:.0f} |",
                    flush=True,
                )
            (folder / module).write_text(original, encoding="utf-8")
    print(f"\n{unnoticed} taken away without any test noticing." if unnoticed else "\nEvery rule was missed.")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
