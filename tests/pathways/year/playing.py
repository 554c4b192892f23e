"""The year through the pages: each act is one form sent, and said to the reckoning as it was sent.

What an address needs (numbers, unguessable ids) is looked up in the database; nothing else is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Executable, select

from bookings.models import Resource
from fablab.db import db
from fablab.people.models import Person
from pathways.models import (
    Badge,
    Competency,
    Pathway,
    PathwayVersion,
    Stage,
    TrainingSession,
    Validation,
    ValidationBatch,
)
from tests.make import PASSWORD, PIN
from tests.pathways.year.facts import Lesson, Line, local_day
from tests.pathways.year.reckoning import Reckoning

DONE, COOKIE = (302, 303), "dynamo"


@dataclass
class Actor:
    """Somebody's browser, and what they write to enter, which they do once."""

    client: FlaskClient
    address: str
    words: dict[str, str]
    cookie: str | None = None


@dataclass
class Playing:
    """The house lived through its pages."""

    app: Flask
    clock: Callable[[], datetime]
    year: Reckoning = field(default_factory=Reckoning)
    actors: dict[str, Actor] = field(default_factory=dict)
    people: dict[str, tuple[int, str]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    lessons: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.competencies = dict(self.rows(select(Competency.code, Competency.id)))
        self.machines = dict(self.rows(select(Resource.code, Resource.id).where(Resource.kind == "machine")))
        self.badges = dict(self.rows(select(Badge.code, Badge.id)))
        stages = select(Pathway.code, Stage.code, Stage.id, Stage.position)
        stages = stages.join(PathwayVersion, PathwayVersion.id == Stage.version_id).join(PathwayVersion.pathway)
        self.stages = {(one[0], one[1]): (one[2], one[3]) for one in self.rows(stages)}

    # --- sending ---

    def rows(self, wanted: Executable) -> Sequence[Any]:
        """Look an address up."""
        with self.app.app_context(), db.engine.connect() as connection:
            return connection.execute(wanted).all()

    def one(self, wanted: Executable) -> Any:
        """The same, of one thing."""
        (found,) = self.rows(wanted)
        return found[0]

    def key(self) -> str:
        """A key for one form."""
        return f"{next(self.numbers):032x}"

    def post(self, who: str, address: str, data: Mapping[str, object], answers: Sequence[int] = DONE) -> Any:
        """Send a form; the page that follows is not asked for."""
        answer = self.browser(who).post(address, data=data)
        self.sent += 1
        if answer.status_code not in answers:
            words = _said(answer.get_data(as_text=True))
            raise AssertionError(f"{self.clock()}: {who} sent {address} {dict(data)}: {answer.status_code}, {words}")
        assert "/entrer" not in answer.headers.get("Location", ""), f"{who} is no longer in"
        return answer

    def get(self, who: str, address: str) -> str:
        """A page, as somebody reads it."""
        answer = self.browser(who).get(address)
        assert answer.status_code == 200, f"{who} cannot read {address}"
        return answer.get_data(as_text=True)

    def browser(self, who: str) -> FlaskClient:
        """Somebody's browser; they enter the first time."""
        actor = self.actors[who]
        if actor.cookie is None:
            entered = actor.client.post(actor.address, data=actor.words)
            assert entered.status_code in DONE, f"{who} cannot enter"
            actor.cookie = _cookie(actor.client)
        # The page that would follow shows what the last act said: nothing of it is left.
        actor.client.set_cookie(COOKIE, actor.cookie)
        return actor.client

    def staff(self, name: str, email: str) -> None:
        """Somebody of the team."""
        self.actors[name] = Actor(self.app.test_client(), "/entrer/equipe", {"email": email, "secret": PASSWORD})

    # --- people and groups ---

    def arrive(self, by: str, who: str, first_name: str, birth: date, situation: str) -> None:
        """An account at the desk; ``who`` is the last name, and no other begins so."""
        data = {
            "key": self.key(),
            "not_alike": "yes",
            "first_name": first_name,
            "last_name": who,
            "birth-day": birth.day,
            "birth-month": birth.month,
            "birth-year": birth.year,
            "situation": situation,
            "photos": "later",
            "pin": PIN,
            "pin_again": PIN,
        }
        self.post(by, "/jeunes/nouveau", data, (303,))
        wanted = select(Person.id, Person.public_id, Person.handle).where(Person.last_name == who)
        ((number, public_id, handle),) = self.rows(wanted)
        self.people[who] = (number, public_id)
        self.actors[who] = Actor(self.app.test_client(), "/entrer", {"handle": handle, "secret": PIN})
        self.year.arrive(who, birth, situation)

    def agree(self, by: str, who: str, kind: str) -> None:
        """A parent's agreement, seen on paper."""
        today = local_day(self.clock())
        data = {"kind": kind, "signer_name": f"Parent {who}", "signer_link": "mother", "signed_on": today.isoformat()}
        self.post(by, f"/jeunes/{self.people[who][1]}/autorisations", data)

    def open_group(self, by: str, group: str, pathway: str, starts_on: date) -> None:
        """A group is opened."""
        answer = self.post(
            by, "/groupes/nouveau", {"pathway": pathway, "name": group, "starts_on": starts_on.isoformat()}
        )
        self.groups[group] = answer.headers["Location"].rstrip("/").rpartition("/")[2]
        self.year.groups[group] = pathway

    def enrol(self, by: str, who: str, group: str, *, reason: str | None = None, act: str = "enrol") -> None:
        """Somebody is found and enrolled in a group, or referred to it."""
        data = {"who": who, "person": self.people[who][1], "act": act, "reason": reason or ""}
        self.post(by, f"/groupes/{self.groups[group]}", data)
        status = "referred" if act == "refer" else "enrolled"
        self.year.enrol(who, self.year.groups[group], group, self.clock(), reason, status)

    def not_enrolled(self, by: str, who: str, group: str) -> None:
        """The same, refused."""
        data = {"who": who, "person": self.people[who][1], "act": "enrol", "reason": "team"}
        self.post(by, f"/groupes/{self.groups[group]}", data, (422,))

    def admit(self, by: str, who: str, group: str, *, reason: str | None = None) -> None:
        """Somebody who was referred is enrolled."""
        pathway = self.year.groups[group]
        self.post(by, f"/jeunes/{self.people[who][1]}/parcours/{pathway}/inscription", {"reason": reason or ""})
        self.year.enrol(who, pathway, group, self.clock(), reason, "enrolled")

    def leave(self, by: str, who: str, pathway: str, status: str, towards: str | None = None) -> None:
        """Somebody leaves a pathway."""
        data = {"status": status, "to": towards or ""}
        self.post(by, f"/jeunes/{self.people[who][1]}/parcours/{pathway}/sortie", data)
        self.year.leave(who, pathway, status, self.clock(), towards)

    def come_back(self, by: str, who: str, pathway: str) -> None:
        """It was noted by mistake."""
        self.post(by, f"/jeunes/{self.people[who][1]}/parcours/{pathway}/reprise", {})
        self.year.come_back(who, pathway, self.clock())

    def close(self, by: str, group: str) -> None:
        """A group is over."""
        self.post(by, f"/groupes/{self.groups[group]}/fermer", {})
        self.year.close(group, self.clock())

    # --- sessions ---

    def plan(self, by: str, key: str, stage: str, lesson: Lesson, split: datetime | None, leads: Sequence[int]) -> None:
        """A session: in the Fablab with its machines until ``split``, then in a room; all in a room if None."""
        form_key, pathway = self.key(), self.year.groups[lesson.group]
        data: dict[str, object] = {
            "key": form_key,
            "title": f"Séance {key}",
            "stage": self.stages[pathway, stage][0],
            "day": f"{lesson.start:%Y-%m-%d}",
            "starts": f"{lesson.start:%H:%M}",
            "ends": f"{lesson.end:%H:%M}",
            "place": "fablab" if split else "elsewhere",
            "elsewhere": "" if split else "Salle du Bas",
            "machines": [self.machines[code] for code in lesson.machines],
            "leads": list(leads),
        }
        if split and split < lesson.end:
            data |= {"more-0-starts": f"{split:%H:%M}", "more-0-elsewhere": "Atelier commun"}
        self.post(by, f"/groupes/{self.groups[lesson.group]}/seance", data)
        self.lessons[key] = self.one(select(TrainingSession.public_id).where(TrainingSession.request_key == form_key))
        self.year.lessons[key] = lesson

    def cancel(self, by: str, key: str) -> None:
        """A session does not take place."""
        self.post(by, f"/seances/{self.lessons[key]}/annuler", {"reason": "Le chauffage est en panne."})
        self.year.lessons[key].cancelled = True

    def sorry(self, who: str, key: str) -> None:
        """«Je ne peux pas venir»."""
        self.post(who, f"/seances/{self.lessons[key]}/je-ne-peux-pas-venir", {})

    def after_all(self, who: str, key: str) -> None:
        """«Je viens finalement»."""
        self.post(who, f"/seances/{self.lessons[key]}/je-viens-finalement", {})

    def call(self, by: str, key: str, marks: Mapping[str, tuple[str, int]]) -> None:
        """The roll: everybody expected, as the page shows them."""
        data: dict[str, object] = {}
        for who, (status, minutes) in marks.items():
            data[f"status-{self.people[who][0]}"] = status
            data[f"late-{self.people[who][0]}"] = minutes or ""
        self.post(by, f"/seances/{self.lessons[key]}/appel", data)
        self.year.call(key, marks, self.clock())

    # --- levels ---

    def cells(self, cells: Iterable[tuple[str, str, int]]) -> list[str]:
        """Cells of the grid as its form sends them."""
        return [f"{self.people[who][0]}.{self.competencies[code]}.{level}" for who, code, level in cells]

    def validate(self, by: str, key: str, stage: str, cells: Sequence[tuple[str, str, int]]) -> str:
        """A stage's grid is saved in a session."""
        lesson, form_key = self.year.lessons[key], self.key()
        _id, position = self.stages[self.year.groups[lesson.group], stage]
        data = {
            "level": "target",
            "key": form_key,
            "seen_at": int(self.clock().timestamp()),
            "cell": self.cells(cells),
        }
        self.post(by, f"/seances/{self.lessons[key]}/valider?etape={position}", data)
        self.year.validate(form_key, by, key, cells, self.clock())
        return form_key

    def validate_alone(self, by: str, who: str, cells: Sequence[tuple[str, str, int]]) -> None:
        """Somebody is validated in the open lab, outside any session."""
        form_key = self.key()
        data = {"level": "target", "key": form_key, "cell": self.cells(cells)}
        self.post(by, f"/valider/jeunes/{self.people[who][1]}", data)
        self.year.validate(form_key, by, None, cells, self.clock())

    def batch(self, form_key: str) -> int:
        """The number of what was saved at once."""
        found: int = self.one(select(ValidationBatch.id).where(ValidationBatch.key == form_key))
        return found

    def correct(self, by: str, form_key: str, line: Line, level: int) -> None:
        """One line of a batch was wrong."""
        wanted = select(Validation.id).where(
            Validation.batch_id == self.batch(form_key),
            Validation.person_id == self.people[line.who][0],
            Validation.competency_id == self.competencies[line.competency],
        )
        data = {"level": level, "reason": "Mauvaise case cochée."}
        self.post(by, f"/validations/{self.one(wanted)}/corriger", data)
        self.year.correct(line, level, by, self.clock())

    def take_back(self, by: str, form_key: str, *, same_day: bool) -> None:
        """A whole batch does not count: by who saved it the same day, or by the coordination."""
        number = self.batch(form_key)
        if same_day:
            self.post(by, f"/validations/{number}/defaire", {})
        else:
            self.post(by, f"/validations/lots/{number}/retirer", {"reason": "La grille d’un autre groupe."})
        self.year.take_back(form_key, self.clock())


def _cookie(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE)
    assert found is not None
    return str(found.value)


def _said(page: str) -> str:
    """The words of a page, for whoever reads the failure."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())[:1500]
