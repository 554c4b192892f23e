"""The story played through the pages, each line by whoever does it, on their own screen, at its hour."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookings import jobs
from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.people.models import Person
from machines.models import Machine, Shift
from pathways import jobs as training
from pathways.models_own_pace import Visit
from tests.make import PIN, log_in, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on
from tests.tuesday.story import MACHINES, TUESDAY, Line, everybody

#: who reads letters; the others have no address
WITH_ADDRESS = {"Farah": "farah", "Hana": "hana", "Ilyes": "ilyes", "Gaël": "gael"}
READY = {"material": "vinyle adhésif", "checks": "lame réglée"}
NEW_PIN = "719352"


def moment(hour: str) -> datetime:
    """«17:05» of that Tuesday; «34:05» is five past ten the next day."""
    hours, minutes = map(int, hour.split(":"))
    return on(TUESDAY + timedelta(days=hours // 24), f"{hours % 24:02d}:{minutes:02d}")


class Evening:
    """The Fablab, its machines, two facilitators and everybody who comes; ``play`` does one line."""

    def __init__(self, app: Flask) -> None:
        self.app, self.fablab = app, make_fablab()
        self.samir, self.sonia = make_staff("Samir"), make_staff("Sonia", "Roux")
        make_shift(self.samir, self.fablab.place, moment("16:30"), moment("19:30"))
        make_shift(self.sonia, self.fablab.place, moment("16:30"), moment("18:30"))
        make_shift(self.sonia, self.fablab.place, moment("18:30"), moment("19:30"))
        self.machines = {code: _machine(self.fablab, code) for code in MACHINES}
        self.people = {name: self._young(name) for name in everybody()}

    def play(self, line: Line) -> None:
        """Do what a line says at its hour; a page that refuses is a failure."""
        with time_machine.travel(moment(line.at), tick=False):
            getattr(self, f"_{line.act}")(line)

    def _young(self, name: str) -> Person:
        address = WITH_ADDRESS.get(name)
        more = {"email": f"{address}@example.org"} if address else {}
        person = make_young(name, "Durand", handle=f"{name.lower()}-7", **more)
        give_badge(person, next(iter(self.machines.values())).badge)
        return person

    # --- screens -----------------------------------------------------------------------------------

    def at(self, person: Person) -> FlaskClient:
        """Somebody's own screen."""
        return log_in(self.app.test_client(), person)

    def read(self, person: Person, address: str) -> BeautifulSoup:
        """A page as somebody sees it."""
        answer = self.at(person).get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return BeautifulSoup(answer.text, "html.parser")

    def send(self, person: Person, address: str, sent: dict[str, Any] | None = None) -> TestResponse:
        """A form of somebody's, with what its page keeps hidden; it must be taken."""
        screen, hidden = self.at(person), {}
        page = screen.get(address)
        if page.status_code == 200:
            for field in BeautifulSoup(page.text, "html.parser").select("main form input[name=key]"):
                hidden["key"] = str(field["value"])
        answer = screen.post(address, data=hidden | (sent or {}))
        assert answer.status_code in (302, 303), f"{address}: {answer.status_code} {_said(answer)}"
        return answer

    def booking(self, line: Line) -> Booking:
        """The booking that a line is about."""
        found = select(Booking).where(
            Booking.holder_id == self.people[line.who].id, Booking.resource_id == self.machines[line.machine].id
        )
        return db.session().scalars(found).one()

    def team_page(self, line: Line) -> str:
        """Where the team finds it."""
        return f"/equipe/reservations/{self.booking(line).public_id}"

    # --- what people do ----------------------------------------------------------------------------

    def _book(self, line: Line) -> None:
        sent = {"start": moment(line.start).isoformat(), "minutes": str(line.minutes)}
        screen = self.at(self.people[line.who])
        page = BeautifulSoup(screen.get(f"/reserver/{line.machine}").text, "html.parser")
        key = page.select_one("form[data-slots] input[name=key]")
        assert key is not None
        answer = screen.post(f"/reserver/{line.machine}", data=sent | {"key": str(key["value"])})
        assert answer.status_code == 303, _said(answer)

    def _ask(self, line: Line) -> None:
        sent = {"day": TUESDAY.isoformat(), "start": line.start, "minutes": str(line.minutes)}
        self.send(self.people[line.who], f"/reserver/{line.machine}/apres-fermeture", sent)

    def _agree(self, line: Line) -> None:
        self.send(self.samir, f"/machines/apres-fermeture/{self.booking(line).public_id}/accepter")

    def _begin(self, line: Line) -> None:
        self.send(self.sonia, f"{self.team_page(line)}/commencer", dict(READY))

    def _walk_in(self, line: Line) -> None:
        who = {"person": self.people[line.who].handle, "minutes": str(line.minutes)}
        self.send(self.sonia, f"/machines/{line.machine}/tout-de-suite", READY | who)

    def _end(self, line: Line) -> None:
        remark = {} if line.word == "fine" else {"remark": "À regarder"}
        self.send(self.samir, f"{self.team_page(line)}/terminer", {"state": line.word, **remark})

    def _correct(self, line: Line) -> None:
        sent = {"state": "fine", "hour": line.start, "reason": "Il avait fini, on ne l’a pas noté"}
        self.send(self.samir, f"{self.team_page(line)}/fin", sent)

    def _look(self, line: Line) -> None:
        address = f"/machines/apres-fermeture/{self.booking(line).public_id}/relever"
        self.send(self.samir, address, {"state": line.word})

    def _cancel(self, line: Line) -> None:
        self.send(self.people[line.who], f"/reservations/{self.booking(line).public_id}/annuler")

    def _team_cancels(self, line: Line) -> None:
        self.send(self.samir, f"{self.team_page(line)}/annuler", {"reason": "team"})

    def _breaks(self, line: Line) -> None:
        sent = {"text": "Elle ne chauffe plus", "cause": "unknown", "severity": "grave"}
        self.send(self.sonia, f"/machines/{line.machine}/signaler?arret=1", sent)

    def _withdraw(self, line: Line) -> None:
        later = select(Shift).where(Shift.person_id == self.sonia.id).order_by(Shift.starts_at.desc())
        shift = db.session().scalars(later).first()
        assert shift is not None
        self.send(self.sonia, f"/equipe/permanences/{shift.public_id}/retirer")

    def _arrive(self, line: Line) -> None:
        answer = self.at(self.samir).post("/presents/arrivee", data={"person": self.people[line.who].public_id})
        assert answer.status_code == 302

    def _leave(self, line: Line) -> None:
        there = select(Visit).where(Visit.person_id == self.people[line.who].id, Visit.left_at.is_(None))
        self.send(self.samir, f"/presents/{db.session().scalars(there).one().id}/parti")

    def _adult(self, line: Line) -> None:
        self.send(self.samir, "/open-lab/adultes", {"band": line.word})

    def _pin(self, line: Line) -> None:
        person = self.people[line.who]
        kept, phone = {"handle": person.handle}, self.app.test_client()
        assert phone.post("/entrer", data=kept | {"secret": "111222"}).status_code == 422
        self.send(self.samir, f"/jeunes/{person.public_id}/code", {"pin": NEW_PIN, "pin_again": NEW_PIN})
        assert phone.post("/entrer", data=kept | {"secret": PIN}).status_code == 422
        assert phone.post("/entrer", data=kept | {"secret": NEW_PIN}).status_code == 302

    def _jobs(self, line: Line) -> None:
        jobs.finish_ended(clock.now())
        training.close_forgotten_visits(clock.now())


def _machine(fablab: Fablab, code: str) -> Machine:
    more: dict[str, Any] = {"simple_name": f"La machine {code}"}
    if code == "FDM-04":
        more |= {"past_closing": "on_agreement", "max_minutes": 480}
    if code == "LAS-01":
        more |= {"risk": "high"}
    return make_machine(fablab, code, **more)


def _said(answer: TestResponse) -> str:
    page = BeautifulSoup(answer.text, "html.parser")
    return " ".join(one.get_text(" ", strip=True) for one in page.select(".error-summary, p.error, [role=alert]"))
