"""What becomes of each competency when somebody is moved, as it is proposed, chosen and counted. Pure."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.rules_difference import difference
from pathways.rules_moving import fates, mapping_refusals, proposed, standing
from pathways.values_versions import Aimed, Change, Known, Line, Part

A, B, C = Known("A", "Couper"), Known("B", "Dessiner"), Known("C", "Coudre")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([A, B], [A, B], {}),
        ([A, B], [A, Known("D", "Autre chose")], {}),
        ([A, B], [A, Known("D", "Dessiner mieux", replaces="B")], {"B": ("D",)}),
        ([A, B], [A, Known("D", "dessiner")], {"B": ("D",)}),
        ([A], [Known("D", "Un", replaces="A"), Known("E", "Deux", replaces="A")], {"A": ("D", "E")}),
        ([A], [A, Known("D", "Un", replaces="A")], {"A": ("D",)}),
        ([A], [A, Known("D", "Couper")], {}),
        ([A], [Known("D", "Un", replaces="Z")], {}),
    ],
)
def test_a_mapping_is_proposed_by_key(
    before: list[Known], after: list[Known], expected: dict[str, tuple[str, ...]]
) -> None:
    assert proposed(before, after) == expected


def test_each_competency_has_one_fate() -> None:
    after = [A, Known("D", "Un"), Known("E", "Deux"), Known("F", "Trois"), Known("G", "Quatre")]
    before = [A, B, C, Known("H", "Plus")]
    found = fates(before, after, {"B": ("D",), "C": ("E", "F")})
    assert found.kept == ("A",)
    assert (found.renamed, found.split) == ({"B": "D"}, {"C": ("E", "F")})
    assert (found.dropped, found.new) == (("H",), ("G",))


codes = st.sets(st.sampled_from("ABCDEFGH"), min_size=1)


@given(codes, codes, st.data())
def test_nothing_is_forgotten_whatever_is_chosen(old: set[str], new: set[str], data: st.DataObject) -> None:
    before, after = ([Known(code, code) for code in sorted(some)] for some in (old, new))
    fresh = sorted(new - old)
    some = st.lists(st.sampled_from(fresh), unique=True) if fresh else st.just([])
    mapping = {code: tuple(data.draw(some)) for code in sorted(old)}
    found = fates(before, after, mapping)
    told = {*found.kept, *found.renamed, *found.split, *found.dropped}
    assert told == old
    taken = {code for targets in mapping.values() for code in targets}
    assert set(found.new) == set(fresh) - taken
    assert mapping_refusals(before, after, mapping, {}) == []


@given(st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 4)), st.data())
def test_what_counts_is_never_less_than_what_is_held(levels: dict[str, int], data: st.DataObject) -> None:
    aims = [Aimed(code, code, data.draw(st.integers(1, 4)), "Étape") for code in "ABCDE"]
    alone = standing(aims, levels, {})
    carried = standing(aims, levels, {"A": ("B", "C")})
    assert set(alone.counts) <= set(carried.counts)
    assert {*carried.counts, *carried.left} == set(aims)
    for aim in carried.counts:
        held = levels.get(aim.code, 0)
        taken = levels.get("A", 0) if aim.code in "BC" else 0
        assert max(held, taken) >= aim.level


def test_a_mapping_speaks_of_new_competencies_only_and_never_of_what_opens_a_machine() -> None:
    before, after = [A, B], [A, Known("D", "Laser")]
    codes = [one.code for one in mapping_refusals(before, after, {"B": ("A",)}, {})]
    assert codes == ["mapping_unknown"]
    assert [one.code for one in mapping_refusals(before, after, {"Z": ("D",)}, {})] == ["mapping_unknown"]
    (refusal,) = mapping_refusals(before, after, {"B": ("D",)}, {"D": "Laser"})
    assert (refusal.code, refusal.field) == ("mapping_guarded", "to_B")


def test_the_difference_says_what_was_added_removed_and_changed() -> None:
    before = [Part("p", "Le parcours", [Line("t", "Titre", "Un"), Line("x", "Fin", "non")]), Part("s", "Étape S", [])]
    after = [Part("p", "Le parcours", [Line("t", "Titre", "Deux"), Line("n", "Neuf", "oui")]), Part("r", "Étape R", [])]
    assert difference(before, after) == [
        Change("changed", "Le parcours", "Titre", "Un", "Deux"),
        Change("added", "Le parcours", "Neuf", after="oui"),
        Change("removed", "Le parcours", "Fin", before="non"),
        Change("added", "Étape R", ""),
        Change("removed", "Étape S", ""),
    ]
    assert all(difference(list(parts), list(parts)) == [] for parts in permutations(before))
