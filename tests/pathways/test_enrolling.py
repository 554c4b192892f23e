from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, queries
from pathways.models import Enrolment
from pathways.rules_enrolling import enrolment_refusals
from pathways.values_badges import Named
from pathways.values_enrolling import EnrolmentFacts, Terms
from tests.conftest import NOW, Statements
from tests.make import make_minor, make_staff, make_young
from tests.make_pathways import award, enrol, make_group, make_pathway, make_safety_badge, make_session, make_validator

TODAY = clock.local_day(NOW)


@pytest.fixture
def samir(app: object) -> Person:
    return make_staff("Samir")


def refused_codes(person: Person, group: object, by: Person, **options: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        actions.enrol(person, group.version, by, NOW, group=group, **options)  # type: ignore[attr-defined,arg-type]  # a group
    return refused.value.codes


def test_somebody_is_enrolled_in_the_version_of_the_group(session: Session, samir: Person) -> None:
    group, ines = make_group(), make_young("Inès")
    enrolment = actions.enrol(ines, group.version, samir, NOW, group=group)
    assert (enrolment.version_id, enrolment.status, enrolment.enrolled_on) == (group.version_id, "enrolled", TODAY)
    assert enrolment.situation_at_entry == "integration"


def test_age_and_situation_are_passed_with_a_reason_of_the_list(samir: Person) -> None:
    group = make_group(make_pathway("REBOND", min_age=16, max_age=25, situations=["dropped_out"]))
    tom = make_minor("Tom", birth_date=date(2012, 5, 3))
    assert refused_codes(tom, group, samir) == ["age", "situation"]
    assert refused_codes(tom, group, samir, reason="Il y tient") == [
        "age",
        "situation",
        "reason_unknown",
    ]
    enrolment = actions.enrol(tom, group.version, samir, NOW, group=group, reason="with_group")
    assert enrolment.soft_reason == "with_group"


def test_a_reason_given_for_nothing_is_not_kept(samir: Person) -> None:
    group = make_group()
    assert actions.enrol(make_young(), group.version, samir, NOW, group=group, reason="team").soft_reason is None


def test_nobody_is_enrolled_over_the_places_whatever_the_reason(samir: Person) -> None:
    group = make_group(make_pathway(group_max=1))
    enrol(make_young("Inès"), group)
    assert refused_codes(make_young("Tom"), group, samir, reason="team") == ["group_full"]


def test_somebody_who_left_frees_a_place(session: Session, samir: Person) -> None:
    group = make_group(make_pathway(group_max=1))
    first = enrol(make_young("Inès"), group)
    actions.leave(first, "moved_away", samir, NOW)
    assert actions.enrol(make_young("Tom"), group.version, samir, NOW, group=group).id


def test_nobody_follows_the_same_pathway_twice_at_once(samir: Person) -> None:
    group, ines = make_group(), make_young("Inès")
    enrol(ines, group)
    assert refused_codes(ines, make_group(group.version), samir) == ["already_enrolled"]


def test_a_pathway_may_ask_another_one_and_a_valid_badge(session: Session, samir: Person) -> None:
    workshop = make_safety_badge("BS-ATELIER", {"SEC-01": 2})
    declic = make_pathway("DECLIC")
    passeur = make_group(
        make_pathway(
            "PASSEUR",
            prerequisites=[
                {"type": "pathway_finished", "any_of": ["DECLIC", "REBOND"]},
                {"type": "badge_valid", "all_of": ["BS-ATELIER"]},
            ],
        )
    )
    ines = make_young("Inès")
    with pytest.raises(Refused) as refused:
        actions.enrol(ines, passeur.version, samir, NOW, group=passeur, reason="team")
    assert refused.value.codes == ["pathway_first", "badge_first"]
    assert "Declic" in refused.value.refusals[0].sentence
    enrol(ines, version=declic, status="finished", ended_on=TODAY)
    award(ines, workshop)
    assert actions.enrol(ines, passeur.version, samir, NOW, group=passeur).id


def test_enrolling_is_refused_for_the_other_reasons(samir: Person) -> None:
    group, other, ines = make_group(), make_group(make_pathway("REBOND")), make_young("Inès")
    with pytest.raises(Refused) as refused:
        actions.enrol(ines, group.version, samir, NOW, group=other)
    assert refused.value.codes == ["other_pathway"]
    with pytest.raises(Refused) as refused:
        actions.enrol(ines, make_pathway("TREMPLIN", status="draft"), samir, NOW)
    assert refused.value.codes == ["not_published"]
    assert refused_codes(ines, group, make_young("Tom")) == ["not_facilitator"]
    actions.close_group(group, samir, NOW)
    assert refused_codes(ines, group, samir) == ["group_closed"]


def test_a_group_of_a_retired_version_still_takes_people(session: Session, samir: Person) -> None:
    group = make_group(make_pathway(status="retired"))
    assert actions.enrol(make_young(), group.version, samir, NOW, group=group).id


def test_groups_open_in_published_versions_under_a_name_of_their_own(samir: Person) -> None:
    version = make_pathway()
    group = actions.open_group(version, " Automne ", TODAY, samir, NOW)
    assert group.name == "Automne"
    draft = make_pathway("REBOND", status="draft")
    for one, name, by, codes in (
        (version, "Automne", samir, ["name_taken"]),
        (version, " ", samir, ["name_missing"]),
        (draft, "Hiver", samir, ["not_published"]),
        (version, "Hiver", make_young(), ["not_facilitator"]),
    ):
        with pytest.raises(Refused) as refused:
            actions.open_group(one, name, TODAY, by, NOW)
        assert refused.value.codes == codes
    with pytest.raises(Refused) as refused:
        actions.close_group(group, make_young(), NOW)
    assert refused.value.codes == ["not_facilitator"]


def test_a_group_with_a_session_to_come_is_not_closed_and_one_that_took_place_is_no_obstacle(samir: Person) -> None:
    group = make_group()
    make_session(group, NOW - timedelta(hours=1))
    make_session(group, NOW + timedelta(days=1), status="cancelled")
    coming = make_session(group, NOW + timedelta(days=2))
    with pytest.raises(Refused) as refused:
        actions.close_group(group, samir, NOW)
    assert refused.value.codes == ["sessions_to_come"]
    actions.cancel_session(coming, "Plus personne", samir, NOW)
    assert actions.close_group(group, samir, NOW).closed_at == NOW


def test_leaving_keeps_the_place_of_the_year(session: Session, samir: Person) -> None:
    group, ines = make_group(), make_young("Inès")
    enrolment = enrol(ines, group)
    actions.take_attendance(make_session(group), {}, samir, NOW)
    actions.leave(enrolment, "dropped", samir, NOW)
    found = session.scalars(select(Enrolment)).one()
    assert (found.status, found.ended_on, found.first_attended_on) == ("dropped", TODAY, TODAY)
    assert [(year.filled, year.running, year.left) for year in queries.pathway_years(session, TODAY)] == [(1, 0, 1)]
    with pytest.raises(Refused) as refused:
        actions.leave(enrolment, "dropped", samir, NOW)
    assert refused.value.codes == ["already_ended"]


def test_leaving_is_refused_without_the_verb_or_a_known_word(samir: Person) -> None:
    enrolment = enrol(make_young(), make_group())
    for status, by, codes in (("finished", samir, ["status_unknown"]), ("dropped", make_young(), ["not_facilitator"])):
        with pytest.raises(Refused) as refused:
            actions.leave(enrolment, status, by, NOW)
        assert refused.value.codes == codes


TERMS = Terms("Rebond", ("dropped_out",), 16, 25, extended_max_age=29, extended_condition="avec une reconnaissance")
FACTS = EnrolmentFacts(TODAY, date(2008, 11, 24), "dropped_out")


@pytest.mark.parametrize(
    ("birth", "codes"),
    [
        (date(2010, 11, 24), []),  # 16 today
        (date(2010, 11, 25), ["age"]),  # 16 tomorrow
        (date(2000, 11, 25), []),  # 25 until tomorrow
        (date(2000, 11, 24), ["age"]),
        (None, ["age_unknown"]),
    ],
)
def test_the_age_counts_on_the_day_of_the_enrolment(birth: date | None, codes: list[str]) -> None:
    found = enrolment_refusals(TERMS, EnrolmentFacts(TODAY, birth, "dropped_out"))
    assert [refusal.code for refusal in found] == codes
    assert all(refusal.soft for refusal in found)


def test_an_extended_age_says_its_condition() -> None:
    found = enrolment_refusals(TERMS, EnrolmentFacts(TODAY, date(1999, 1, 1), "dropped_out"))
    assert "avec une reconnaissance" in found[0].sentence


def test_one_finished_pathway_of_those_asked_is_enough() -> None:
    terms = Terms("Passeur", ("dropped_out",), 15, 25, any_pathway_finished=(Named("A", "A"), Named("B", "B")))
    facts = EnrolmentFacts(TODAY, date(2008, 1, 1), "dropped_out", finished=frozenset({"B"}))
    assert enrolment_refusals(terms, facts) == []


def test_places_are_filled_in_the_school_year_of_the_first_attendance(
    session: Session, count_statements: Statements
) -> None:
    version = make_pathway("DECLIC", places_per_year=280)
    for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 8, 31), date(2027, 9, 1), None):
        enrol(make_young(), version=version, first_attended_on=day)
    count_statements.clear()
    year = queries.pathway_years(session, TODAY)[0]
    assert (year.code, year.filled, year.places, year.running) == ("DECLIC", 2, 280, 5)
    assert len(count_statements) == 3


def test_what_waits_for_the_team(session: Session, samir: Person) -> None:
    group = make_group()
    enrol(make_young(), group)
    not_called = make_session(group, NOW - timedelta(days=1))
    make_session(group, NOW + timedelta(days=1), leads=[samir])
    without_lead = make_session(group, NOW + timedelta(days=2))
    make_session(group, NOW + timedelta(days=3), status="cancelled")
    assert [one.id for one in queries.sessions_not_called(session, NOW)] == [not_called.id]
    assert [one.id for one in queries.sessions_without_lead(session, NOW)] == [without_lead.id]
    assert queries.never_came(session, NOW) == 1
    assert queries.never_came(session, NOW - timedelta(days=1)) == 0


def test_badges_that_end_soon_wait_until_they_are_renewed(session: Session) -> None:
    badge, ines = make_safety_badge("BS-LASER", {"MAC-05": 2}), make_young()
    award(ines, badge, at=NOW - timedelta(days=350))
    assert queries.badges_ending(session, NOW) == 1
    actions.hand_over(badge, [ines], make_validator(), NOW)
    assert queries.badges_ending(session, NOW) == 0
