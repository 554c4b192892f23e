"""Each rule of machines, accepted and refused. No database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bookings.values import Ask
from tests.machines.given import (
    ASK,
    CHLOE,
    GIVEN,
    NOW,
    SAMIR,
    Paper,
    badge,
    codes,
    holder,
    lead,
    minors,
    own,
    refusals,
    room,
    sheet,
    slot,
    use,
    watch,
)

pytestmark = pytest.mark.usefixtures("words")

BORN_15_YEARS_AGO = date(2011, 3, 1)
SEAM = NOW + timedelta(days=1)


def test_nothing_stands_in_the_way_of_an_adult_with_the_badge_and_a_facilitator_there() -> None:
    assert codes() == []


def test_a_group_session_is_not_judged_as_somebodys_own_booking() -> None:
    assert codes(holder(standings={}), replace(ASK, kind="session", holder_id=None)) == []


# badges


# ages and papers


def test_birth_date_missing_accepts_a_known_birth_date() -> None:
    assert codes() == []


def test_birth_date_missing_refuses_somebody_without_one() -> None:
    assert codes(holder(birth_date=None)) == ["birth_date_missing"]


def test_age_too_young_accepts_somebody_who_turns_twelve_on_the_day_of_the_slot() -> None:
    facts = holder(birth_date=date(2014, 11, 25), agreements=(Paper(),))
    assert "age_too_young" not in codes(facts)


def test_age_too_young_refuses_somebody_who_turns_twelve_the_day_after() -> None:
    facts = holder(birth_date=date(2014, 11, 26), agreements=(Paper(),))
    assert codes(facts) == ["age_too_young"]


def test_age_is_that_of_the_local_day_of_the_slot_not_of_the_utc_day() -> None:
    just_after_midnight = Ask(1, slot("00:00", "01:00"), holder_id=7)
    facts = room(watch(start="00:00", end="02:00"), facts=holder(birth_date=date(2014, 11, 25), agreements=(Paper(),)))
    assert codes(facts, just_after_midnight) == []


def test_authorisation_missing_accepts_a_minor_whose_paper_covers_the_day() -> None:
    facts = holder(birth_date=BORN_15_YEARS_AGO, agreements=(Paper(valid_until=date(2026, 11, 25)),))
    assert codes(facts) == []


def test_authorisation_missing_accepts_somebody_who_turns_eighteen_on_the_day_of_the_slot() -> None:
    assert codes(holder(birth_date=date(2008, 11, 25))) == []


@pytest.mark.parametrize(
    "papers",
    [
        (),
        (Paper(kind="participation"),),
        (Paper(valid_until=date(2026, 11, 24)),),
        (Paper(signed_on=date(2026, 11, 26)),),
        (Paper(withdrawn_on=date(2026, 11, 20)),),
    ],
)
def test_authorisation_missing_refuses_a_minor_without_a_paper_for_that_day(papers: tuple[Paper, ...]) -> None:
    assert codes(holder(birth_date=BORN_15_YEARS_AGO, agreements=papers)) == ["authorisation_missing"]


def test_authorisation_missing_refuses_somebody_who_turns_eighteen_the_day_after_the_slot() -> None:
    assert codes(holder(birth_date=date(2008, 11, 26))) == ["authorisation_missing"]


# supervision (combinations: test_supervision.py)


def test_supervision_missing_accepts_a_shift_in_the_room_for_the_whole_slot() -> None:
    assert codes(room(watch(start="14:00", end="15:00"))) == []


def test_supervision_missing_refuses_a_shift_that_ends_before_the_slot() -> None:
    assert codes(room(watch(start="14:00", end="14:50"))) == ["supervision_missing"]


def test_supervision_missing_says_what_is_needed_at_the_freest_level_of_that_age() -> None:
    [refusal] = refusals(room())
    assert refusal.sentence.startswith("Il faut un animateur dans la salle.")
    assert refusal.facts == (("staff", "Aucune permanence en salle pendant tout le créneau."),)


def test_two_adults_accepts_two_adults_in_the_room_for_the_whole_slot() -> None:
    assert codes(replace(sheet(risk="high"), day=room(watch(), watch(CHLOE)).day)) == []


def test_two_adults_refuses_when_one_of_them_leaves_before_the_end() -> None:
    facts = replace(sheet(risk="high"), day=room(watch(), watch(CHLOE, end="14:30")).day)
    assert codes(facts) == ["two_adults"]


def test_two_adults_counts_a_lead_in_the_room_but_not_elsewhere() -> None:
    facts = sheet(risk="high")
    assert codes(replace(facts, day=room(watch(), lead(CHLOE)).day)) == []
    assert codes(replace(facts, day=room(watch(), watch(CHLOE), lead(CHLOE, in_room=False)).day)) == ["two_adults"]


def test_two_adults_says_nothing_of_a_machine_of_medium_risk() -> None:
    assert codes(sheet(risk="medium")) == []


def test_too_many_minors_accepts_the_eighth_minor_with_one_adult() -> None:
    facts = holder(birth_date=BORN_15_YEARS_AGO, agreements=(Paper(),))
    others = [use(number=number, minor=True) for number in range(7)]
    assert codes(room(watch(), *others, facts=facts)) == []


def test_too_many_minors_refuses_the_ninth_minor_with_one_adult() -> None:
    facts = holder(birth_date=BORN_15_YEARS_AGO, agreements=(Paper(),))
    others = [use(number=number, minor=True) for number in range(5)]
    assert codes(room(watch(), *others, minors(3), facts=facts)) == ["too_many_minors"]


def test_too_many_minors_lets_an_adult_in() -> None:
    assert codes(room(watch(), *[use(number=number, minor=True) for number in range(9)])) == []


# quotas


# what all share


MINOR = holder(birth_date=BORN_15_YEARS_AGO, agreements=(Paper(),))
HARD = [
    holder(standings={}),
    holder(standings={"BS-LASER": badge(expires_at=ASK.slot.start)}),
    holder(standings={"BS-LASER": badge(lapses_at=ASK.slot.start)}),
    holder(birth_date=None),
    holder(birth_date=date(2020, 1, 1), agreements=(Paper(),)),
    holder(birth_date=BORN_15_YEARS_AGO),
    room(),
    replace(sheet(risk="high"), day=room(watch(SAMIR)).day),
    room(watch(), *[use(number=n, minor=True) for n in range(8)], facts=MINOR),
]  # fmt: skip


@pytest.mark.parametrize("facts", HARD)
def test_badge_age_paper_and_supervision_are_never_soft(facts: object) -> None:
    [refusal] = refusals(facts)  # type: ignore[arg-type]  # facts of the table above
    assert not refusal.soft


def test_only_quotas_are_soft() -> None:
    much = tuple(own("09:00", "13:00", date(2026, 11, 24), booking_id=n) for n in range(3))
    found = refusals(holder(own=much))
    assert [refusal.code for refusal in found] == ["too_many_bookings", "week_hours_all", "week_hours_machine"]
    assert all(refusal.soft for refusal in found)


def test_all_reasons_are_said_at_once() -> None:
    facts = room(facts=holder(standings={}, birth_date=BORN_15_YEARS_AGO))
    assert codes(facts) == ["badge_missing", "authorisation_missing", "supervision_missing"]


@pytest.mark.parametrize("facts", [*HARD, holder(own=tuple(own("09:00", "13:00", booking_id=n) for n in range(3)))])
def test_what_young_people_read_has_twelve_words_a_sentence_at_most(facts: object) -> None:
    for refusal in refusals(facts):  # type: ignore[arg-type]  # facts of the table above
        for sentence in refusal.sentence.split(". "):
            words = sentence.replace("\u00a0", " ").replace(" :", "").replace(" ?", "").split()
            assert len(words) <= 12, sentence


# vocational trainees


def trainee(*papers: Paper, regulated: bool = True, born: date = date(2010, 5, 3)) -> list[str]:
    """The codes for somebody of 16 with these papers, on a machine that may be regulated."""
    facts = replace(GIVEN, sheet=replace(GIVEN.sheet, regulated=regulated))
    return codes(holder(facts, birth_date=born, agreements=(Paper(), *papers)))


def test_derogation_missing_accepts_a_trainee_whose_derogation_covers_the_day_and_who_is_no_trainee() -> None:
    covers = Paper("derogation", date(2026, 9, 1), valid_until=date(2026, 11, 25))
    assert "derogation_missing" not in trainee(Paper("trainee"), covers)
    assert "derogation_missing" not in trainee()
    assert "derogation_missing" not in trainee(Paper("trainee"), regulated=False)
    assert "derogation_missing" not in trainee(Paper("trainee"), born=date(2008, 11, 25)), "18 on the day of the slot"


def test_derogation_missing_refuses_a_minor_trainee_without_one_or_whose_one_ended_the_day_before() -> None:
    ended = Paper("derogation", date(2026, 9, 1), valid_until=date(2026, 11, 24))
    assert "derogation_missing" in trainee(Paper("trainee"))
    assert "derogation_missing" in trainee(Paper("trainee"), ended)


def test_a_day_of_another_year_names_its_year() -> None:
    over = badge(expires_at=ASK.slot.start - timedelta(days=365))
    [refusal] = refusals(holder(standings={"BS-LASER": over}))
    assert "2025" in refusal.sentence
    over = badge(expires_at=ASK.slot.start - timedelta(days=5))
    [refusal] = refusals(holder(standings={"BS-LASER": over}))
    assert "2026" not in refusal.sentence
