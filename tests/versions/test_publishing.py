"""Publishing a version, and taking it back while nobody lives it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, actions_drafts, actions_versions
from pathways.models import Badge, Competency, PathwayVersion
from tests.conftest import NOW
from tests.make import make_young
from tests.make_pathways import enrol, make_competency, make_group, make_pathway, make_safety_badge
from tests.versions.given import (
    changed,
    competency_values,
    coordinator,
    drafted,
    published,
    seen_of,
    stage,
    target,
    write,
)


@pytest.fixture
def nadia(session: Session) -> Person:
    return coordinator()


def test_the_new_version_takes_enrolments_and_the_old_one_goes_on(session: Session, nadia: Person) -> None:
    old = make_pathway("REBOND")
    ines = enrol(make_young(), make_group(old))
    new = changed(old, nadia)
    session.expire_all()
    assert (old.status, old.retired_at, new.status, new.published_at) == ("retired", NOW, "published", NOW)
    assert ines.version_id == old.id
    with pytest.raises(Refused, match="not_published"):
        actions.open_group(old, "Rebond 9", NOW.date(), nadia, NOW)
    assert actions.open_group(new, "Rebond 10", NOW.date(), nadia, NOW).version_id == new.id
    assert not target(new, "PRO-03").competency.draft
    assert session.scalars(select(Competency).where(Competency.draft)).all() == []


def test_a_draft_that_contradicts_itself_is_refused_with_all_that_is_to_be_mended(
    session: Session, nadia: Person
) -> None:
    make_safety_badge("BS-LASER", {"MAC-04": 3}, min_age=30)
    draft = drafted(make_pathway("REBOND"), nadia)
    fields = {"min_age": 26, "group_min": 13, "places_per_year": 999, "weeks": 9, "target_badges": ["BS-LASER"]}
    actions_drafts.change_version(draft, write(fields), nadia, NOW)
    actions_drafts.remove_target(target(draft, "SEC-01"), nadia, NOW)
    with pytest.raises(Refused) as refused:
        published(draft, nadia)
    assert set(refused.value.codes) == {"incomplete"}
    said = "\n".join(one.sentence for one in refused.value.refusals)
    for words in (
        "26 ans",
        "au moins 13",
        "336 places",
        "4 séances",
        "Expérimenter\u00a0: ajouter",
        "Compétence MAC-04 (3)",
    ):
        assert words in said
    assert "ne s’ouvre pas encore à 25 ans" in said


def test_a_draft_without_a_stage_or_without_a_change_is_refused(session: Session, nadia: Person) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    with pytest.raises(Refused, match="nothing"):
        published(draft, nadia)
    for one in list(draft.stages):
        actions_drafts.remove_stage(stage(draft, one.code), nadia, NOW)
    with pytest.raises(Refused) as refused:
        published(draft, nadia)
    assert "Ajouter au moins une étape." in [one.sentence for one in refused.value.refusals]


def test_what_is_published_is_what_was_shown(session: Session, nadia: Person) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    actions_drafts.change_version(draft, write({"project": "une lampe"}), nadia, NOW)
    seen = seen_of(session, "REBOND")
    actions_drafts.change_version(draft, write({"project": "une chaise"}), coordinator("Omar"), NOW)
    with pytest.raises(Refused, match="changed_meanwhile"):
        actions_versions.publish(draft, seen, nadia, NOW)


def test_a_stage_that_the_pathway_never_had_gets_its_badge(session: Session, nadia: Person) -> None:
    draft = drafted(make_pathway("REBOND"), nadia)
    values = {"name": "Montrer", "young_label": "Je montre.", "aim": "Montrer.", "milestone": "Une visite"}
    added = actions_drafts.add_stage(draft, {**values, "expected_proofs": [], "session_total": 1}, nadia, NOW)
    actions_drafts.add_target(added, make_competency("PAR-09"), 2, nadia, NOW)
    actions_drafts.change_version(draft, write({"per_week": 1, "weeks": None}), nadia, NOW)
    published(draft, nadia)
    badge = session.scalars(select(Badge).where(Badge.stage_code == "MON")).one()
    assert (badge.code, badge.name, badge.kind) == ("BC-REBOND-MON", "Rebond · Montrer", "stage")


def test_a_version_nobody_lives_is_a_draft_again_and_the_one_before_is_published(
    session: Session, nadia: Person
) -> None:
    old = make_pathway("REBOND")
    new = changed(old, nadia)
    actions_versions.unpublish(new, nadia, NOW)
    session.expire_all()
    assert (new.status, new.published_at, old.status, old.retired_at) == ("draft", None, "published", None)
    fresh = session.scalars(select(Competency).where(Competency.replaces == "NUM-01")).one()
    assert fresh.draft
    published(new, nadia)
    session.expire_all()
    assert not fresh.draft


def test_a_version_that_is_lived_is_not_taken_back_one_starts_again_from_the_one_before(
    session: Session, nadia: Person
) -> None:
    old = make_pathway("REBOND")
    new = changed(old, nadia)
    group = make_group(new)
    with pytest.raises(Refused, match="version_lived"):
        actions_versions.unpublish(new, nadia, NOW)
    enrol(make_young(), group)
    with pytest.raises(Refused) as refused:
        actions_versions.unpublish(new, nadia, NOW)
    assert "1 personne y est inscrite" in refused.value.refusals[0].sentence
    back = published(drafted(old, nadia), nadia)
    assert (back.number, target(back, "SEC-01").level) == (new.number + 1, 2)
    with pytest.raises(Refused, match="not_published"):
        actions_versions.unpublish(new, nadia, NOW)


def test_a_version_is_not_taken_back_over_another_draft(session: Session, nadia: Person) -> None:
    new = changed(make_pathway("REBOND"), nadia)
    drafted(new, nadia)
    with pytest.raises(Refused, match="draft_exists"):
        actions_versions.unpublish(new, nadia, NOW)


def test_published_twice_is_published_once(session: Session, nadia: Person) -> None:
    old = make_pathway("REBOND")
    draft = drafted(old, nadia)
    actions_drafts.make_competency(stage(draft, "EXP"), competency_values("Souder"), 2, nadia, NOW)
    seen = seen_of(session, "REBOND")
    actions_versions.publish(draft, seen, nadia, NOW)
    assert actions_versions.publish(draft, seen, coordinator("Omar"), NOW).status == "published"
    statuses = session.scalars(select(PathwayVersion.status).order_by(PathwayVersion.number)).all()
    assert statuses == ["retired", "published"]
