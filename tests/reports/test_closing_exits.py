"""Before a quarter is closed: of whom the situation after a pathway is still to be noted."""

from datetime import date, timedelta

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import house
from fablab.db import transaction
from fablab.permissions import Role
from pathways import actions
from pathways.models import ExitSituation
from pathways.values_exits import SETTING
from reports.queries_closing import flaws
from reports.values_periods import Period
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway

#: the quarter of NOW, the 24th of November
TERM = Period("term", date(2026, 10, 1), date(2026, 12, 31))


def test_each_step_lists_whoever_was_to_be_asked_in_the_quarter(client: FlaskClient, session: Session) -> None:
    nadia = make_staff("Nadia", roles=(Role.COORDINATOR, Role.FACILITATOR))
    with transaction() as writing:
        house.write(
            writing, SETTING, [{"weeks_after": 0, "label": "sortie"}, {"weeks_after": 4, "label": "+ 4 semaines"}]
        )
        writing.add(ExitSituation(code="training", label="Formation", positive=True, group="training"))
    version = make_pathway("REBOND")
    exits = {}
    for name, day in (
        ("Avant", date(2026, 9, 2)),  # four weeks later is still before the quarter
        ("Inès", date(2026, 9, 3)),  # four weeks later is its first day
        ("Tom", date(2026, 10, 1)),
        ("Lou", date(2026, 11, 24)),  # today: four weeks later is to come
    ):
        exits[name] = enrol(
            make_young(name, "Test"), make_group(version, name), status="dropped", ended_on=day,
            first_attended_on=day - timedelta(days=9), enrolled_on=day - timedelta(days=9),
        )  # fmt: skip

    def listed(step: str) -> list[str]:
        return [one.name for one in flaws(session, TERM, NOW)[f"after_{step}"].shown]

    assert listed("w0") == ["Tom", "Lou"]
    assert listed("w4") == ["Inès", "Tom"]
    assert listed("m6") == []  # a step that this house does not ask
    actions.note_situation(exits["Tom"], "w0", "training", date(2026, 10, 1), nadia, NOW)
    assert (listed("w0"), listed("w4")) == (["Lou"], ["Inès", "Tom"])
    page = BeautifulSoup(log_in(client, nadia).get("/pilotage/avant-de-clore?du=2026-10-01").text, "html.parser")
    links = [str(link["href"]) for link in page.select("main a.btn") if "/apres/" in str(link["href"])]
    assert len(links) == 3
    assert [client.get(link).status_code for link in links] == [200] * 3
