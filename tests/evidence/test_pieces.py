"""Pieces of evidence: who adds and takes away, files and rows together, and what a level asks."""

import secrets
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from fablab import clock, house, kept_files
from fablab.db import transaction
from fablab.home import erasing_actions, evidence_files
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, actions_evidence, queries_evidence, upkeep_evidence
from pathways.models import Evidence, EvidenceKind, Validation, ValidationEvidence
from pathways.upkeep_evidence import Piece
from pathways.values_evidence import MOST_PIECES
from pathways.values_validating import Cell
from tests.evidence.conftest import files
from tests.make import make_staff, make_young
from tests.make_evidence import a_photo_piece, make_piece, make_sheet
from tests.make_pathways import make_competency, make_validator

pytestmark = pytest.mark.usefixtures("folder")


def refused(*args: object, **kwargs: object) -> list[str]:
    with pytest.raises(Refused) as caught:
        make_piece(*args, **kwargs)  # type: ignore[arg-type]  # handed on
    return caught.value.codes


def with_a_file() -> int:
    """A competency whose own evidence is an object, with its photo; its id."""
    with transaction() as session:
        session.merge(EvidenceKind(code="object", label="Objet fabriqué (photo)", file="possible"))
        session.merge(EvidenceKind(code="attendance", label="Présence émargée", file="not_required"))
    return make_competency("MAC-02", evidence_code="object").id


def validate(author: Person, *cells: Cell, key: str | None = None) -> actions.Saved:
    return actions.validate_batch(None, author, list(cells), key=key or secrets.token_hex(16), now=clock.now())


def validate_refused(author: Person, *cells: Cell) -> list[str]:
    with pytest.raises(Refused) as caught:
        validate(author, *cells)
    return caught.value.codes


# --- adding and taking away ---------------------------------------------------------------------


def test_a_photo_is_a_row_and_two_files_that_only_the_house_reads(folder: Path) -> None:
    piece = make_piece(make_young())
    names = files(folder)
    assert names == [f"{piece.file_key}.jpg", f"{piece.file_key}.small.jpg"]
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*.jpg")} == {0}
    assert piece.file_size == sum(path.stat().st_size for path in folder.rglob("*.jpg"))


def test_a_form_sent_twice_adds_one_piece_and_one_pair_of_files(folder: Path, session: Session) -> None:
    young, key = make_young(), secrets.token_hex(16)
    for _time in range(2):
        actions_evidence.add(young, young, a_photo_piece(), (), key=key, now=clock.now())
    assert session.scalar(select(func.count()).select_from(Evidence)) == 1
    assert len(files(folder)) == 2


def test_the_key_of_somebody_elses_form_adds_nothing(folder: Path) -> None:
    key = secrets.token_hex(16)
    first, other = make_young(), make_young("Tom", "Roy")
    actions_evidence.add(first, first, a_photo_piece(), (), key=key, now=clock.now())
    with pytest.raises(Refused) as caught:
        actions_evidence.add(other, other, a_photo_piece(), (), key=key, now=clock.now())
    assert caught.value.codes == ["key_taken"]
    assert len(files(folder)) == 2


def test_a_row_that_fails_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise OperationalError("", {}, Exception("the disk is full"))

    monkeypatch.setattr(upkeep_evidence, "set_shows", fails)
    with pytest.raises(OperationalError):
        make_piece(make_young())
    assert files(folder) == []


def test_a_file_that_cannot_be_written_leaves_no_row(
    folder: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    assert refused(make_young()) == ["disk_full"]
    assert files(folder) == []
    assert session.scalar(select(func.count()).select_from(Evidence)) == 0


def test_taking_a_piece_away_takes_its_files_and_words(folder: Path, session: Session) -> None:
    young = make_young()
    piece = make_piece(young, shows=[make_competency().id])
    actions_evidence.remove(piece, young, clock.now())
    actions_evidence.remove(piece, young, clock.now())
    session.refresh(piece)
    assert files(folder) == []
    assert (piece.text, piece.file_key, piece.removed_by_id) == ("", None, young.id)
    assert queries_evidence.pieces_of(session, young.id) == []


def test_a_piece_behind_a_validation_is_taken_away_by_the_team_only(session: Session) -> None:
    young, competency = make_young(), make_competency()
    piece, author = make_piece(young, shows=[competency.id]), make_validator()
    validate(author, Cell(young.id, competency.id, 2))
    with pytest.raises(Refused) as caught:
        actions_evidence.remove(piece, young, clock.now())
    assert caught.value.codes == ["in_use"]
    actions_evidence.remove(piece, author, clock.now())
    line = session.scalars(select(Validation)).one()
    assert queries_evidence.seen_behind(session, [line.id])[line.id][0].public_id is None


def test_nobody_takes_away_or_changes_somebody_elses_piece() -> None:
    piece, other = make_piece(make_young()), make_young("Tom", "Roy")
    for act in (actions_evidence.remove, lambda *args: actions_evidence.say_shows(args[0], (), *args[1:])):
        with pytest.raises(Refused) as caught:
            act(piece, other, clock.now())
        assert caught.value.codes == ["not_mine"]


def test_a_piece_taken_away_shows_nothing_any_more() -> None:
    young = make_young()
    piece = make_piece(young)
    actions_evidence.remove(piece, young, clock.now())
    with pytest.raises(Refused) as caught:
        actions_evidence.say_shows(piece, [make_competency().id], young, clock.now())
    assert caught.value.codes == ["removed"]


def test_what_the_team_saw_is_not_noted_by_a_young_person() -> None:
    young = make_young()
    assert refused(young, piece=Piece("oral", "J’explique le laser")) == ["evidence_kind"]
    assert refused(young, by=make_young("Tom", "Roy"), piece=Piece("link", "Ma page", "https://example.org"))[0] == (
        "evidence_kind"
    )
    assert make_piece(young, by=make_staff(), piece=Piece("oral", "Explique le laser")).kind == "oral"


def test_a_piece_says_what_it_shows_in_a_few_words() -> None:
    young = make_young()
    assert refused(young, piece=Piece("link", " ", "https://example.org")) == ["text_missing"]
    assert refused(young, piece=Piece("link", "a" * 301, "https://example.org")) == ["text_long"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", "http://a:b@example.org/", "//x.org",
     "https://example.org/ x", "https://[", "https://localhost/"],
)  # fmt: skip
def test_only_pages_of_the_web_are_linked(url: str) -> None:
    assert refused(make_young(), piece=Piece("link", "Ma page", url)) == ["link_wrong"]


def test_nobody_fills_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_PIECES > 100
    monkeypatch.setattr("pathways.rules_evidence.MOST_PIECES", 2)
    young = make_young()
    for _number in range(2):
        make_piece(young)
    assert refused(young) == ["evidence_full"]
    monkeypatch.setattr("pathways.rules_evidence.MOST_PIECES", 9)
    monkeypatch.setattr("pathways.rules_evidence.MOST_BYTES", 3_000)
    assert refused(young) == ["evidence_full"]


def test_everything_of_somebody_is_found_and_erased_in_one_place(folder: Path, session: Session) -> None:
    young, other = make_young(), make_young("Tom", "Roy")
    make_piece(young)
    make_sheet(young, photos=2)
    kept = make_piece(other)
    assert len(queries_evidence.keys_of(session, young.id)) == 3
    erased = erasing_actions.erase(young, make_staff(), clock.now())
    assert (erased.pieces, erased.sheets, erased.files) == (4, 1, 3)
    assert queries_evidence.keys_of(session, young.id) == []
    assert files(folder) == [f"{kept.file_key}.jpg", f"{kept.file_key}.small.jpg"]


def test_files_without_row_and_rows_without_file_are_named(folder: Path, session: Session) -> None:
    piece = make_piece(make_young())
    alone = kept_files.new_key()
    kept_files.put(alone, {"file": b"left behind"})
    kept_files.remove([str(piece.file_key)])
    tomorrow = clock.now().replace(year=2030)  # files are written by the real clock
    found = evidence_files.apart(session, tomorrow)
    assert (found.without_row, found.without_file) == ((alone,), (piece.file_key,))
    assert evidence_files.look(tomorrow) == "1 unexpected, 1 missing"
    assert evidence_files.sweep(tomorrow) == 1
    assert files(folder) == []


# --- what a level asks --------------------------------------------------------------------------


def asked_from(level: int) -> None:
    """The house asks a piece from this level on."""
    with transaction() as session:
        house.write(session, "training.evidence.piece_from_level", level)


def test_an_object_needs_its_photo_from_the_third_level_on(session: Session) -> None:
    asked_from(3)
    young, author, competency = make_young(), make_validator(), with_a_file()
    assert validate(author, Cell(young.id, competency, 2)).written == 1
    assert validate_refused(author, Cell(young.id, competency, 3)) == ["piece_missing"]
    piece = make_piece(young, shows=[competency])
    assert validate(author, Cell(young.id, competency, 3)).written == 1
    line = session.scalars(select(Validation).where(Validation.level == 3)).one()
    assert session.scalars(select(ValidationEvidence.evidence_id)).all() == [piece.id]
    assert [one.text for one in queries_evidence.seen_behind(session, [line.id])[line.id]] == ["Ma boîte"]


def test_what_the_facilitator_saw_may_be_said_instead_of_the_object() -> None:
    competency = with_a_file()
    assert validate(make_validator(), Cell(make_young().id, competency, 3, evidence="observation")).written == 1


def test_a_piece_of_somebody_else_or_taken_away_or_in_words_is_not_enough() -> None:
    asked_from(3)
    young, other, author, competency = make_young(), make_young("Tom", "Roy"), make_validator(), with_a_file()
    make_piece(other, shows=[competency])
    make_piece(young, by=author, piece=Piece("oral", "Explique tout"), shows=[competency])
    actions_evidence.remove(make_piece(young, shows=[competency]), young, clock.now())
    assert validate_refused(author, Cell(young.id, competency, 3)) == ["piece_missing"]


def test_a_sheet_is_evidence_for_several_competencies() -> None:
    young, author, first = make_young(), make_validator(), with_a_file()
    second = make_competency("MAC-03", evidence_code="object").id
    make_sheet(young, shows=[first, second])
    assert validate(author, Cell(young.id, first, 3), Cell(young.id, second, 4)).written == 2


def test_being_there_is_not_enough_from_the_second_level_on_unless_nothing_more_is_expected() -> None:
    young, author, competency = make_young(), make_validator(), with_a_file()
    assert validate(author, Cell(young.id, competency, 1, evidence="attendance")).written == 1
    assert validate_refused(author, Cell(young.id, competency, 2, evidence="attendance")) == ["evidence_weak"]
    on_time = make_competency("EQU-01", evidence_code="attendance").id
    assert validate(author, Cell(young.id, on_time, 3)).written == 1


def test_the_house_says_from_which_level_a_piece_is_asked() -> None:
    young, author, competency = make_young(), make_validator(), with_a_file()
    asked_from(2)
    assert validate_refused(author, Cell(young.id, competency, 2)) == ["piece_missing"]
    asked_from(5)
    assert validate(author, Cell(young.id, competency, 4)).written == 1


def test_a_correction_rests_on_what_the_line_it_corrects_rested_on(session: Session) -> None:
    young, author, competency = make_young(), make_validator(), with_a_file()
    make_piece(young, shows=[competency])
    validate(author, Cell(young.id, competency, 3))
    line = session.scalars(select(Validation)).one()
    actions.correct(line, 2, "Avec de l’aide en fait", author, clock.now())
    corrected = session.scalars(select(Validation).where(Validation.level == 2)).one()
    assert len(queries_evidence.seen_behind(session, [corrected.id])[corrected.id]) == 1
