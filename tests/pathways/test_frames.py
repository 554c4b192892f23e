"""Under what a group meets, and who pays its hours: said by the team, warned of where a funder does not pay for it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person, Scheme
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Group
from pathways.rules_frames import frame_refusals, is_excluded
from tests.conftest import NOW
from tests.make import log_in, make_staff
from tests.make_pathways import make_group, make_pathway


@pytest.fixture
def samir(app: Flask) -> Person:
    """A facilitator."""
    return make_staff()


@pytest.fixture
def group(app: Flask) -> Group:
    """A group of Rebond, which CAF does not pay for."""
    return make_group(make_pathway("REBOND"), "Rebond 5")


@pytest.fixture(autouse=True)
def schemes(app: Flask) -> dict[str, int]:
    """Two that pay, one that does not: code -> id."""
    with transaction() as session:
        made = [
            Scheme(code="DI-06", name="Contrat de ville", nature="urban_policy", data_status="invented"),
            Scheme(
                code="DI-10", name="CAF", nature="funding", data_status="invented", note="exclut l’insertion",
                excluded_pathways=["REBOND", "TREMPLIN"],
            ),
            Scheme(code="DI-12", name="Service civique", nature="volunteering", data_status="invented"),
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        return {one.code: one.id for one in made}


@pytest.mark.parametrize(
    ("frame", "scheme", "may", "codes"),
    [
        ("school", 1, True, []),
        (None, None, True, []),
        ("prison", 1, True, ["frame_unknown"]),
        ("school", 3, True, ["scheme_unknown"]),
        ("school", 1, False, ["not_facilitator"]),
    ],
)
def test_what_may_be_said(frame: str | None, scheme: int | None, may: bool, codes: list[str]) -> None:
    assert [one.code for one in frame_refusals(frame, scheme, [1, 2], may_manage=may)] == codes


@pytest.mark.parametrize(
    ("excluded", "warned"), [(["REBOND"], True), (["TREMPLIN"], False), ([], False), (None, False)]
)
def test_a_funder_leaves_out_the_pathways_it_names(excluded: list[str] | None, warned: bool) -> None:
    assert is_excluded("REBOND", excluded) is warned


def test_one_funder_a_group_and_the_journal_keeps_what_was_said_before(
    session: Session, samir: Person, group: Group, schemes: dict[str, int]
) -> None:
    actions.say_frame(group, "school", schemes["DI-06"], samir, NOW)
    actions.say_frame(group, "school", schemes["DI-06"], samir, NOW)
    actions.say_frame(group, "training", schemes["DI-10"], samir, NOW)
    session.expire_all()
    assert (group.legal_frame, group.scheme_id) == ("training", schemes["DI-10"])
    said = session.query(JournalEntry).filter_by(verb="group.frame").order_by(JournalEntry.id).all()
    assert [one.details["said"]["frame_before"] for one in said] == [None, "school"]


def test_who_is_not_of_the_team_says_nothing(session: Session, group: Group) -> None:
    with pytest.raises(Refused):
        actions.say_frame(group, "school", None, make_staff(roles=(Role.RECEPTION,)), NOW)


def test_the_page_says_warns_and_keeps(client: FlaskClient, session: Session, samir: Person, group: Group) -> None:
    log_in(client, samir)
    address = f"/groupes/{group.public_id}/cadre"
    page = client.get(address).text
    assert "CAF ne paie pas ce parcours" in page
    assert "Service civique" not in page
    answer = client.post(address, data={"legal_frame": "training", "scheme": "DI-10"}, follow_redirects=True)
    assert "Attention" in answer.text
    answer = client.post(address, data={"legal_frame": "training", "scheme": "DI-06"}, follow_redirects=True)
    assert "Attention" not in answer.text
    assert "Enregistré." in answer.text
    wrong = client.post(address, data={"legal_frame": "training", "scheme": "DI-12"})
    assert wrong.status_code == 422
    assert "Choisissez un financeur de la liste." in wrong.text
    client.post(address, data={"legal_frame": "-", "scheme": "house"})
    session.expire_all()
    assert (group.scheme_id, group.paid_by_house) == (None, True)
    assert "payé par la maison" in client.get(f"/groupes/{group.public_id}").text
    client.post(address, data={"legal_frame": "-", "scheme": "-"})
    session.expire_all()
    assert (group.legal_frame, group.scheme_id, group.paid_by_house) == (None, None, False)
