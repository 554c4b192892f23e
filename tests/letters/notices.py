"""Every notice with the facts its words are made of, one set for each thing that it can say."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from fablab.calendars import Entry
from fablab.db import db, transaction
from fablab.i18n import speaking
from fablab.outbox import Letter, Message, tell, write_letter
from fablab.people.models import Person
from tests.conftest import NOW

#: those that are letters only: whoever reads them has no page yet, or cannot enter
LETTERS_ONLY = {"password-reset", "staff-welcome"}
WHEN = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)


def booking(**more: Any) -> SimpleNamespace:
    """A booking as templates see one; its holder is the reader."""
    values = {
        "called": "Zorg 9",
        "starts_at": WHEN,
        "ends_at": WHEN + timedelta(hours=1),
        "reason": "Zephyr",
        "reasons": None,
        "holder_id": 1,
        "status": "confirmed",
        "there_until": WHEN + timedelta(minutes=30),
        "agreed_by": SimpleNamespace(short_name="Zorg 7"),
    }
    return SimpleNamespace(**{**values, **more})


LESSON = SimpleNamespace(
    starts_at=WHEN, title="Zorg 2", group=SimpleNamespace(name="Zorg 1"), ends_at=WHEN + timedelta(hours=2)
)
WHY = [{"code": "session_changed"}]

#: notice -> the facts that its words are made of, one set for each thing that it can say
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "booking-made": [{"booking": booking()}, {"booking": booking(status="requested")}],
    "booking-approved": [{"booking": booking()}],
    "booking-refused": [{"booking": booking()}, {"booking": booking(reason=None)}],
    "booking-moved": [{"booking": booking()}],
    "booking-cancelled": [{"booking": booking()}, {"booking": booking(reason=None, reasons=WHY)}],
    "booking-suspended": [{"booking": booking(), "closure": SimpleNamespace(reason="Zephyr")}],
    "booking-back": [{"booking": booking()}],
    "booking-warned": [{"booking": booking(), "reasons": WHY}],
    "bookings-warned": [
        {"booking": booking(), "reasons": WHY, "bookings": [(booking(), WHY)] * number} for number in (2, 6, 9)
    ],
    "bookings-well": [{"bookings": [booking()] * number} for number in (1, 2, 4)],
    "room-made": [{"booking": booking()}, {"booking": booking(status="requested")}],
    "room-dates": [
        {"booking": one, "bookings": [one] * number}
        for one in (booking(), booking(status="requested"))
        for number in (1, 2, 12)
    ],
    "room-approved": [{"booking": booking()}],
    "room-refused": [{"booking": booking()}, {"booking": booking(reason=None, reasons=WHY)}],
    "room-moved": [{"booking": booking()}],
    "room-cancelled": [{"booking": booking()}, {"booking": booking(reason=None, reasons=WHY)}],
    "room-set-aside": [
        {"bookings": [booking()] * number, "back": back} for number in (1, 2, 12) for back in (False, True)
    ],
    "paper-ends": [{"who": "Zorg 1", "paper": "Zorg 2", "day": WHEN.date()}],
    "paper-answered": [
        {"who": "Zorg 1", "paper": "Zorg 2", "accepted": True, "until": WHEN.date(), "why": ""},
        {"who": "Zorg 1", "paper": "Zorg 2", "accepted": True, "until": None, "why": ""},
        {"who": "Zorg 1", "paper": "Zorg 2", "accepted": False, "until": None, "why": "Zorg 5."},
    ],
    "past-closing-agreed": [{"booking": booking()}],
    "past-closing-refused": [{"booking": booking()}, {"booking": booking(reason=None, reasons=WHY)}],
    "past-closing-unsure": [{"booking": booking()}],
    "machine-back": [{"machine": "Zorg 9"}],
    "supply-low": [{"material": "Zorg 8", "left": 12, "unit": "cm"}],
    "slot-offered": [{"machine": "Zorg 9", "when": WHEN, "kept_until": WHEN}],
    "slot-free": [{"machine": "Zorg 9", "when": WHEN, "free_until": WHEN}],
    "version-moved": [{"pathway": "Zorg 3", "back": False}, {"pathway": "Zorg 3", "back": True}],
    "enrolled": [{"pathway": "Zorg 3", "coming": []}, {"pathway": "Zorg 3", "coming": [LESSON, LESSON]}],
    "session-moved": [{"title": "Zorg 2", "when": WHEN, "before": NOW}],
    "session-restored": [{"title": "Zorg 2", "when": WHEN}],
    "session-cancelled": [{"title": "Zorg 2", "when": WHEN, "reason": "Zephyr"}],
    "session-leads": [
        {"title": "Zorg 2", "group": SimpleNamespace(name="Zorg 1"), "when": WHEN, "leads": leads}
        for leads in (True, False)
    ],
    "session-incident": [
        {"title": "Zorg 2", "group": SimpleNamespace(name="Zorg 1"), "when": WHEN, "accident": accident}
        for accident in (True, False)
    ],
    "own-pace-ends": [{"pathway": "Zorg 3", "day": WHEN.date()}],
    "helper-named": [{"title": "Zorg 2", "when": WHEN}],
    "helper-ended": [{"title": "Zorg 2", "when": WHEN}],
    "lead-away": [
        {"absent": SimpleNamespace(full_name="Nadia Benali", short_name="Nadia B."), "lessons": [LESSON] * number}
        for number in (1, 3)
    ],
    "group-small": [
        {"group": SimpleNamespace(name="Zorg 1", starts_on=WHEN.date()), "members": number, "least": 5}
        for number in (0, 1, 3)
    ],
    "badge-earned": [{"badge": "Zorg 4", "kind": kind} for kind in ("pathway", "stage")],
    "badge-handed-over": [
        {"badge": "Zorg 4", "until": until, "renewed": renewed}
        for until in (None, WHEN.date())
        for renewed in (False, True)
    ],
    "badge-ended": [
        {"badge": "Zorg 4", "reason": "Zephyr"},
        {"badge": "Zorg 4", "reason": "", "reasons": [{"code": "corrected"}]},
    ],
    "badge-ends": [{"badge": "Zorg 4", "day": WHEN.date(), "lapses": lapses} for lapses in (False, True)],
    "validation-answered": [
        {"outcome": outcome, "i_can": "Zorg 6.", "by": "Samir", "code": code, "answer": answer}
        for outcome, code, answer in (
            ("validated", None, None),
            ("to_complete", None, "Zephyr"),
            ("not_yet", "almost", None),
            ("not_yet", "almost", "Zephyr"),
        )
    ],
    "training-answered": [
        {"badge": "Zorg 4", "by": "Samir", "answer": "Zephyr", "when": when} for when in (None, WHEN)
    ],
    "training-planned": [{"badge": "Zorg 4", "when": WHEN, "by": "Samir", "machine": "Zorg 7"}],
    "training-cancelled": [{"badge": "Zorg 4", "when": WHEN, "reason": "Zephyr"}],
    "training-left": [{"badge": "Zorg 4", "when": WHEN, "who": "Lou B.", "alone": alone} for alone in (False, True)],
    "training-again": [{"badge": "Zorg 4", "by": "Samir"}],
    "sheet-hidden": [{"title": "Zorg 5", "reason": "Zephyr"}],
    "address-refused": [{}],
    "data-answered": [{"said": "Zephyr"}],
    "password-reset": [{"link": "http://127.0.0.1:8000/lien#abc"}],
    "referent-follows": [{}],
    "second-step-ended": [{}],
    "staff-welcome": [{"link": "http://127.0.0.1:8000/lien#abc"}],
}
CASES = [(notice, number) for notice, sets in EXAMPLES.items() for number in range(len(sets))]


def tell_example(notice: str, number: int, person: Person) -> tuple[Letter, Message | None]:
    """A notice told with its example facts: the letter and the message written."""
    facts = dict(EXAMPLES[notice][number])
    for one in [facts.get("booking"), *facts.get("bookings", [])]:
        told_of = one[0] if isinstance(one, tuple) else one
        if told_of is not None:
            told_of.holder_id = person.id
    key = f"{notice}:{number}"
    with transaction() as session:
        if notice in LETTERS_ONLY:
            with speaking(person.language):
                write_letter(session, str(person.email), notice, key=key, now=NOW, person=person, **facts)
        else:
            entry = Entry("thing-1", "Zorg 9", WHEN, WHEN + timedelta(hours=1), link="/reserver")
            tell(session, person, notice, key=key, now=NOW, link="/reserver", entries=[entry], **facts)
    session = db.session()
    letter = session.scalar(select(Letter).filter_by(key=key))
    return letter or Letter(), session.scalar(select(Message).filter_by(key=key))
