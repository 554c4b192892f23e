"""Validations taken back: a batch undone, a line corrected."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions
from pathways.models import ValidationBatch
from tests.conftest import NOW
from tests.make import make_person, make_staff
from tests.make_pathways import (
    levels_held,
    make_right,
    make_safety_badge,
    validate,
)
from tests.pathways.given import LATER, lines


def test_a_batch_is_undone_the_same_day_by_corrections(session: Session, samir: Person, ines: Person) -> None:
    validate(ines, {"SEC-01": 1}, samir, at=NOW - timedelta(days=2))
    batch = validate(ines, {"SEC-01": 3, "MAC-05": 2}, samir).batch
    actions.undo_batch(batch, samir, LATER)
    assert levels_held(ines) == {"SEC-01": 1}
    assert len(lines(session)) == 5
    assert [line.level for line in lines(session) if line.corrects_id] == [0, 0]
    assert session.get_one(ValidationBatch, batch.id).undone_at == LATER


def test_undoing_twice_undoes_once(session: Session, samir: Person, ines: Person) -> None:
    batch = validate(ines, {"SEC-01": 3}, samir).batch
    first = actions.undo_batch(batch, samir, LATER)
    assert actions.undo_batch(batch, samir, LATER).batch.id == first.batch.id
    assert len(lines(session)) == 2


def test_only_the_author_undoes_and_only_that_day(samir: Person, ines: Person) -> None:
    batch = validate(ines, {"SEC-01": 3}, samir).batch
    with pytest.raises(Refused) as refused:
        actions.undo_batch(batch, make_staff("Lina"), LATER)
    assert refused.value.codes == ["other_author"]
    # 23:30 UTC is already tomorrow in Chambéry.
    with pytest.raises(Refused) as refused:
        actions.undo_batch(batch, samir, NOW.replace(hour=23, minute=30))
    assert refused.value.codes == ["other_day"]


def test_a_batch_of_corrections_is_not_undone(samir: Person, ines: Person) -> None:
    undo = actions.undo_batch(validate(ines, {"SEC-01": 3}, samir).batch, samir, LATER).batch
    with pytest.raises(Refused) as refused:
        actions.undo_batch(undo, samir, LATER)
    assert refused.value.codes == ["is_correction"]


def test_a_correction_is_a_new_line_with_a_reason(session: Session, samir: Person, ines: Person) -> None:
    validate(ines, {"SEC-01": 3}, samir)
    line = lines(session)[0]
    actions.correct(line, 2, "C’était avec de l’aide.", samir, LATER)
    assert levels_held(ines) == {"SEC-01": 2}
    assert [(one.level, one.corrects_id, one.reason) for one in lines(session)] == [
        (3, None, None),
        (2, line.id, "C’était avec de l’aide."),
    ]


def test_a_correction_may_be_corrected_in_turn(session: Session, samir: Person, ines: Person) -> None:
    validate(ines, {"SEC-01": 3}, samir)
    actions.correct(lines(session)[0], 1, "Erreur", samir, LATER)
    actions.correct(lines(session)[1], 3, "Non, c’était juste", samir, LATER)
    assert levels_held(ines) == {"SEC-01": 3}


def test_a_correction_is_refused_for_each_reason(session: Session, samir: Person, ines: Person) -> None:
    laser = make_safety_badge("BS-LASER", {"MAC-05": 2})
    make_right(samir, laser)
    validate(ines, {"MAC-05": 3}, samir)
    line = lines(session)[0]
    for level, reason, by, code in (
        (3, "Pareil", samir, "same_level"),
        (7, "Trop", samir, "level_unknown"),
        (2, "  ", samir, "reason_missing"),
        (2, "Sans droit", make_staff("Lina"), "no_right"),
        (2, "Pour moi", ines, "oneself"),
        (2, "Sans rôle", make_person(), "not_facilitator"),
    ):
        with pytest.raises(Refused) as refused:
            actions.correct(line, level, reason, by, LATER)
        assert code in refused.value.codes
    actions.correct(line, 2, "Avec aide", samir, LATER)
    with pytest.raises(Refused) as refused:
        actions.correct(line, 1, "Encore", samir, LATER)
    assert refused.value.codes == ["already_corrected"]


def test_lines_corrected_meanwhile_keep_their_correction_when_the_batch_is_undone(
    session: Session, samir: Person, ines: Person
) -> None:
    batch = validate(ines, {"SEC-01": 3, "MAC-05": 3}, samir).batch
    actions.correct(lines(session)[0], 2, "Avec aide", samir, LATER)
    actions.undo_batch(batch, samir, LATER)
    assert levels_held(ines) == {"SEC-01": 2}
