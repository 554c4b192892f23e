"""My path and my badges, as a young person reads them."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fablab.permissions import Role
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import (
    attend,
    award,
    enrol,
    make_group,
    make_pathway,
    make_safety_badge,
    make_session,
    validate,
)


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_my_path_draws_four_stages_and_says_where_i_am(client: FlaskClient) -> None:
    group = make_group(make_pathway("REBOND", {"EXP": {"MAC-01": 2}, "APP": {"MAC-02": 2}}))
    ines = make_young()
    enrol(ines, group)
    attend(make_session(group, NOW - timedelta(days=2)), ines)
    validate(ines, {"MAC-01": 2})
    log_in(client, ines)
    page = text(client, "/mon-parcours")
    assert page.count('class="disc"') == 4
    assert page.count('aria-current="step"') == 1
    assert "Fini" in page
    assert "Il reste 1 chose à apprendre." in page


def test_a_level_under_the_target_is_begun_and_not_done(client: FlaskClient) -> None:
    ines = make_young()
    enrol(ines, make_group(make_pathway("REBOND", {"EXP": {"MAC-01": 3}})))
    validate(ines, {"MAC-01": 1})
    log_in(client, ines)
    assert "C’est commencé, avec" in text(client, "/mon-parcours")


def test_without_a_path_i_read_what_to_do(client: FlaskClient) -> None:
    log_in(client, make_young())
    assert "Pas encore de parcours" in text(client, "/mon-parcours")
    assert "Pas encore de badge" in text(client, "/mes-badges")


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (30, ("Badge valable", "Valable jusqu’au 25 octobre 2027.")),
        (350, ("Expire bientôt", "Pour le reprendre")),
        (400, ("Passé", "Fini le", "Pour le reprendre")),
    ],
)
def test_a_badge_says_until_when_and_how_to_renew_it(client: FlaskClient, ago: int, said: tuple[str, ...]) -> None:
    ines = make_young()
    award(ines, make_safety_badge("BS-LASER", {"MAC-05": 2}), at=NOW - timedelta(days=ago))
    log_in(client, ines)
    page = text(client, "/mes-badges")
    for words in said:
        assert words in page


def test_a_badge_lapsed_by_disuse_says_why(client: FlaskClient) -> None:
    ines = make_young()
    award(ines, make_safety_badge("BS-LASER", {"MAC-05": 2}, disuse_months=3), at=NOW - timedelta(days=200))
    log_in(client, ines)
    assert "Je n’ai pas utilisé la machine depuis longtemps." in text(client, "/mes-badges")


def test_a_badge_to_earn_says_what_is_missing(client: FlaskClient) -> None:
    make_safety_badge("BS-LASER", {"MAC-05": 2, "SEC-03": 2}, min_age=12)
    ines = make_young()
    log_in(client, ines)
    assert "Il me manque 2 choses." in text(client, "/mes-badges")


def test_my_pages_run_as_many_statements_whatever_i_hold(client: FlaskClient, count_statements: Statements) -> None:
    client.get("/")
    ines = make_young()
    enrol(ines, make_group(make_pathway("REBOND", {"EXP": {"MAC-01": 2}})))
    log_in(client, ines)
    counts = []
    for number in range(2):
        for more in range(3):
            award(ines, make_safety_badge(f"BS-{number}{more}", {f"MAC-{number}{more}": 2}))
        count_statements.clear()
        text(client, "/mon-parcours")
        path = len(count_statements)
        text(client, "/mes-badges")
        counts.append((path, len(count_statements)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.REFERENT, Role.COORDINATOR])
def test_these_pages_are_for_young_people(client: FlaskClient, role: Role) -> None:
    log_in(client, make_staff(roles=(role,)))
    assert client.get("/mon-parcours").status_code == 403
    assert client.get("/mes-badges").status_code == 403
