"""Every fact of the evening, twice: counted from the story with nothing of the house, and read from the house."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from fablab import clock
from fablab.journal import JournalEntry
from fablab.outbox import Letter
from fablab.people.models import Person
from machines.models_lab import AdultVisit
from machines.models_repair import Ticket
from machines.models_use import MachineUse
from pathways.models_own_pace import Visit
from tests.tuesday.story import CLOSES, Line, in_order

Key = tuple[str, str]
#: the parts of the journal that the evening writes in
PARTS = ("booking.", "visit.", "shift.", "closure.", "machine_ticket.", "adult.", "pin.")


@dataclass
class Facts:
    """What became of the evening."""

    uses: dict[Key, tuple[str, str, int, str]] = field(default_factory=dict)
    statuses: dict[Key, str] = field(default_factory=dict)
    visits: dict[str, tuple[str, str]] = field(default_factory=dict)
    adults: Counter[str] = field(default_factory=Counter)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    letters: Counter[Key] = field(default_factory=Counter)
    journal: Counter[str] = field(default_factory=Counter)


# --- counted from the story ------------------------------------------------------------------------


class Count:
    """The story added up by hand: each kind of line says what it leaves behind."""

    def __init__(self) -> None:
        self.facts, self.began = Facts(), dict[Key, str]()
        self.planned: dict[Key, str] = {}
        self.starts: dict[Key, str] = {}
        self.letter = {"Farah", "Hana", "Ilyes", "Gaël"}

    def line(self, line: Line) -> None:
        """One more line."""
        getattr(self, f"_{line.act}")(line, (line.who, line.machine))

    def _tell(self, who: str, notice: str) -> None:
        if who in self.letter:
            self.facts.letters[who, notice] += 1

    def _book(self, line: Line, key: Key) -> None:
        self.facts.statuses[key] = "confirmed"
        self.planned[key], self.starts[key] = later(line.start, line.minutes), line.start
        self.facts.journal["booking.confirmed"] += 1
        self._tell(line.who, "booking-made")

    def _ask(self, line: Line, key: Key) -> None:
        self._book(line, key)
        self.facts.statuses[key] = "requested"
        self.facts.journal.subtract(["booking.confirmed"])
        self.facts.journal["booking.requested"] += 1

    def _agree(self, line: Line, key: Key) -> None:
        self.facts.statuses[key] = "confirmed"
        self.facts.journal["booking.approved"] += 1
        self._tell(line.who, "past-closing-agreed")

    def _begin(self, line: Line, key: Key) -> None:
        self.facts.statuses[key], self.began[key] = "checked_in", line.at
        self.facts.journal["booking.checked_in"] += 1

    def _walk_in(self, line: Line, key: Key) -> None:
        self.facts.journal["booking.confirmed"] += 1
        self.planned[key] = later(line.at, line.minutes)
        self._begin(line, key)
        # Whoever was expected on it, and did not come within a quarter of an hour, is absent.
        for (who, machine), status in self.facts.statuses.items():
            waited = minutes_of(line.at) - minutes_of(self.starts.get((who, machine), line.at))
            if machine == line.machine and status == "confirmed" and waited >= 15:
                self.facts.statuses[who, machine] = "no_show"
                self.facts.journal["booking.no_show"] += 1

    def _end(self, line: Line, key: Key) -> None:
        self._over(key, line.at, line.word)
        self.facts.statuses[key] = "done"
        self.facts.journal["booking.done"] += 1
        if line.word == "fault":
            self.facts.problems[line.machine, "to_check"] += 1
            self.facts.journal["machine_ticket.report"] += 1

    def _over(self, key: Key, at: str, state: str) -> None:
        began = self.began[key]
        self.facts.uses[key] = (began, at, minutes_of(at) - minutes_of(began), state)

    def _correct(self, line: Line, key: Key) -> None:
        self._over(key, line.start, "fine")
        self.facts.journal["booking.end_corrected"] += 1

    def _look(self, line: Line, key: Key) -> None:
        self._over(key, self.planned[key], line.word)
        self.facts.journal["booking.looked_at"] += 1

    def _cancel(self, line: Line, key: Key) -> None:
        self.facts.statuses[key] = "cancelled"
        self.facts.journal["booking.cancelled"] += 1
        self._tell(line.who, "booking-cancelled")

    def _team_cancels(self, line: Line, key: Key) -> None:
        self._cancel(line, key)

    def _breaks(self, line: Line, key: Key) -> None:
        self.facts.problems[line.machine, "grave"] += 1
        self.facts.journal.update(["machine_ticket.report", "closure.made", "booking.suspended"])
        self._tell(line.who, "booking-suspended")

    def _withdraw(self, line: Line, key: Key) -> None:
        # One adult is left in the room after half past six: the laser asks for two.
        self.facts.journal.update(["shift.withdrawn", "booking.marked"])
        self._tell("Farah", "booking-warned")

    def _arrive(self, line: Line, key: Key) -> None:
        self.facts.visits[line.who] = (line.at, CLOSES)
        self.facts.journal["visit.arrive"] += 1

    def _leave(self, line: Line, key: Key) -> None:
        self.facts.visits[line.who] = (self.facts.visits[line.who][0], line.at)
        self.facts.journal["visit.leave"] += 1

    def _adult(self, line: Line, key: Key) -> None:
        self.facts.adults[line.word] += 1
        self.facts.journal["adult.count"] += 1

    def _pin(self, line: Line, key: Key) -> None:
        self.facts.journal["pin.renew"] += 1

    def _jobs(self, line: Line, key: Key) -> None:
        for one, status in self.facts.statuses.items():
            if status == "checked_in" and self.planned[one] <= line.at:
                self.facts.statuses[one] = "done"
                self.facts.journal["booking.done"] += 1
        if line.at >= "24:00":
            said = sum(1 for one in in_order() if one.act == "leave")
            self.facts.journal["visit.close"] += len(self.facts.visits) - said


def counted() -> Facts:
    """The facts that the story leaves."""
    count = Count()
    for line in in_order():
        count.line(line)
    return count.facts


def minutes_of(hour: str) -> int:
    """Minutes since midnight of that Tuesday."""
    hours, minutes = map(int, hour.split(":"))
    return hours * 60 + minutes


def later(hour: str, minutes: int) -> str:
    """The hour so many minutes later."""
    total = minutes_of(hour) + minutes
    return f"{total // 60:02d}:{total % 60:02d}"


# --- read from the house ---------------------------------------------------------------------------


def found(session: Session) -> Facts:
    """The facts as the house holds them."""
    facts = Facts()
    names = {id_: name for id_, name in session.execute(select(Person.id, Person.first_name))}
    for booking in session.scalars(select(Booking).options(joinedload(Booking.resource))):
        facts.statuses[names[booking.holder_id or 0], booking.resource.code] = booking.status
    for use in session.scalars(select(MachineUse).where(MachineUse.ended_at.is_not(None))):
        key = names[use.booking.holder_id or 0], use.booking.resource.code
        began, ended = use.started_at, use.ended_at or use.started_at
        facts.uses[key] = (_hour(began), _hour(ended), (ended - began) // timedelta(minutes=1), use.state or "")
    for visit in session.scalars(select(Visit).where(Visit.left_at.is_not(None))):
        facts.visits[names[visit.person_id]] = (_hour(visit.arrived_at), _hour(visit.left_at))
    facts.adults.update(session.scalars(select(AdultVisit.age_band).where(AdultVisit.taken_back_at.is_(None))))
    for ticket in session.scalars(select(Ticket)):
        facts.problems[ticket.machine.code, ticket.severity] += 1
    for letter in session.scalars(select(Letter)):
        facts.letters[names[letter.person_id or 0], letter.notice or ""] += 1
    verbs = session.scalars(select(JournalEntry.verb)).all()
    facts.journal.update(verb for verb in verbs if verb.startswith(PARTS))
    return facts


def _hour(moment: object) -> str:
    return clock.to_local(moment).strftime("%H:%M")  # type: ignore[arg-type]  # a moment of the house
