"""Take each rule away in turn: the tests must go red each time. ``python -m tests.mutate_rules [part …]``

The tests are collected once. In each round a copy of this process takes one refusal of one module away (its statement
becomes «pass», «return []» or «return None») and runs the tests of that part until the first that fails.
Prints a table; ends with 1 when a rule can go without any test noticing.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

import pytest

from tests.mutations import ROOT, Round, rounds
from tests.refusal_table import sources

#: a rule taken away may leave a loop without end; longer than every test of a part together, seconds
LONGEST = 900
#: how the process of a round ends that could not begin it, and one that fell outside its tests
NOT_TAKEN_AWAY = 3
FELL = 4
WORKERS = os.cpu_count() or 1
#: modules of rules, and of actions that refuse something themselves -> the fastest tests first that know them
RULES = {
    "bookings/rules.py": ["tests/bookings/test_rules.py", "tests/pathways/test_sessions.py", "tests/bookings"],
    "machines/rules.py": ["tests/machines/test_rules.py"],
    "machines/rules_badges.py": ["tests/machines/test_rules_badges.py", "tests/machines/test_rules.py"],
    "machines/rules_quotas.py": ["tests/machines/test_rules_quotas.py", "tests/machines/test_rules.py"],
    "machines/rules_shifts.py": ["tests/machines/test_shifts.py", "tests/machines/test_ways_back.py"],
    "machines/rules_past_closing.py": ["tests/machines/test_past_closing.py"],
    "machines/rules_docs.py": ["tests/machines/test_docs.py"],
    "machines/rules_block.py": ["tests/machines/test_block.py"],
    "machines/rules_supplies.py": ["tests/machines/test_supplies.py", "tests/machines/test_supplies_words.py"],
    "machines/rules_care.py": ["tests/machines/test_care.py", "tests/machines/test_care_bounds.py"],
    "machines/rules_readers.py": ["tests/machines/test_readers.py"],
    "machines/rules_use.py": ["tests/machines/test_use.py", "tests/machines/test_use_now.py"],
    "rooms/rules_desk.py": ["tests/rooms/test_desk.py"],
    "machines/rules_service.py": ["tests/machines/test_end_of_mission.py", "tests/machines"],
    "machines/rules_training.py": ["tests/machines/test_rules_training.py", "tests/machines"],
    "bookings/rules_back.py": [
        "tests/bookings/test_ways_back.py",
        "tests/machines/test_ways_back.py",
        "tests/bookings",
    ],
    "pathways/rules_enrolling.py": ["tests/pathways/test_enrolling.py", "tests/pathways"],
    "pathways/rules_sessions.py": ["tests/pathways/test_sessions.py", "tests/pathways"],
    "pathways/rules_roll.py": ["tests/pathways/test_late_calls.py", "tests/pathways"],
    "pathways/rules_saving.py": ["tests/pathways/test_validating.py", "tests/pathways"],
    "pathways/rules_validating.py": ["tests/pathways/test_validating.py", "tests/pathways"],
    "pathways/rules_badges.py": ["tests/pathways/test_badges.py", "tests/pathways"],
    "pathways/rules_evidence.py": ["tests/evidence", "tests/pathways/test_proofs.py", "tests/pathways"],
    "pathways/rules_moving.py": ["tests/versions/test_moving.py", "tests/versions"],
    "pathways/rules_notes.py": ["tests/pathways/test_lived.py", "tests/pathways"],
    "pathways/rules_own_pace.py": [
        "tests/pathways/test_own_pace.py",
        "tests/pathways/test_helpers.py",
        "tests/machines/test_visitors.py",
        "tests/pathways",
    ],
    "pathways/rules_papers.py": ["tests/pathways/test_papers.py", "tests/pathways"],
    "pathways/rules_publishing.py": ["tests/versions/test_publishing.py", "tests/versions"],
    "pathways/rules_requests.py": ["tests/pathways/test_rules_requests.py"],
    "pathways/rules_restoring.py": ["tests/pathways/test_ways_back.py", "tests/pathways"],
    "pathways/actions_enrolling.py": ["tests/pathways/test_enrolling.py", "tests/pathways"],
    "fablab/rules_forms.py": ["tests/bookings/test_actions.py"],
    "fablab/people/rules.py": ["tests/people/test_ages.py", "tests/people"],
    "fablab/people/rules_merging.py": ["tests/merging"],
    "fablab/people/rules_secrets.py": ["tests/people/test_secrets.py", "tests/people"],
    "fablab/people/rules_access.py": ["tests/people/test_links.py", "tests/people"],
    "fablab/people/rules_trainee.py": ["tests/people/test_file.py", "tests/people"],
    "fablab/people/actions.py": ["tests/people/test_actions_refuse.py", "tests/people"],
    "fablab/people/actions_account.py": ["tests/people/test_actions_refuse.py", "tests/merging", "tests/people"],
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


class Proof:
    """Runs all rounds in place of the tests, and prints the table. ``unnoticed`` counts what nobody missed."""

    def __init__(self, chosen: dict[str, list[str]]) -> None:
        self.chosen = chosen
        self.ended = 0
        self._heard = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Share the modules among as many processes as there are cores."""
        from tests.conftest import migrated_to_copy  # pytest must be the first to import what it rewrites

        migrated_to_copy("sqlite")
        print("| rule | where | first test that goes red | s |\n|---|---|---|---|", flush=True)
        modules = list(self.chosen)
        children = []
        for first in range(WORKERS):
            if not (child := os.fork()):
                os._exit(self._prove(session, modules[first::WORKERS]))
            children.append(child)
        self.ended = max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
        return True

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """In the process of a round: the first test that fails ends it, and is told to the one that waits."""
        if report.failed:
            os.write(self._heard, report.nodeid.encode())
            os._exit(1)

    def _prove(self, session: pytest.Session, modules: Sequence[str]) -> int:
        unnoticed = 0
        for module in modules:
            known = (item for test in self.chosen[module] for item in session.items if item.nodeid.startswith(test))
            of_module = list(dict.fromkeys(known))  # nobody can be run twice in one process
            for one in rounds(module):
                began = time.monotonic()
                red = self._first_red(of_module, one)
                said = red.split("::")[-1] or "**none: nobody noticed**"
                if self._first_red([item for item in of_module if item.nodeid == red]):
                    said = f"**{said} is red with the rule too**"
                unnoticed += said.startswith("**")
                took = time.monotonic() - began
                print(f"| `{one.code}` | {module}:{one.line} | {said} | {took:.0f} |", flush=True)
        if unnoticed:
            print(f"{unnoticed} taken away, and no test that knows it went red for that.", flush=True)
        return int(bool(unnoticed))

    def _first_red(self, items: list[pytest.Item], one: Round | None = None) -> str:
        """The name of the first test that fails, or nothing, in a copy of this process."""
        hears, self._heard = os.pipe()
        child = os.fork()
        if not child:
            try:
                self._run(items, one)
            finally:
                os._exit(FELL)  # never back into the loop of the process that it copies
        os.close(self._heard)
        with os.fdopen(hears) as pipe:
            said = pipe.read()
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended == NOT_TAKEN_AWAY:
            print(f"{one and one.module}: not taken away, {said}", flush=True)
            return ""
        return said or (f"ended with {ended}" if ended else "")

    def _run(self, items: list[pytest.Item], one: Round | None) -> NoReturn:
        signal.alarm(LONGEST)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        if one:
            self._take_away(one)
        for place, item in enumerate(items):
            following = items[place + 1] if place + 1 < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        os._exit(0)

    def _take_away(self, one: Round) -> None:
        try:
            one.apply()
        except Exception as error:
            os.write(self._heard, repr(error).encode())
            os._exit(NOT_TAKEN_AWAY)


def main(parts: list[str]) -> int:
    """Run all rounds and print the table; 1 when a rule was not missed."""
    chosen = {module: tests for module, tests in modules().items() if not parts or module.startswith(tuple(parts))}
    tests = sorted({test for some in chosen.values() for test in some if (ROOT / test).exists()})
    proof = Proof(chosen)
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "-s", "-m", "not browser and not slow"]
    return int(pytest.main([*quiet, *tests], plugins=[proof])) or proof.ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
