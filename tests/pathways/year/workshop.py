"""The year through the pages: safety badges, what young people ask, and training slots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from bookings.models import Resource
from machines.models_training import TrainingSeat
from pathways.models import Award, SessionHelper, TrainingRequest, ValidationRequest, Visit
from tests.pathways.year.facts import local_day
from tests.pathways.year.playing import Playing


@dataclass
class Workshop(Playing):
    """The house lived through its pages, machines included."""

    def right(self, by: str, number: int, badge: str) -> None:
        """Somebody of the team may validate for a badge from today on."""
        data = {"person": number, "badge": self.badges[badge], "since": local_day(self.clock()).isoformat()}
        self.post(by, "/droits-de-valider", data)

    def shift(self, by: str, number: int, day: date, starts: str, ends: str, until: date) -> None:
        """Somebody is there for the open lab, each week."""
        room = self.one(select(Resource.place_id).where(Resource.code == "LAS-01"))
        days = {"day": day.isoformat(), "starts": starts, "ends": ends, "until": until.isoformat()}
        self.post(by, "/equipe/permanences", {"person": number, "place": room, **days})

    # --- at one's own pace ---

    def enrol_alone(self, by: str, who: str, pathway: str, reason: str | None) -> None:
        """Somebody is enrolled without a group."""
        self.post(by, f"/jeunes/{self.people[who][1]}/parcours/{pathway}/inscrire", {"reason": reason or ""})
        self.year.enrol(who, pathway, None, self.clock(), reason, "enrolled")

    def charter(self, who: str, pathway: str) -> None:
        """The charter is read, and accepted."""
        self.post(who, f"/mon-parcours/{pathway}/charte", {})

    def choose(self, who: str, pathway: str, chosen: dict[str, list[str]]) -> None:
        """«Mes choix»."""
        self.post(who, f"/mon-parcours/{pathway}/choix", chosen)
        self.year.choose(who, pathway, chosen, self.clock())

    def enter_lab(self, by: str, who: str) -> None:
        """Somebody comes to the open lab."""
        self.post(by, "/presents/arrivee", {"person": self.people[who][1]})
        self.year.inside[who] = self.clock()
        self.year.follow([who], self.clock())

    def leave_lab(self, by: str, who: str) -> None:
        """They leave."""
        wanted = select(Visit.id).where(Visit.person_id == self.people[who][0], Visit.left_at.is_(None))
        self.post(by, f"/presents/{self.one(wanted)}/parti", {})
        self.year.stays[who].append((self.year.inside.pop(who), self.clock()))
        self.year.follow([who], self.clock())

    def name_helper(self, by: str, who: str, key: str) -> None:
        """Somebody will help in a session."""
        self.post(by, f"/seances/{self.lessons[key]}/aides", {"who": self.people[who][1]})

    def helper_came(self, by: str, who: str, key: str) -> None:
        """They did."""
        wanted = select(SessionHelper.id).where(SessionHelper.person_id == self.people[who][0])
        number = self.one(wanted.where(SessionHelper.session.has(public_id=self.lessons[key])))
        self.post(by, f"/seances/{self.lessons[key]}/aides/{number}/presence", {"came": "yes"})
        self.year.helped[who].append(self.year.lessons[key])
        self.year.follow([who], self.clock())

    # --- safety badges ---

    def hand_over(self, by: str, badge: str, people: Sequence[str]) -> None:
        """A safety badge for one or several."""
        self.post(by, f"/badges-prets/{badge}", {"people": [self.people[who][1] for who in people]})
        for who in people:
            self.year.give(who, badge, self.clock())

    def not_handed(self, by: str, badge: str, who: str) -> None:
        """The same, refused."""
        self.post(by, f"/badges-prets/{badge}", {"people": [self.people[who][1]]}, (422,))

    def undo(self, by: str, badge: str, who: str) -> None:
        """Handed to the wrong person: never held."""
        self.post(by, "/badges-remis/annuler", {"awards": self.award(who, badge)})
        self.year.undo(who, badge, self.clock())

    def revoke(self, by: str, badge: str, people: Sequence[str]) -> None:
        """Taken back from one, or from several at once."""
        reason = "La machine tournait sans personne devant."
        if len(people) == 1:
            self.post(by, f"/badges/{self.award(people[0], badge)}/retirer", {"reason": reason})
        else:
            data = {"awards": [self.award(who, badge) for who in people], "reason": reason}
            self.post(by, f"/badges/{badge}/retirer-a-plusieurs", data)
        for who in people:
            self.year.revoke(who, badge, self.clock())

    def award(self, who: str, badge: str) -> str:
        """The address of somebody's latest badge."""
        wanted = select(Award.public_id).where(
            Award.person_id == self.people[who][0], Award.badge_id == self.badges[badge]
        )
        found: str = self.rows(wanted.order_by(Award.id))[-1][0]
        return found

    # --- asking ---

    def think(self, who: str, competency: str, level: int) -> None:
        """«Je pense y arriver»."""
        data = {"level": level, "words": "Je l’ai fait trois fois."}
        self.post(who, f"/mon-parcours/{self.competencies[competency]}/je-pense-y-arriver", data)
        self.year.seen[who, competency] = "waiting"

    def answer(self, by: str, who: str, competency: str, outcome: str, level: int) -> None:
        """The team answers: validated at a level, to complete, not yet."""
        wanted = select(ValidationRequest.public_id).where(
            ValidationRequest.person_id == self.people[who][0],
            ValidationRequest.competency_id == self.competencies[competency],
            ValidationRequest.closed_at.is_(None),
        )
        address, now = f"/demandes/validations/{self.one(wanted)}", self.clock()
        if outcome == "validated":
            self.post(by, f"{address}/valider", {"level": level})
            self.year.validate(f"seen:{who}:{competency}", by, None, [(who, competency, level)], now)
        else:
            self.post(by, address, {"outcome": outcome, "code": "almost", "answer": "Encore un essai."})
        self.year.seen[who, competency] = outcome

    def ask(self, who: str, badge: str) -> None:
        """«Je demande à être formé», or to renew."""
        self.post(who, f"/mes-badges/{badge}/demander", {})
        self.year.trainings[who, badge] = "waiting"

    def train(
        self, by: str, badge: str, people: Sequence[str], machine: str, teacher: int, start: datetime, minutes: int
    ) -> str:
        """A training slot answers what these people asked; gives its address."""
        asked = [
            self.one(
                select(TrainingRequest.public_id).where(
                    TrainingRequest.person_id == self.people[who][0],
                    TrainingRequest.badge_id == self.badges[badge],
                    TrainingRequest.closed_at.is_(None),
                )
            )
            for who in people
        ]
        choice = f"{self.machines[machine]}|{teacher}|{start.isoformat()}|{minutes}"
        answer = self.post(
            by, f"/formations/nouvelle?badge={badge}", {"people": asked, "choice": choice, "key": self.key()}
        )
        for who in people:
            self.year.trainings[who, badge] = "planned"
        return str(answer.headers["Location"])

    def results(self, by: str, slot: str, badge: str, results: Mapping[str, str]) -> None:
        """How a training went: who is able has all that the badge asks, and the badge; the others wait again."""
        seats = dict(
            self.rows(
                select(TrainingSeat.person_id, TrainingSeat.id).where(
                    TrainingSeat.slot.has(public_id=slot.rstrip("/").rpartition("/")[2])
                )
            )
        )
        data = {f"result-{seats[self.people[who][0]]}": result for who, result in results.items()}
        self.post(by, f"{slot}/resultats", data)
        now = self.clock()
        able = [who for who, result in results.items() if result == "validated"]
        chains = {who: self.year.chain(who, badge, now) for who in able}
        cells: dict[tuple[str, str], int] = {}
        for who in able:
            for code, level in [need for one in chains[who] for need in self.year.lacks(who, one)]:
                cells[who, code] = max(level, cells.get((who, code), 0))
        self.year.validate(self.key(), by, None, [(who, code, level) for (who, code), level in cells.items()], now)
        for who in results:
            for one in chains.get(who, []):
                self.year.give(who, one, now)
            if who not in able:
                self.year.trainings[who, badge] = "waiting"
