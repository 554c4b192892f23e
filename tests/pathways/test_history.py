"""The page of somebody's validations, and correcting a line."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pathways.models import Validation
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import award, levels_held, make_safety_badge, make_validator, validate


def test_a_line_is_corrected_with_a_reason_and_stays_readable(session: Session, client: FlaskClient) -> None:
    ines, samir = make_young("Inès"), make_staff("Samir")
    line = validate(ines, {"SEC-01": 3}, samir).batch.validations[0]
    page = f"/jeunes/{ines.public_id}/validations"
    assert f"/validations/{line.id}/corriger" in log_in(client, samir).get(page).text
    form = f"/validations/{line.id}/corriger"
    refused = client.post(form, data={"level": "3", "reason": "Pareil"})
    assert refused.status_code == 422
    assert "C’est déjà ce niveau" in refused.text
    assert "Pareil" in refused.text
    client.post(form, data={"level": "2", "reason": "C’était avec de l’aide"})
    assert levels_held(ines) == {"SEC-01": 2}
    text = client.get(page).text
    assert "Corrigée" in text
    assert "C’était avec de l’aide" in text


def test_a_badge_that_leaned_on_the_line_is_named(session: Session, client: FlaskClient) -> None:
    laser = make_safety_badge("BS-LASER", {"MAC-05": 2})
    ines, samir = make_young("Inès"), make_validator()
    award(ines, laser, author=samir)
    line = session.scalars(select(Validation)).one()
    log_in(client, samir)
    answer = client.post(
        f"/validations/{line.id}/corriger", data={"level": "0", "reason": "Autre personne"}, follow_redirects=True
    )
    assert "Badge BS-LASER" in answer.text


def test_nothing_is_shown_of_somebody_unknown(client: FlaskClient) -> None:
    log_in(client, make_staff())
    assert client.get("/jeunes/nobody/validations").status_code == 404
    assert client.get("/validations/999999/corriger").status_code == 404
