"""People moved to another version, and back: nothing recorded is rewritten."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.outbox import Message
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, actions_drafts, actions_moving, queries_moving
from pathways.actions_rebuilding import rebuild_mastery
from pathways.models import (
    Award,
    CarriedLevel,
    Competency,
    Enrolment,
    Group,
    PathwayVersion,
    TrainingSession,
    Validation,
    VersionMove,
)
from pathways.queries_path import paths_of
from pathways.queries_presence import presences
from pathways.rules_moving import move_back_refusals
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import (
    attend,
    enrol,
    levels_held,
    make_group,
    make_pathway,
    make_safety_badge,
    make_session,
    validate,
)
from tests.versions.given import changed, competency_values, coordinator, drafted, published, stage, target


@pytest.fixture
def nadia(session: Session) -> Person:
    return coordinator()


@pytest.fixture
def old(session: Session) -> PathwayVersion:
    return make_pathway("REBOND")


@pytest.fixture
def group(old: PathwayVersion) -> Group:
    return make_group(old, "Rebond 4")


@pytest.fixture
def ines(group: Group) -> Person:
    """She came, and validated two competencies of four."""
    ines = make_young("Inès")
    enrol(ines, group)
    attend(make_session(group), ines)
    validate(ines, {"SEC-01": 2, "NUM-01": 2})
    return ines


def moved(
    session: Session,
    old: PathwayVersion,
    new: PathwayVersion,
    by: Person,
    crews: Sequence[str] | None = None,
    mapping: Mapping[str, Sequence[str]] | None = None,
) -> VersionMove:
    known = queries_moving.crews_of(session, old.id)
    wanted = [one.code for one in known] if crews is None else list(crews)
    chosen = [e for crew in known if crew.code in wanted for e in crew.enrolments]
    counting = mapping if mapping is not None else {"NUM-01": (_fresh(session),)}
    seen = queries_moving.stamp_of(queries_moving.stands_of(session, chosen, new, counting), counting)
    return actions_moving.move(old, new, wanted, counting, seen, by, NOW)


def _fresh(session: Session) -> str:
    return session.scalars(select(Competency.code).where(Competency.replaces == "NUM-01")).one()


def facts(session: Session) -> list[list[tuple[object, ...]]]:
    """Every recorded fact of training, as the tables hold it."""
    tables = (Validation, Award, Enrolment, Group, TrainingSession)
    return [
        [tuple(row) for row in session.execute(select(*model.__table__.c).order_by(model.__table__.c.id))]
        for model in tables
    ]


def test_what_was_validated_counts_for_what_replaces_it(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    new = changed(old, nadia)
    lines = facts(session)[0]
    moved(session, old, new, nadia)
    assert levels_held(ines) == {"SEC-01": 2, "NUM-01": 2, _fresh(session): 2}
    assert facts(session)[0] == lines
    (path,) = paths_of(session, ines.id)
    assert path.enrolment.version_id == new.id
    assert [aim.done for one in path.stages for aim in one.aims] == [False, True, False, False]
    assert path.presence.count == 1
    # The command that makes the projection anew says the same.
    assert rebuild_mastery() == 0


def test_a_correction_of_what_was_validated_is_followed_by_what_it_counts_for(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    moved(session, old, changed(old, nadia), nadia)
    line = session.scalars(select(Validation).join(Competency).where(Competency.code == "NUM-01")).one()
    actions.correct(line, 0, "validé pour une autre", make_staff("Eva"), NOW)
    assert levels_held(ines) == {"SEC-01": 2}


def test_a_group_takes_its_sessions_to_come_along_and_leaves_those_that_were_lived(
    session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    exp, app = stage(old, "EXP"), stage(old, "APP")
    lived = make_session(group, NOW - timedelta(days=2), stage_id=exp.id)
    coming = make_session(group, NOW + timedelta(days=2), stage_id=app.id)
    new = changed(old, nadia)
    move = moved(session, old, new, nadia)
    session.expire_all()
    assert (group.version_id, lived.stage_id, coming.stage_id) == (new.id, exp.id, stage(new, "APP").id)
    actions_moving.move_back(move, nadia, NOW)
    session.expire_all()
    assert (group.version_id, lived.stage_id, coming.stage_id) == (old.id, exp.id, app.id)


def test_badges_already_earned_stay_and_are_earned_once(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    held = session.scalars(select(Award.id).where(Award.ended_at.is_(None)).order_by(Award.id)).all()
    assert len(held) == 2
    new = changed(old, nadia)
    moved(session, old, new, nadia)
    # SEC-01 asks level 3 now: the badge earned under level 2 stays, and reaching 3 gives no second one.
    validate(ines, {"SEC-01": 3})
    validate(ines, {"PRO-03": 2})
    session.expire_all()
    awards = session.scalars(select(Award).where(Award.ended_at.is_(None)).order_by(Award.id)).all()
    assert [one.id for one in awards][:2] == list(held)
    assert [(one.badge.stage_code, one.version_id) for one in awards] == [
        ("EXP", old.id), ("APP", old.id), ("FAB", new.id),
    ]  # fmt: skip
    (path,) = paths_of(session, ines.id)
    assert [one.state for one in path.stages] == ["done", "done", "done", "here"]


def test_a_badge_of_before_ends_when_what_earned_it_is_corrected(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    moved(session, old, changed(old, nadia), nadia)
    line = session.scalars(select(Validation).join(Competency).where(Competency.code == "SEC-01")).one()
    actions.correct(line, 1, "validé trop haut", make_staff("Eva"), NOW)
    held = session.scalars(select(Award).where(Award.ended_at.is_(None))).all()
    assert [one.badge.stage_code for one in held] == ["APP"]


def test_moved_and_moved_back_every_fact_is_as_it_was(
    session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    alone = make_young("Sofia")
    enrol(alone, version=old)
    make_session(group, NOW + timedelta(days=2), stage_id=stage(old, "APP").id)
    new = changed(old, nadia)
    before, held = facts(session), levels_held(ines)
    move = moved(session, old, new, nadia)
    assert facts(session) != before
    actions_moving.move_back(move, nadia, NOW)
    session.expire_all()
    assert facts(session) == before
    assert levels_held(ines) == held
    assert session.scalar(select(func.count()).where(CarriedLevel.ended_at.is_(None))) == 0
    assert rebuild_mastery() == 0
    # Undone twice is undone once.
    assert actions_moving.move_back(move, nadia, NOW + timedelta(hours=1)).undone_at == NOW


def test_people_are_told_both_times_and_whoever_is_only_referred_is_not(
    session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    enrol(make_young("Malik"), group, status="referred")
    move = moved(session, old, changed(old, nadia), nadia)
    actions_moving.move_back(move, nadia, NOW)
    told = session.execute(select(Message.person_id, Message.text).where(Message.notice == "version-moved")).all()
    assert [person_id for person_id, _text in told] == [ines.id, ines.id]
    assert ["nouvelle version" in text for _person, text in told] == [True, False]


def test_whoever_came_into_the_group_since_comes_back_with_it(
    session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    new = changed(old, nadia)
    move = moved(session, old, new, nadia)
    session.expire_all()
    late = actions.enrol(make_young("Lina"), new, nadia, NOW, group=group)
    actions_moving.move_back(move, nadia, NOW)
    session.expire_all()
    assert (late.version_id, late.earlier_versions) == (old.id, [new.id])


def test_whoever_left_before_and_comes_back_is_moved_as_the_others_were(
    session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == ines.id)).one()
    actions.leave(enrolment, "interrupted", nadia, NOW)
    new = changed(old, nadia)
    moved(session, old, new, nadia)
    session.expire_all()
    assert enrolment.version_id == old.id
    assert presences(session, [enrolment])[enrolment.id].count == 1
    actions.come_back(enrolment, nadia, NOW)
    session.expire_all()
    assert (enrolment.version_id, enrolment.earlier_versions) == (new.id, [old.id])
    assert _fresh(session) in levels_held(ines)


def test_who_has_finished_keeps_their_version_and_their_badge(
    session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    for _number in range(3):
        attend(make_session(group), ines)
    validate(ines, {"PRO-03": 2, "PAR-01": 2})
    enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == ines.id)).one()
    assert enrolment.status == "finished"
    enrol(make_young("Lina"), group)
    moved(session, old, changed(old, nadia), nadia)
    # What settles anything of hers finds that she came as often as before.
    validate(ines, {"MAC-09": 1})
    session.expire_all()
    assert (enrolment.version_id, enrolment.status) == (old.id, "finished")
    assert session.scalar(select(func.count()).where(Award.ended_at.is_not(None))) == 0


def test_levels_that_open_a_machine_are_never_taken_over(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    new = changed(old, nadia)
    make_safety_badge("BS-LASER", {_fresh(session): 2})
    with pytest.raises(Refused, match="mapping_guarded"):
        moved(session, old, new, nadia)
    with pytest.raises(Refused, match="mapping_unknown"):
        moved(session, old, new, nadia, mapping={"NUM-01": ("SEC-01",)})


def test_a_move_is_refused_for_what_it_cannot_do(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    new = changed(old, nadia)
    with pytest.raises(Refused, match="not_coordinator"):
        moved(session, old, new, make_staff())
    with pytest.raises(Refused, match="nobody"):
        moved(session, old, new, nadia, crews=[])
    with pytest.raises(Refused, match="not_published"):
        moved(session, new, old, nadia)
    with pytest.raises(Refused, match="other_pathway"):
        moved(session, old, make_pathway("DECLIC"), nadia, mapping={})
    enrol(ines, version=new)
    with pytest.raises(Refused, match="already_enrolled"):
        moved(session, old, new, nadia)


def test_what_was_shown_is_what_is_done(session: Session, nadia: Person, old: PathwayVersion, ines: Person) -> None:
    new = changed(old, nadia)
    crews = queries_moving.crews_of(session, old.id)
    stands = queries_moving.stands_of(session, [e for crew in crews for e in crew.enrolments], new, {})
    seen = queries_moving.stamp_of(stands, {})
    validate(ines, {"SEC-01": 3})
    with pytest.raises(Refused, match="changed_meanwhile"):
        actions_moving.move(old, new, [crew.code for crew in crews], {}, seen, nadia, NOW)


def test_moves_are_undone_the_last_one_first_and_levels_are_carried_through_both(
    session: Session, nadia: Person, old: PathwayVersion, ines: Person
) -> None:
    new = changed(old, nadia)
    first = moved(session, old, new, nadia)
    middle = _fresh(session)
    newest = _replace_again(new, middle, nadia)
    session.expire_all()
    last_code = session.scalars(select(Competency.code).where(Competency.replaces == middle)).one()
    second = moved(session, new, newest, nadia, mapping={middle: (last_code,)})
    assert levels_held(ines)[last_code] == 2
    with pytest.raises(Refused, match="moved_since"):
        actions_moving.move_back(first, nadia, NOW)
    with pytest.raises(Refused, match="not_coordinator"):
        actions_moving.move_back(second, make_staff(), NOW)
    actions_moving.move_back(second, nadia, NOW)
    actions_moving.move_back(first, nadia, NOW)
    assert levels_held(ines) == {"SEC-01": 2, "NUM-01": 2}


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(("draft", "codes"), [(True, ["not_published"]), (False, [])])
def test_nobody_comes_back_into_a_version_that_is_a_draft_again(draft: bool, codes: list[str]) -> None:
    found = move_back_refusals(may_move=True, moved_since=False, version_draft=draft)
    assert [refusal.code for refusal in found] == codes


def _replace_again(source: PathwayVersion, code: str, by: Person) -> PathwayVersion:
    draft = drafted(source, by)
    actions_drafts.remove_target(target(draft, code), by, NOW)
    actions_drafts.make_competency(stage(draft, "APP"), competency_values("Je trace", code), 2, by, NOW)
    return published(draft, by)


def test_a_session_lived_before_the_move_still_stands_under_its_stage(
    client: FlaskClient, session: Session, nadia: Person, old: PathwayVersion, group: Group, ines: Person
) -> None:
    lived = make_session(group, NOW - timedelta(days=2), stage_id=stage(old, "APP").id, title="Premiers dessins")
    moved(session, old, changed(old, nadia), nadia)
    log_in(client, nadia)
    grid = client.get(f"/seances/{lived.public_id}/valider").get_data(as_text=True)
    assert "Je dessine" in grid
    assert "Compétence SEC-01" not in grid
    assert "Premiers dessins" in client.get(f"/jeunes/{ines.public_id}/parcours/REBOND/etape/2").get_data(as_text=True)
