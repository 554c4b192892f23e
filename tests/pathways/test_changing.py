"""The pages that move and cancel a session."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Claim
from fablab.outbox import Message
from pathways import actions
from pathways.models import TrainingSession
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import log_in, make_minor, make_staff
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import enrol, make_group, make_session
from tests.pathways.test_sessions import THURSDAY


def test_a_session_is_moved_with_its_machines_and_the_group_is_told(session: Session, client: FlaskClient) -> None:
    # A minor without any authorisation lives a group session like the others.
    machine, group, tom, samir = make_machine(make_fablab()), make_group(), make_minor("Tom"), make_staff("Samir")
    enrol(tom, group)
    planned = actions.plan_session(
        group, "Découvrir", [PartWish(THURSDAY, THURSDAY + timedelta(hours=2), (machine.id,))], [samir.id], samir, NOW
    )
    address = f"/seances/{planned.session.public_id}"
    assert "Déplacer la séance" in log_in(client, samir).get(address).text
    answer = client.post(f"{address}/deplacer", data={"day": "2026-11-27", "starts": "13:30"})
    assert answer.location.endswith(address)
    session.expire_all()
    assert session.scalars(select(TrainingSession.starts_at)).one() == THURSDAY + timedelta(days=1)
    held = set(session.scalars(select(Claim.resource_id).where(Claim.holds)))
    assert machine.id in held
    assert len(held) == 2
    assert session.scalars(select(Message.person_id)).all() == [tom.id]


def test_a_refused_move_keeps_what_was_typed(client: FlaskClient) -> None:
    samir = make_staff("Samir")
    lesson = make_session(make_group(), NOW + timedelta(days=1), leads=[samir])
    address = f"/seances/{lesson.public_id}/deplacer"
    for typed, words in (
        ({"day": "2026-11-20", "starts": "13:30"}, "Cette heure est passée."),
        ({"day": "2027-03-28", "starts": "02:30"}, "Cette heure n’existe pas"),
    ):
        answer = log_in(client, samir).post(address, data=typed)
        assert answer.status_code == 422
        assert words in answer.text
        assert f'value="{typed["day"]}"' in answer.text


def test_a_session_is_cancelled_with_a_reason(session: Session, client: FlaskClient) -> None:
    group, tom, samir = make_group(), make_minor("Tom"), make_staff("Samir")
    enrol(tom, group)
    lesson = make_session(group, NOW + timedelta(days=1), leads=[samir])
    address = f"/seances/{lesson.public_id}"
    assert log_in(client, samir).post(f"{address}/annuler", data={"reason": " "}).status_code == 422
    client.post(f"{address}/annuler", data={"reason": "Pas de chauffage"})
    session.expire_all()
    assert session.scalars(select(TrainingSession.status)).one() == "cancelled"
    assert session.scalars(select(Message.person_id)).all() == [tom.id]
    assert client.get(f"{address}/annuler").status_code == 404
