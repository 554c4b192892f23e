"""The three ages are three rules; each side of each birthday."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from fablab.people import rules
from fablab.people.models import Authorisation
from tests.make import make_authorisation, make_minor, make_young

BORN = date(2010, 11, 24)


@pytest.mark.parametrize(
    ("rule", "age", "before"),
    [
        (rules.may_consent_alone, 15, False),
        (rules.may_be_followed_by_mission_locale, 16, False),
        (rules.needs_parental_authorisation, 18, True),
    ],
)
def test_an_age_begins_on_the_birthday_and_not_the_day_before(rule, age: int, before: bool) -> None:  # type: ignore[no-untyped-def]
    birthday = BORN.replace(year=BORN.year + age)
    assert rule(BORN, birthday.replace(day=23)) is before
    assert rule(BORN, birthday) is not before
    assert rule(BORN, birthday.replace(day=25)) is not before


def test_who_is_born_on_29_february_grows_older_on_1_march_of_other_years() -> None:
    born = date(2012, 2, 29)
    assert rules.age_on(born, date(2027, 2, 28)) == 14
    assert rules.age_on(born, date(2027, 3, 1)) == 15
    assert rules.age_on(born, date(2028, 2, 28)) == 15
    assert rules.age_on(born, date(2028, 2, 29)) == 16
    assert rules.needs_parental_authorisation(born, date(2030, 2, 28))
    assert not rules.needs_parental_authorisation(born, date(2030, 3, 1))


def test_without_a_birth_date_the_careful_answer_is_given() -> None:
    day = date(2026, 11, 24)
    assert not rules.may_consent_alone(None, day)
    assert not rules.may_be_followed_by_mission_locale(None, day)
    assert rules.needs_parental_authorisation(None, day)


def agreement(**fields: object) -> Authorisation:
    return Authorisation(**{"kind": "machines", "signed_on": date(2026, 9, 1), **fields})


def test_an_authorisation_covers_its_kind_from_its_signature_to_its_last_day() -> None:
    one = agreement(valid_until=date(2027, 8, 31))
    assert rules.covered([one], "machines", date(2026, 9, 1))
    assert rules.covered([one], "machines", date(2027, 8, 31))
    assert not rules.covered([one], "machines", date(2026, 8, 31))
    assert not rules.covered([one], "machines", date(2027, 9, 1))
    assert not rules.covered([one], "participation", date(2026, 9, 1))


def test_an_authorisation_withdrawn_covers_nothing_from_that_day(session: Session) -> None:
    one = make_authorisation(make_minor())
    assert rules.covered([one], "machines", date(2026, 11, 24))
    one.withdrawn_at = one.recorded_at
    assert not rules.covered([one], "machines", date(2026, 11, 24))
    session.rollback()


def test_an_adult_takes_part_without_authorisation_and_a_minor_with_it(session: Session) -> None:
    day = date(2026, 11, 24)
    assert rules.may_take_part(make_young().birth_date, [], "machines", day)
    minor = make_minor()
    assert not rules.may_take_part(minor.birth_date, minor.authorisations, "machines", day)
    make_authorisation(minor)
    session.expire_all()
    assert rules.may_take_part(minor.birth_date, minor.authorisations, "machines", day)
