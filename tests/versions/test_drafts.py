"""A draft: copied, written, thrown away; two who write at once are shown both."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.seen import stamp
from pathways import actions_drafts, actions_versions
from pathways.catalogue_stores import COMPETENCIES
from pathways.models import Competency, PathwayVersion, Stage, StageTarget
from pathways.words_versions import Names, changes
from tests.conftest import NOW
from tests.make import make_staff
from tests.make_pathways import make_competency, make_pathway
from tests.versions.given import competency_values, coordinator, drafted, stage, target, write


@pytest.fixture
def nadia(session: Session) -> Person:
    return coordinator()


def test_a_draft_is_a_copy_that_nobody_follows(session: Session, nadia: Person) -> None:
    source = make_pathway("REBOND")
    draft = drafted(source, nadia)
    assert (draft.status, draft.published_at, draft.number) == ("draft", None, source.number + 1)
    assert [(one.code, one.sessions, one.hours) for one in draft.stages] == [
        (one.code, one.sessions, one.hours) for one in source.stages
    ]
    assert target(draft, "SEC-01").level == 2
    assert target(draft, "SEC-01").id != target(source, "SEC-01").id


def test_a_draft_begins_with_what_the_house_says_now_and_keeps_what_its_version_chose_to_say(
    session: Session, nadia: Person
) -> None:
    source = make_pathway("REBOND", {"EXP": {"SEC-01": 2, "PRO-03": 2}})
    with transaction() as writing:
        chosen = writing.get_one(StageTarget, target(source, "PRO-03").id)
        chosen.own_title, chosen.own_i_can, chosen.own_criteria = "Un projet à deux", "Je fais à deux.", ["partage"]
        for code in ("SEC-01", "PRO-03"):
            COMPETENCIES.change(writing, code, {"title": f"Dit autrement {code}"}, NOW)
    draft = drafted(source, nadia)
    assert target(source, "SEC-01").title == "Compétence SEC-01", "frozen"
    assert target(draft, "SEC-01").title == "Dit autrement SEC-01"
    assert target(draft, "PRO-03").title == "Un projet à deux"
    told = changes(source, draft, Names({}, {}, {}))
    assert [(one.before, one.after) for one in told] == [("Compétence SEC-01", "Dit autrement SEC-01")]


def test_one_draft_at_a_time(session: Session, nadia: Person) -> None:
    source = make_pathway("REBOND")
    drafted(source, nadia)
    with pytest.raises(Refused, match="draft_exists"):
        drafted(source, nadia)


def test_only_the_coordination_writes_in_a_draft_and_only_in_a_draft(session: Session, nadia: Person) -> None:
    source = make_pathway("REBOND")
    with pytest.raises(Refused, match="not_coordinator"):
        drafted(source, make_staff())
    with pytest.raises(Refused, match="not_draft"):
        actions_drafts.change_version(source, write({"title": "Autre"}), nadia, NOW)
    with pytest.raises(Refused, match="not_draft"):
        actions_drafts.change_stage(stage(source, "EXP"), write({"name": "Autre"}), nadia, NOW)
    with pytest.raises(Refused, match="not_draft"):
        actions_versions.discard(source, nadia, NOW)


def test_stages_keep_their_sessions_in_order_whatever_is_added_moved_or_removed(
    session: Session, nadia: Person
) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    values = {"name": "Montrer", "young_label": "Je montre.", "aim": "Montrer.", "milestone": "Une visite"}
    added = actions_drafts.add_stage(draft, {**values, "expected_proofs": [], "session_total": 3}, nadia, NOW)
    actions_drafts.move_stage(added, stage(draft, "APP"), nadia, NOW)
    actions_drafts.remove_stage(stage(draft, "PAR"), nadia, NOW)
    session.expire_all()
    assert [(one.code, one.position, one.sessions, one.hours) for one in draft.stages] == [
        ("EXP", 1, [1], 2),
        ("MON", 2, [2, 3, 4], 6),
        ("APP", 3, [5], 2),
        ("FAB", 4, [6], 2),
    ]
    assert (draft.session_count, draft.hours) == (6, 12)


def test_words_of_a_competency_change_in_this_version_only(session: Session, nadia: Person) -> None:
    source = make_pathway("REBOND", {"EXP": {"SEC-01": 2}, "APP": {"SEC-01": 3}})
    make_pathway("DECLIC", {"EXP": {"SEC-01": 1}})
    draft = drafted(source, nadia)
    one = session.scalars(select(StageTarget).join(Stage).where(Stage.version_id == draft.id)).first()
    assert one is not None
    words = {"title": "Autrement", "i_can": "Je dis autrement.", "criteria": ["le dit autrement"]}
    actions_drafts.change_target(one, write(words), nadia, NOW)
    session.expire_all()
    said = {(each.stage.version.pathway.code, each.stage.version.status): each.title for each in _targets(session)}
    assert said == {
        ("REBOND", "draft"): "Autrement",
        ("REBOND", "published"): "Compétence SEC-01",
        ("DECLIC", "published"): "Compétence SEC-01",
    }
    house = make_competency("SEC-01")
    back = {"title": house.title, "i_can": house.i_can, "criteria": list(house.criteria)}
    actions_drafts.change_target(one, write(back), nadia, NOW)
    assert {each.own_title for each in _targets(session)} == {None}


def test_a_new_competency_is_met_by_nobody_before_it_is_published_and_goes_with_its_draft(
    session: Session, nadia: Person
) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    made = actions_drafts.make_competency(stage(draft, "EXP"), competency_values("Souder"), 2, nadia, NOW)
    assert made.competency.draft
    assert made.competency.code == "SEC-02"
    actions_drafts.remove_target(made, nadia, NOW)
    assert session.scalar(select(func.count()).where(Competency.draft)) == 0
    actions_drafts.make_competency(stage(draft, "EXP"), competency_values("Souder"), 2, nadia, NOW)
    actions_versions.discard(draft, nadia, NOW)
    actions_versions.discard(draft, nadia, NOW)
    assert session.scalar(select(func.count()).where(Competency.draft)) == 0
    assert session.scalar(select(func.count()).where(PathwayVersion.status == "draft")) == 0


def test_a_stage_aims_once_at_a_competency(session: Session, nadia: Person) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    with pytest.raises(Refused, match="already_aimed"):
        actions_drafts.add_target(stage(draft, "EXP"), make_competency("SEC-01"), 2, nadia, NOW)
    actions_drafts.add_target(stage(draft, "EXP"), make_competency("MAC-09"), 2, nadia, NOW)
    assert target(draft, "MAC-09").level == 2


def test_two_who_write_the_same_field_are_shown_both_and_other_fields_are_kept(session: Session, nadia: Person) -> None:
    omar = coordinator("Omar")
    draft = drafted(make_pathway("REBOND"), nadia)
    seen = {"title": stamp(draft.title), "project": stamp(draft.project)}
    wanted = {"title": "Rebond — je fabrique", "project": draft.project}
    assert actions_drafts.change_version(draft, write(wanted, **seen), nadia, NOW) == 1
    with pytest.raises(Refused) as refused:
        theirs = {"title": "Rebond — je répare", "project": "une lampe"}
        actions_drafts.change_version(draft, write(theirs, **seen), omar, NOW)
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == ("changed_meanwhile", "title")
    assert "je fabrique" in refusal.sentence
    # What nobody else touched goes through, and does not bring the old title back.
    other = {"title": "Rebond — je découvre le Fablab", "project": "une lampe"}
    assert actions_drafts.change_version(draft, write(other, **seen), omar, NOW) == 1
    session.expire_all()
    assert (draft.title, draft.project) == ("Rebond — je fabrique", "une lampe")


def test_each_act_on_a_draft_is_in_the_journal(session: Session, nadia: Person) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    actions_drafts.change_version(draft, write({"title": "Rebond — autrement"}), nadia, NOW)
    actions_versions.discard(draft, nadia, NOW)
    told = session.execute(select(JournalEntry.verb, JournalEntry.details).order_by(JournalEntry.id)).all()
    assert [verb for verb, _details in told if verb.startswith("version.")] == [
        "version.prepare",
        "version.change",
        "version.discard",
    ]
    assert told[-2][1]["fields"] == ["title"]


def _targets(session: Session) -> list[StageTarget]:
    return list(session.scalars(select(StageTarget).order_by(StageTarget.id)))
