"""The proofs that a stage expects, ticked one by one: who ticks, who reads it, how it is taken back, what it proves."""

import secrets

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab import clock, house
from fablab.db import transaction
from fablab.journal import JournalAbout, JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, actions_evidence, actions_proofs
from pathways.models import Enrolment, Evidence, EvidenceKind, PathwayVersion, Stage, ValidationEvidence
from pathways.queries_stage import stage_page
from pathways.rules_evidence import tick_refusals
from pathways.values_evidence import TickFacts
from pathways.values_validating import Cell
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_evidence import make_piece
from tests.make_pathways import enrol, make_competency, make_group, make_pathway, make_validator

SKETCH, VISIT = "croquis de l’idée", "visite de sécurité"


def make_version(proofs: tuple[str, ...] = (SKETCH, VISIT), code: str = "DECLIC", number: int = 1) -> PathwayVersion:
    """A pathway whose first stage expects these proofs."""
    version = make_pathway(code, {"EXP": {"SEC-01": 2, "NUM-01": 2}}, number=number)
    with transaction() as session:
        session.get_one(Stage, version.stages[0].id).expected_proofs = list(proofs)
    return version


def make_living(name: str = "Inès") -> Person:
    """A young person who lives that stage."""
    young = make_young(name)
    enrol(young, make_group(make_version()))
    return young


def tick(young: Person, proof: str = SKETCH, by: Person | None = None) -> None:
    actions_proofs.tick(young, "DECLIC", 1, proof, by or make_staff(), NOW)


def ticked(session: Session, young: Person) -> dict[str, str | None]:
    """The checklist as its page reads it: each proof, and who ticked it."""
    page = stage_page(session, young.id, "DECLIC", 1, NOW)
    assert page is not None
    return {one.text: one.by for one in page.proofs}


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text.replace("\u00a0", " ")


# --- the acts -----------------------------------------------------------------------------------


def test_a_tick_says_who_and_when_and_its_undo_keeps_the_row(session: Session) -> None:
    young, samir = make_living(), make_staff("Samir")
    tick(young, by=samir)
    assert ticked(session, young) == {SKETCH: "Samir", VISIT: None}
    actions_proofs.untick(young, "DECLIC", 1, SKETCH, make_staff("Léa"), NOW)
    assert ticked(session, young) == {SKETCH: None, VISIT: None}
    [row] = session.scalars(select(Evidence))
    assert (row.kind, row.text, row.added_by.first_name) == ("checklist", SKETCH, "Samir")
    assert row.removed_at == NOW
    verbs = select(JournalEntry.verb).join(JournalAbout, JournalAbout.entry_id == JournalEntry.id)
    found = session.scalars(verbs.where(JournalAbout.thing == "person", JournalAbout.thing_id == young.id))
    assert {"proof.tick", "proof.untick"} <= set(found)


def test_ticked_twice_is_ticked_once_and_unticked_twice_is_unticked(session: Session) -> None:
    young, samir = make_living(), make_staff("Samir")
    for _time in range(2):
        tick(young, by=samir)
    assert session.scalar(select(func.count()).select_from(Evidence)) == 1
    for _time in range(2):
        actions_proofs.untick(young, "DECLIC", 1, SKETCH, samir, NOW)
    tick(young, by=samir)
    assert ticked(session, young)[SKETCH] == "Samir"
    assert session.scalar(select(func.count()).select_from(Evidence)) == 2


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (TickFacts(by_team=True, oneself=False, expected=(SKETCH,)), []),
        (TickFacts(by_team=False, oneself=False, expected=(SKETCH,)), ["not_facilitator"]),
        (TickFacts(by_team=True, oneself=True, expected=(SKETCH,)), ["oneself"]),
        (TickFacts(by_team=True, oneself=False, expected=(VISIT,)), ["proof_unknown"]),
    ],
)
def test_the_team_ticks_what_the_stage_expects_of_somebody_else(facts: TickFacts, codes: list[str]) -> None:
    assert [one.code for one in tick_refusals(SKETCH, facts)] == codes


def test_a_proof_or_a_stage_that_is_not_there_is_refused(session: Session) -> None:
    young = make_living()
    for code, position, proof in (("DECLIC", 1, "autre"), ("DECLIC", 2, SKETCH), ("NOPE", 1, SKETCH)):
        with pytest.raises(Refused) as caught:
            actions_proofs.tick(young, code, position, proof, make_staff(), NOW)
        assert caught.value.codes == ["proof_unknown"]
    assert not session.scalars(select(Evidence)).all()


def test_a_tick_stays_with_whoever_is_moved_to_a_version_that_expects_the_same(session: Session) -> None:
    young = make_living()
    tick(young)
    with transaction() as writing:
        old = writing.scalars(select(PathwayVersion)).one()
        old.status = "retired"
    other = make_version((SKETCH, "une phrase"), number=2)
    with transaction() as writing:
        enrolment = writing.scalars(select(Enrolment).where(Enrolment.person_id == young.id)).one()
        enrolment.version_id, enrolment.group_id = other.id, None
    assert {proof: bool(by) for proof, by in ticked(session, young).items()} == {SKETCH: True, "une phrase": False}


def test_what_the_team_ticked_is_not_for_its_owner_to_change(session: Session) -> None:
    young = make_living()
    tick(young)
    piece = session.scalars(select(Evidence)).one()
    for act in (actions_evidence.remove, lambda *args: actions_evidence.say_shows(args[0], (), *args[1:])):
        with pytest.raises(Refused) as caught:
            act(piece, young, NOW)
        assert caught.value.codes == ["not_mine"]
    actions_evidence.remove(piece, make_staff(), NOW)
    assert ticked(session, young)[SKETCH] is None


# --- what it proves -----------------------------------------------------------------------------


def asked_from(level: int) -> None:
    """The house asks a piece from this level."""
    with transaction() as session:
        session.merge(EvidenceKind(code="checklist", label="Liste de contrôle cochée", file="not_required"))
        house.write(session, "training.evidence.piece_from_level", level)


def validate(author: Person, *cells: Cell) -> actions.Saved:
    return actions.validate_batch(None, author, list(cells), key=secrets.token_hex(16), now=clock.now())


def test_a_level_that_asks_for_a_piece_rests_on_the_ticks_when_it_is_said_to_rest_on_a_checklist(
    session: Session,
) -> None:
    young, samir = make_living(), make_validator()
    asked_from(2)
    seen = make_competency("SEC-01")
    cell = Cell(young.id, seen.id, 2, None, "checklist")
    with pytest.raises(Refused) as caught:
        validate(samir, cell)
    assert caught.value.codes == ["tick_missing"]
    tick(young, by=samir)
    validate(samir, cell)
    assert session.scalars(select(ValidationEvidence.evidence_id)).all() == session.scalars(select(Evidence.id)).all()


def test_below_that_level_a_checklist_asks_for_no_tick(session: Session) -> None:
    young, samir = make_living(), make_validator()
    asked_from(3)
    validate(samir, Cell(young.id, make_competency("SEC-01").id, 2, None, "checklist"))
    assert not session.scalars(select(ValidationEvidence)).all()


def test_a_tick_taken_back_proves_nothing_more_and_another_kind_does_not_rest_on_it(session: Session) -> None:
    young, samir = make_living(), make_validator()
    asked_from(2)
    tick(young, by=samir)
    validate(samir, Cell(young.id, make_competency("NUM-01").id, 2))
    assert not session.scalars(select(ValidationEvidence)).all()
    actions_proofs.untick(young, "DECLIC", 1, SKETCH, samir, NOW)
    with pytest.raises(Refused) as caught:
        validate(samir, Cell(young.id, make_competency("SEC-01").id, 2, None, "checklist"))
    assert caught.value.codes == ["tick_missing"]


# --- the pages ----------------------------------------------------------------------------------


def test_the_team_ticks_on_the_page_and_the_young_person_reads_who_did(client: FlaskClient) -> None:
    young, samir = make_living(), make_staff("Samir")
    address = f"/jeunes/{young.public_id}/parcours/DECLIC/etape/1"
    log_in(client, samir)
    assert text(client, address).count("/etape/1/cocher") == 2
    answer = client.post(f"{address}/cocher", data={"proof": SKETCH}, follow_redirects=True)
    page = answer.text.replace("\u00a0", " ")
    assert "Coché par Samir le" in page
    assert page.count("/etape/1/cocher") == 1
    assert page.count("/etape/1/decocher") == 2  # on the line, and in the toast
    log_in(client, young)
    mine = text(client, "/mon-parcours/DECLIC/1")
    assert "Coché par Samir" in mine
    assert "cocher" not in mine
    log_in(client, samir)
    assert "Décoché" in client.post(f"{address}/decocher", data={"proof": SKETCH}, follow_redirects=True).text
    log_in(client, young)
    assert "Coché par Samir" not in text(client, "/mon-parcours/DECLIC/1")


def test_a_tick_is_among_the_evidence_and_its_owner_cannot_erase_it(client: FlaskClient, session: Session) -> None:
    young = make_living()
    tick(young)
    make_piece(young)
    piece = session.scalars(select(Evidence).where(Evidence.kind == "checklist")).one()
    log_in(client, young)
    page = text(client, f"/mes-preuves/{piece.public_id}")
    assert "L’équipe l’a coché pour moi." in page
    assert "Effacer" not in page
    assert 'name="shows"' not in page


def test_a_proof_that_nobody_expects_says_so_and_whoever_may_not_validate_ticks_nothing(
    client: FlaskClient, session: Session
) -> None:
    young = make_living()
    address = f"/jeunes/{young.public_id}/parcours/DECLIC/etape/1/cocher"
    log_in(client, make_staff("Samir"))
    answer = client.post(address, data={"proof": "autre"}, follow_redirects=True)
    assert "Cette preuve n’est plus attendue" in answer.text.replace("\u00a0", " ")
    assert client.post("/jeunes/nobody/parcours/DECLIC/etape/1/cocher", data={"proof": SKETCH}).status_code == 404
    for role in (Role.YOUNG, Role.RECEPTION, Role.REFERENT, Role.STRUCTURE):
        log_in(client, make_young("Bob") if role is Role.YOUNG else make_staff("Léo", roles=(role,)))
        assert client.post(address, data={"proof": SKETCH}).status_code == 403
    assert not session.scalars(select(Evidence)).all()


def test_my_evidence_lists_what_i_added_and_not_what_the_team_ticked(client: FlaskClient) -> None:
    young = make_living()
    tick(young)
    make_piece(young)
    log_in(client, young)
    page = text(client, "/mes-preuves")
    assert "Ma boîte" in page
    assert SKETCH not in page.lower()
    log_in(client, make_staff("Samir"))
    assert "Croquis de l’idée" in text(client, f"/jeunes/{young.public_id}/preuves")
