"""docs/ways-back.md says, of every verb that the code writes, how it is taken back, or why it is not."""

from fablab import config
from tests.home.test_journal import written_verbs

TABLE = config.ROOT / "docs" / "ways-back.md"


def lines() -> list[list[str]]:
    rows = [line.strip().strip("|").split("|") for line in TABLE.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_every_verb_is_in_the_table_once() -> None:
    listed = [line[0] for line in lines()]
    assert sorted(listed) == sorted(set(listed))
    assert set(written_verbs()) - set(listed) == set()


def test_the_table_tells_of_no_verb_that_is_not_written() -> None:
    assert {line[0] for line in lines()} - set(written_verbs()) == set()


def test_every_act_has_its_way_back_or_the_reason_why_it_has_none() -> None:
    for verb, way, by_whom, until, tests in lines():
        if way.startswith("none"):
            assert way.startswith("none, because "), verb
        else:
            assert by_whom, verb
            assert until, verb
            assert tests, verb


def test_every_test_named_exists_and_a_verb_named_as_way_back_is_written() -> None:
    known = set(written_verbs())
    for verb, way, _by_whom, _until, tests in lines():
        for name in filter(None, tests.split(", ")):
            assert (config.ROOT / "tests" / name).is_file(), (verb, name)
        for word in way.replace("(", " ").replace(")", " ").replace(";", " ").replace(",", " ").split():
            if word.count(".") == 1 and word.replace(".", "").replace("_", "").isalpha():
                assert word in known, (verb, word)
