"""A changed pathway leaves last year's record identical to the byte: what people take away, and what tables hold."""

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fablab.db import db
from fablab.home import portable
from fablab.home.my_data_sections import SECTIONS
from fablab.people.models import Person
from pathways import actions_correcting, actions_moving, actions_requests, queries_moving
from pathways.catalogue_stores import COMPETENCIES
from pathways.models import (
    Competency,
    Enrolment,
    Group,
    PathwayVersion,
    StageTarget,
    Validation,
    VersionMove,
)
from pathways.queries_path import paths_of
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_evidence import make_piece
from tests.make_pathways import attend, enrol, make_competency, make_group, make_pathway, make_session, validate
from tests.versions.given import changed, coordinator

#: what was recorded of people; what was said to them is added to
RECORDED = (
    "validation", "validation_batch", "validation_evidence", "evidence", "evidence_shows", "attendance", "award",
    "enrolment", "training_group", "training_session", "mastery", "validation_request",
)  # fmt: skip


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
def finished(group: Group) -> Person:
    """A year lived to its end: pieces, requests, a correction, every stage and the pathway."""
    ines = make_young("Inès")
    enrol(ines, group, enrolled_on=date(2025, 9, 15))
    for week in range(4):
        attend(make_session(group, NOW - timedelta(days=200 - 7 * week)), ines)
    eva = make_staff("Eva")
    make_piece(ines, shows=[make_competency("SEC-01").id])
    one = db.session().scalars(select(Competency).where(Competency.code == "NUM-01")).one()
    actions_requests.ask_to_be_seen(ines, one, 2, "Je pense y arriver.", NOW - timedelta(days=180))
    validate(ines, {"SEC-01": 2, "NUM-01": 3}, eva, at=NOW - timedelta(days=170))
    line = db.session().scalars(select(Validation).order_by(Validation.id.desc()).limit(1)).one()
    actions_correcting.correct(line, 2, "noté trop haut ce jour-là", eva, NOW - timedelta(days=169))
    validate(ines, {"SEC-01": 2, "NUM-01": 2, "PRO-03": 2, "PAR-01": 2}, eva, at=NOW - timedelta(days=160))
    return ines


@pytest.fixture
def running(group: Group) -> Person:
    """On the way: two competencies of four."""
    lina = make_young("Lina")
    enrol(lina, group)
    attend(make_session(group, NOW - timedelta(days=7)), lina)
    validate(lina, {"SEC-01": 2, "NUM-01": 2}, at=NOW - timedelta(days=6))
    return lina


def export(session: Session, person: Person, *, without: tuple[str, ...] = ()) -> bytes:
    """What somebody takes away, all of it, as bytes."""
    session.expire_all()
    lines = {
        key: [[str(line.at), line.what, *line.more] for line in gather(session, person, 100_000)]
        for key, _title, gather in SECTIONS
        if key not in without
    }
    return json.dumps(lines, ensure_ascii=False).encode()


def tables(session: Session) -> dict[str, list[bytes]]:
    """The recorded facts of everybody, as a backup writes them."""
    session.flush()
    return {name: sorted(portable.lines(session.connection(), name)) for name in RECORDED}


def reworded(session: Session) -> None:
    """The house says its competencies otherwise, as a changed catalogue would."""
    for code in ("SEC-01", "NUM-01", "PRO-03", "PAR-01"):
        values = {"title": f"Dit autrement {code}", "i_can": "Je dis autrement.", "criteria": ["autre chose"]}
        COMPETENCIES.change(session, code, values, NOW)
    session.commit()


def moved(session: Session, old: PathwayVersion, new: PathwayVersion, by: Person, now: datetime) -> VersionMove:
    crews = queries_moving.crews_of(session, old.id)
    fresh = session.scalars(select(Competency.code).where(Competency.replaces == "NUM-01")).one()
    mapping = {"NUM-01": (fresh,)}
    stands = queries_moving.stands_of(session, [e for crew in crews for e in crew.enrolments], new, mapping)
    seen = queries_moving.stamp_of(stands, mapping)
    return actions_moving.move(old, new, [crew.code for crew in crews], mapping, seen, by, now)


def test_a_changed_pathway_leaves_the_record_identical_to_the_byte(
    session: Session, nadia: Person, old: PathwayVersion, finished: Person, running: Person
) -> None:
    before = export(session, finished), export(session, running), tables(session)
    assert "Compétence NUM-01".encode() in before[0]
    reworded(session)
    new = changed(old, nadia)
    assert (export(session, finished), export(session, running), tables(session)) == before
    assert new.number > old.number


def test_people_moved_leave_last_years_record_identical_and_moved_back_their_own_too(
    session: Session, nadia: Person, old: PathwayVersion, finished: Person, running: Person
) -> None:
    told = ("messages",)  # they were told that their pathway changed, and changed back: that stays said
    before, last_year, mine = tables(session), export(session, finished), export(session, running, without=told)
    reworded(session)
    new = changed(old, nadia)
    move = moved(session, old, new, nadia, NOW)
    assert export(session, finished) == last_year
    assert export(session, running, without=told) != mine
    during = tables(session)
    rewritten = {name for name in RECORDED if not set(before[name]) <= set(during[name])}
    assert rewritten == {"enrolment", "training_group"}  # which version they follow, and nothing else
    actions_moving.move_back(move, nadia, NOW + timedelta(hours=1))
    assert export(session, finished) == last_year
    assert export(session, running, without=told) == mine
    assert tables(session) == before


def test_a_version_keeps_the_words_it_was_published_with(
    session: Session, old: PathwayVersion, running: Person
) -> None:
    reworded(session)
    session.expire_all()
    (path,) = paths_of(session, running.id)
    assert next(aim.i_can for one in path.stages for aim in one.aims) == "Je sais SEC-01."
    target = session.scalars(select(StageTarget).join(Competency).where(Competency.code == "SEC-01")).first()
    assert target is not None
    assert (target.title, target.criteria) == ("Compétence SEC-01", ["le fait devant moi"])


def test_a_validation_says_what_its_version_said_that_day(
    session: Session, nadia: Person, old: PathwayVersion, group: Group
) -> None:
    new = changed(old, nadia)
    lina, later = make_young("Lina"), make_group(new, "Rebond 5")
    enrol(lina, later)
    lesson = make_session(later)
    validate(lina, {"PRO-03": 2}, training_session=lesson)
    validate(lina, {"PRO-03": 3})
    one, other = session.scalars(select(Validation).order_by(Validation.id))
    assert (one.title, one.i_can, one.criteria) == (
        "Un projet à plusieurs",
        "Je fais à plusieurs.",
        ["partage le travail"],
    )
    # Outside a session, in the words of the house.
    assert (other.title, other.criteria) == ("Compétence PRO-03", ["le fait devant moi"])


def test_the_database_lets_nobody_change_what_was_validated_by_its_name(session: Session, running: Person) -> None:
    with pytest.raises(Exception, match="append_only"):
        session.execute(update(Validation).values(title="Autre chose"))
    session.rollback()
    assert session.scalars(select(Enrolment)).all()
