"""Every refusal of the program stands in docs/refusals.md, and tests accept and refuse it."""

import ast
from pathlib import Path

import pytest

from tests import mutate_rules, refusal_table
from tests.refusal_table import TABLE, refusals
from tests.source import nodes

TESTS = Path(__file__).parent
CODES = refusals()
MACHINE_RULES = {"machines.rules", "machines.rules_badges", "machines.rules_quotas"}
#: refused in a test that looks at what happens, not at the code or the words
BY_WHAT_HAPPENS = {
    "catalogue_loaded": "tests/catalogue: a second first load",
    "catalogue_lacking": "tests/catalogue: a difference that needs another",
    "perhaps_known": "tests/people: a second account of the same child is offered the first",
}


def test_the_table_of_refusals_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == refusal_table.table(), "run: python -m tests.refusal_table"


def test_no_code_is_hidden_from_the_table() -> None:
    """A code handed on in a variable could not be read: only the helper of the rules of machines does so."""
    hidden = [
        f"{path.parent.name}/{path.name} {ast.unparse(node)[:30]}"
        for path in refusal_table.sources()
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in refusal_table.MAKERS
        and not refusal_table.code_of(node)
    ]
    assert sorted(hidden) == [
        "fablab/refusals.py Refusal(code, sentence, field=",
        "machines/refusing.py Refusal(code, young, field=fie",
    ]


@pytest.fixture(scope="module")
def expected() -> set[str]:
    """Every text that a test expects, or that names a case."""
    return {
        node.value.replace("\u00a0", " ")
        for path in TESTS.rglob("test_*.py")
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("code", CODES)
def test_a_test_expects_the_refusal_by_its_code_or_its_words(code: str, expected: set[str]) -> None:
    words = CODES[code].sentence.replace("\u00a0", " ")
    by_code = any(code in text.split() for text in expected)
    by_words = any(len(text) > 9 and (text in words or words.split(". ")[0] in text) for text in expected)
    assert by_code or by_words or code in BY_WHAT_HAPPENS


@pytest.mark.parametrize("code", [code for code, line in CODES.items() if line.places <= MACHINE_RULES])
def test_each_rule_of_machines_has_a_case_accepted_and_a_case_refused(code: str) -> None:
    names = [
        node.name
        for path in (TESTS / "machines").glob("test_*.py")
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
    ]
    assert [name for name in names if name.startswith(f"test_{code}_accepts")], "accepted"
    assert [name for name in names if name.startswith(f"test_{code}_refuses")], "refused"


def test_every_module_of_rules_is_in_the_proof() -> None:
    proved = mutate_rules.modules()
    assert {"fablab/people/rules_agreements.py", "pathways/rules_badges.py"} <= set(proved)
    assert all((refusal_table.ROOT / module).is_file() for module in proved)
    assert all((refusal_table.ROOT / tests).exists() for each in proved.values() for tests in each)


def test_each_refusal_is_a_whole_sentence() -> None:
    assert [code for code, line in CODES.items() if line.sentence and line.sentence.rstrip()[-1] not in ".!?…»"] == []
