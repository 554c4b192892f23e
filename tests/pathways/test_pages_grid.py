import pytest

from pathways.grid import TARGET, Column, Grid, Malformed, Member, read_choice

ADA, BOB, EVE = 1, 2, 3
LASER, SEWING = 10, 11


def make_grid(held: dict[tuple[int, int], int] | None = None) -> Grid:
    columns = [Column(LASER, "Laser", 2), Column(SEWING, "Coudre", 3)]
    members = [Member(ADA, "Ada L."), Member(BOB, "Bob M."), Member(EVE, "Ève N.", present=False, status="absent")]
    return Grid(columns, members, held or {})


def test_cells_start_empty() -> None:
    rows = make_grid().rows({})
    assert [cell.ticked for row in rows for cell in row.cells] == [False] * 4


def test_an_absent_person_has_no_cell() -> None:
    assert make_grid().rows({})[2].cells == ()


def test_a_cell_says_how_far_its_person_is() -> None:
    rows = make_grid({(ADA, LASER): 2, (ADA, SEWING): 1}).rows({})
    assert [(cell.state, cell.shown) for cell in rows[0].cells] == [("reached", "2"), ("started", "1")]
    assert [(cell.state, cell.shown) for cell in rows[1].cells] == [("unseen", "—"), ("unseen", "—")]


def test_a_tick_takes_the_target_of_its_column() -> None:
    assert make_grid().read([f"{ADA}.{LASER}", f"{ADA}.{SEWING}"], TARGET) == {(ADA, LASER): 2, (ADA, SEWING): 3}


def test_a_tick_takes_the_level_chosen_even_under_the_target() -> None:
    assert make_grid().read([f"{ADA}.{SEWING}"], 1) == {(ADA, SEWING): 1}


def test_a_cell_already_given_a_level_keeps_it_when_another_is_chosen() -> None:
    assert make_grid().read([f"{ADA}.{SEWING}.2"], 4) == {(ADA, SEWING): 2}


def test_a_level_already_held_leaves_the_draft_when_the_form_comes_back() -> None:
    grid = make_grid({(ADA, LASER): 2})
    assert grid.fill(grid.read([f"{ADA}.{LASER}"], TARGET), "keep", TARGET) == {}


def test_a_competency_without_the_right_to_validate_it_is_left_out() -> None:
    grid = Grid([Column(LASER, "Laser", 2, allowed=False)], [Member(ADA, "Ada L.")], {})
    assert grid.read([f"{ADA}.{LASER}"], TARGET) == {}
    assert grid.fill({}, "all", TARGET) == {}


def test_absent_people_and_strangers_are_left_out() -> None:
    assert make_grid().read([f"{EVE}.{LASER}", f"99.{LASER}", f"{ADA}.99"], TARGET) == {}


@pytest.mark.parametrize("value", ["", "1", "1.2.3.4", "a.b", "1.10.9", "1.10.0", "-1.10", "1.10.²", "9" * 30 + ".10"])
def test_a_value_that_no_page_sends_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        make_grid().read([value], TARGET)


def test_a_column_fills_for_everyone_present_and_not_yet_there() -> None:
    assert make_grid({(ADA, LASER): 3}).fill({}, f"column:{LASER}", TARGET) == {(BOB, LASER): 2}


def test_a_row_fills_each_column_at_its_own_target() -> None:
    assert make_grid().fill({}, f"row:{ADA}", TARGET) == {(ADA, LASER): 2, (ADA, SEWING): 3}


def test_everyone_present_fills_at_once() -> None:
    assert set(make_grid().fill({}, "all", 1)) == {(ADA, LASER), (ADA, SEWING), (BOB, LASER), (BOB, SEWING)}


def test_pressed_a_second_time_it_takes_its_cells_back() -> None:
    grid = make_grid()
    kept = {(ADA, SEWING): 1}
    once = grid.fill(kept, f"column:{LASER}", TARGET)
    assert grid.fill(once, f"column:{LASER}", TARGET) == kept


def test_another_level_pressed_over_a_column_replaces_the_first() -> None:
    grid = make_grid()
    once = grid.fill({}, f"column:{LASER}", TARGET)
    assert set(grid.fill(once, f"column:{LASER}", 4).values()) == {4}


def test_everything_can_be_cleared() -> None:
    assert make_grid().fill({(ADA, LASER): 2}, "none", TARGET) == {}


@pytest.mark.parametrize("scope", ["", "column:", "column:x", "column:" + "9" * 5000, "line:1"])
def test_an_unknown_button_is_refused(scope: str) -> None:
    with pytest.raises(Malformed):
        make_grid().fill({}, scope, TARGET)


def test_the_level_choice_is_the_target_or_one_to_four() -> None:
    assert [read_choice(text) for text in (None, "", "target", "1", "4")] == [0, 0, 0, 1, 4]
    with pytest.raises(Malformed):
        read_choice("5")
