"""Two coordinators, or a coordinator and a facilitator, at the same moment on several connections."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.seen import stamp
from pathways import actions, actions_drafts, actions_moving, actions_versions, queries_moving
from pathways.models import Enrolment, Group, MovedEnrolment, PathwayVersion, VersionMove
from tests.make import make_young
from tests.make_machines import make_fablab
from tests.make_pathways import enrol, make_group, make_pathway
from tests.pathways.test_at_once import count, row, together
from tests.versions.given import changed, coordinator, drafted, seen_of, write


def as_(person_id: int, act: Callable[[Person], Any]) -> Callable[[], Any]:
    return lambda: act(row(Person, person_id))


def codes_of(raised: BaseException) -> Any:
    """The codes of a refusal; anything else as it is, for whoever reads why the test failed."""
    return raised.codes if isinstance(raised, Refused) else raised


def test_two_prepare_a_version_at_once_and_there_is_one_draft(shared_database: Flask) -> None:
    source, people = make_pathway("REBOND").id, [coordinator(name).id for name in ("Nadia", "Omar")]

    def prepare(by: Person) -> None:
        actions_versions.prepare(row(PathwayVersion, source), by, clock.now())

    raised = together(shared_database, *(as_(one, prepare) for one in people))
    assert [codes_of(one) for one in raised] == [["draft_exists"]]
    assert count(PathwayVersion) == 2


def test_two_write_the_same_field_at_once_and_one_is_shown_the_other(shared_database: Flask) -> None:
    nadia, omar = coordinator("Nadia"), coordinator("Omar")
    draft = drafted(make_pathway("REBOND"), nadia)
    seen = {"project": stamp(draft.project)}
    draft_id = draft.id

    def say(words: str) -> Callable[[Person], None]:
        def act(by: Person) -> None:
            actions_drafts.change_version(
                row(PathwayVersion, draft_id), write({"project": words}, **seen), by, clock.now()
            )

        return act

    raised = together(shared_database, as_(nadia.id, say("une lampe")), as_(omar.id, say("une chaise")))
    assert [codes_of(one) for one in raised] == [["changed_meanwhile"]]
    db.session.expire_all()
    assert row(PathwayVersion, draft_id).project in ("une lampe", "une chaise")


def test_somebody_is_enrolled_while_a_version_is_published_and_one_waits(shared_database: Flask) -> None:
    nadia, omar = coordinator("Nadia"), coordinator("Omar")
    make_fablab()  # the house whose row is locked
    old = make_pathway("REBOND")
    draft = drafted(old, nadia)
    actions_drafts.change_version(draft, write({"project": "une lampe"}), nadia, clock.now())
    seen, lina = seen_of(db.session(), "REBOND"), make_young("Lina")
    old_id, draft_id, lina_id = old.id, draft.id, lina.id

    def publish(by: Person) -> None:
        actions_versions.publish(row(PathwayVersion, draft_id), seen, by, clock.now())

    def enter(by: Person) -> None:
        actions.enrol(row(Person, lina_id), row(PathwayVersion, old_id), by, clock.now(), reason="team")

    raised = together(shared_database, as_(nadia.id, publish), as_(omar.id, enter))
    # Either she came in before the old version retired, or she is told that it has.
    assert [codes_of(one) for one in raised] in ([], [["not_published"]])
    db.session.expire_all()
    assert row(PathwayVersion, draft_id).status == "published"
    assert count(Enrolment) == 1 - len(raised)


def test_two_move_the_same_group_at_once_and_it_is_moved_once(shared_database: Flask) -> None:
    nadia, omar = coordinator("Nadia"), coordinator("Omar")
    old = make_pathway("REBOND")
    group = make_group(old, "Rebond 4")
    enrol(make_young("Lina"), group)
    new = changed(old, nadia)
    session = db.session()
    crews = queries_moving.crews_of(session, old.id)
    codes = [crew.code for crew in crews]
    stands = queries_moving.stands_of(session, [e for crew in crews for e in crew.enrolments], new, {})
    seen = queries_moving.stamp_of(stands, {})
    old_id, new_id, group_id = old.id, new.id, group.id

    def move(by: Person) -> None:
        before, after = row(PathwayVersion, old_id), row(PathwayVersion, new_id)
        actions_moving.move(before, after, codes, {}, seen, by, clock.now())

    raised = together(shared_database, as_(nadia.id, move), as_(omar.id, move))
    assert [codes_of(one) for one in raised] == [["nobody"]]
    db.session.expire_all()
    assert (count(VersionMove), count(MovedEnrolment)) == (1, 1)
    assert row(Group, group_id).version_id == new_id
    assert db.session().scalars(select(Enrolment.version_id)).all() == [new_id]
