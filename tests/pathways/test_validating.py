from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import db
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Award, Competency, Enrolment, Mastery
from pathways.queries_kept import teaching
from pathways.values_validating import Cell
from tests.conftest import NOW, Statements
from tests.make import make_staff, make_young
from tests.make_pathways import (
    attend,
    enrol,
    levels_held,
    make_competency,
    make_group,
    make_pathway,
    make_right,
    make_safety_badge,
    make_session,
    validate,
)
from tests.pathways.given import LATER, cell, lines

KEY = "k" * 32


def test_a_group_is_validated_at_once(session: Session, samir: Person, ines: Person) -> None:
    tom = make_young("Tom")
    saved = actions.validate_batch(None, samir, [cell(ines, "SEC-01", 2), cell(tom, "SEC-01", 1)], key=KEY, now=NOW)
    assert saved.written == 2
    assert levels_held(ines) == {"SEC-01": 2}
    assert levels_held(tom) == {"SEC-01": 1}
    assert {line.author_id for line in lines(session)} == {samir.id}


def test_the_texts_are_frozen_into_the_line(session: Session, samir: Person, ines: Person) -> None:
    make_competency("SEC-01", criteria=["cite cinq règles"])
    actions.validate_batch(None, samir, [cell(ines, "SEC-01", 2)], key=KEY, now=NOW)
    competency = session.scalars(select(Competency)).one()
    competency.criteria = ["autre chose"]
    session.commit()
    line = lines(session)[0]
    assert line.criteria == ["cite cinq règles"]
    assert line.level_label == "Avec de l’aide"
    assert line.evidence_code == "observation"


def test_a_double_send_saves_once(session: Session, samir: Person, ines: Person) -> None:
    first = actions.validate_batch(None, samir, [cell(ines, "SEC-01", 2)], key=KEY, now=NOW)
    second = actions.validate_batch(None, samir, [cell(ines, "SEC-01", 2)], key=KEY, now=LATER)
    assert second.again
    assert (second.batch.id, second.written) == (first.batch.id, 1)
    assert len(lines(session)) == 1


def test_the_key_of_another_author_is_refused(samir: Person, ines: Person) -> None:
    actions.validate_batch(None, samir, [cell(ines, "SEC-01", 2)], key=KEY, now=NOW)
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, make_staff("Lina"), [cell(ines, "SEC-01", 3)], key=KEY, now=NOW)
    assert refused.value.codes == ["key_taken"]


def test_levels_already_reached_are_given_back_not_written(session: Session, samir: Person, ines: Person) -> None:
    validate(ines, {"SEC-01": 3}, samir)
    reached, higher = cell(ines, "SEC-01", 2), cell(ines, "MAC-05", 1)
    saved = actions.validate_batch(None, samir, [reached, higher], key=KEY, now=LATER)
    assert saved.reached == (reached,)
    assert saved.written == 1
    assert levels_held(ines) == {"SEC-01": 3, "MAC-05": 1}


def test_a_batch_with_nothing_new_is_refused(samir: Person, ines: Person) -> None:
    validate(ines, {"SEC-01": 3}, samir)
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [cell(ines, "SEC-01", 3)], key=KEY, now=LATER)
    assert refused.value.codes == ["already_reached"]


def test_two_facilitators_at_once_make_two_lines_and_the_highest_counts(
    session: Session, samir: Person, ines: Person
) -> None:
    opened = NOW - timedelta(minutes=10)
    validate(ines, {"SEC-01": 3}, samir)
    lina = make_staff("Lina")
    mine = [cell(ines, "SEC-01", 2)]
    with pytest.raises(Refused) as shown:
        actions.validate_batch(None, lina, mine, key=KEY, now=LATER, seen_at=opened)
    assert shown.value.codes == ["newer_save"]
    actions.validate_batch(None, lina, mine, key=KEY, now=LATER, seen_at=opened, compared_at=LATER)
    assert [(line.author_id, line.level) for line in lines(session)] == [(samir.id, 3), (lina.id, 2)]
    assert levels_held(ines) == {"SEC-01": 3}


def test_somebody_without_the_verb_validates_nothing(ines: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, make_young("Passeur"), [cell(ines, "SEC-01", 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["not_facilitator"]


def test_nobody_validates_themselves(session: Session, samir: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [cell(samir, "SEC-01", 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["oneself"]
    assert lines(session) == []


def test_a_competency_of_a_safety_badge_asks_a_current_right(samir: Person, ines: Person) -> None:
    laser = make_safety_badge("BS-LASER", {"MAC-05": 2})
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [cell(ines, "MAC-05", 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["no_right"]
    make_right(samir, laser)
    assert actions.validate_batch(None, samir, [cell(ines, "MAC-05", 2)], key=KEY, now=NOW).written == 1


def test_one_right_of_those_that_ask_the_competency_is_enough(samir: Person, ines: Person) -> None:
    make_safety_badge("BS-LASER", {"SEC-03": 3})
    make_right(samir, make_safety_badge("BS-ATELIER", {"SEC-03": 2}))
    assert actions.validate_batch(None, samir, [cell(ines, "SEC-03", 3)], key=KEY, now=NOW).written == 1


def test_a_right_that_has_ended_is_no_right(samir: Person, ines: Person) -> None:
    today = NOW.date()
    laser = make_safety_badge("BS-LASER", {"MAC-05": 2})
    make_right(samir, laser, until=today - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [cell(ines, "MAC-05", 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["no_right"]


def test_absent_people_are_out_once_attendance_is_taken(samir: Person, ines: Person) -> None:
    group = make_group()
    tom = make_young("Tom")
    seance = make_session(group)
    enrol(ines, group)
    enrol(tom, group)
    attend(seance, ines)
    with pytest.raises(Refused) as refused:
        actions.validate_batch(seance.id, samir, [cell(ines, "MAC-05", 2), cell(tom, "MAC-05", 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["absent"]
    assert actions.validate_batch(seance.id, samir, [cell(ines, "MAC-05", 2)], key=KEY, now=NOW).written == 1


def test_somebody_of_another_group_is_refused(samir: Person, ines: Person) -> None:
    seance = make_session(make_group())
    with pytest.raises(Refused) as refused:
        actions.validate_batch(seance.id, samir, [cell(ines, "MAC-05", 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["not_in_group"]


def test_a_session_that_has_not_begun_or_is_cancelled_validates_nothing(samir: Person, ines: Person) -> None:
    group = make_group()
    enrol(ines, group)
    for seance, code in (
        (make_session(group, NOW + timedelta(hours=1)), "not_begun"),
        (make_session(group, status="cancelled"), "session_cancelled"),
    ):
        with pytest.raises(Refused) as refused:
            actions.validate_batch(seance.id, samir, [cell(ines, "MAC-05", 2)], key=KEY, now=NOW)
        assert refused.value.codes == [code]


@pytest.mark.parametrize("level", [0, 5, -1])
def test_a_level_outside_the_scale_is_refused(samir: Person, ines: Person, level: int) -> None:
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [cell(ines, "SEC-01", level)], key=KEY, now=NOW)
    assert refused.value.codes == ["level_unknown"]


def test_a_note_speaks_of_the_skill_in_three_hundred_letters_at_most(
    session: Session, samir: Person, ines: Person
) -> None:
    known = make_competency().id
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [Cell(ines.id, known, 2, "é" * 301)], key=KEY, now=NOW)
    assert refused.value.codes == ["note_too_long"]
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [Cell(ines.id, known, 2, "malgré sa dyslexie")], key=KEY, now=NOW)
    assert refused.value.codes == ["note_about_person"]
    actions.validate_batch(None, samir, [Cell(ines.id, known, 2, "é" * 300)], key=KEY, now=NOW)
    assert len(lines(session)[0].note or "") == 300


def test_what_does_not_exist_is_refused(session: Session, samir: Person, ines: Person) -> None:
    known = make_competency().id
    with pytest.raises(Refused) as refused:
        actions.validate_batch(
            None, samir, [Cell(999999, known, 2), Cell(ines.id, 999999, 2, evidence="rumeur")], key=KEY, now=NOW
        )
    assert refused.value.codes == ["person_unknown", "competency_unknown", "evidence_unknown"]
    with pytest.raises(Refused) as refused:
        actions.validate_batch(999999, samir, [Cell(ines.id, known, 2)], key=KEY, now=NOW)
    assert refused.value.codes == ["session_unknown"]
    with pytest.raises(Refused) as refused:
        actions.validate_batch(None, samir, [], key=KEY, now=NOW)
    assert refused.value.codes == ["nothing"]


def test_a_stage_badge_comes_with_the_last_competency_and_leaves_with_a_correction(
    session: Session, samir: Person, ines: Person
) -> None:
    group = make_group(make_pathway("DECLIC", {"EXP": {"SEC-01": 2, "MAC-01": 1}}))
    enrol(ines, group, status="under_way", first_attended_on=NOW.date())
    attend(make_session(group), ines)
    assert validate(ines, {"SEC-01": 2}, samir).awards == ()
    saved = validate(ines, {"MAC-01": 2}, samir)
    assert [award.badge_name for award in saved.awards] == ["DECLIC : Expérimenter"]
    assert [one["level"] for one in saved.awards[0].proof] == [2, 2]
    actions.undo_batch(saved.batch, samir, LATER)
    award = session.scalars(select(Award)).one()
    assert award.ended_at == LATER
    assert (award.ended_reason, award.ended_reasons) == ("", [{"code": "corrected"}])
    assert len(validate(ines, {"MAC-01": 1}, samir, at=LATER).awards) == 1


def test_a_choice_of_competencies_counts_for_the_stage(samir: Person, ines: Person) -> None:
    codes = ["MAC-04", "MAC-05", "TXT-01"]
    choice = {"count": 2, "among": codes, "level": 3}
    group = make_group(make_pathway("PASSEUR", {"APP": {"NUM-05": 3}}, choices={"APP": choice}))
    for code in codes:
        make_competency(code)
    enrol(ines, group, status="under_way")
    attend(make_session(group), ines)
    assert validate(ines, {"NUM-05": 3, "MAC-04": 3, "MAC-05": 2}, samir).awards == ()
    assert len(validate(ines, {"TXT-01": 4}, samir).awards) == 1


def test_nobody_earns_badges_before_a_first_attendance_or_in_another_pathway(
    session: Session, samir: Person, ines: Person
) -> None:
    group = make_group(make_pathway("DECLIC", {"EXP": {"SEC-01": 2}}))
    make_pathway("REBOND", {"EXP": {"SEC-01": 2}})
    enrol(ines, group)
    assert validate(ines, {"SEC-01": 2}, samir).awards == ()
    assert session.scalars(select(Enrolment)).one().status == "enrolled"


def test_a_validation_outside_a_session_begins_a_pathway_at_ones_own_pace(
    session: Session, samir: Person, ines: Person
) -> None:
    version = make_pathway("PASSEUR", {"EXP": {"SEC-01": 2}}, own_pace=True)
    enrol(ines, version=version)
    assert len(validate(ines, {"SEC-01": 2}, samir).awards) == 1
    enrolment = session.scalars(select(Enrolment)).one()
    assert (enrolment.status, enrolment.first_attended_on) == ("under_way", NOW.date())


def test_saving_a_big_grid_says_few_statements(samir: Person, count_statements: Statements) -> None:
    group = make_group(make_pathway("DECLIC", {"EXP": {"SEC-01": 4}}))
    seance = make_session(group)
    cells = []
    for number in range(12):
        person = make_young(f"Jeune{number}")
        enrol(person, group)
        cells += [cell(person, code, 2) for code in ("SEC-01", "NUM-01", "MAC-01", "PRO-01")]
    teaching(db.session())  # the page of the grid has read it
    count_statements.clear()
    actions.validate_batch(seance.id, samir, cells, key=KEY, now=NOW)
    assert len(count_statements) <= 28


def test_the_projection_keeps_the_line_that_gives_the_level(session: Session, samir: Person, ines: Person) -> None:
    validate(ines, {"SEC-01": 1}, samir, at=NOW - timedelta(days=1))
    validate(ines, {"SEC-01": 3}, samir)
    row = session.scalars(select(Mastery)).one()
    assert (row.level, row.validation.level) == (3, 3)
