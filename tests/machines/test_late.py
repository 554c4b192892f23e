"""Fifteen minutes without anybody: the time is free for others, and the absence is deduced; three of them suspend."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, actions_back
from bookings.models import Booking, Claim
from bookings.rules_late import is_missed, was_missed
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions_now, actions_use, queries_absences, rules_absences
from machines.models import Machine
from machines.values import MachineRules
from machines.values_use import Left, Start
from tests.conftest import NOW
from tests.machines.pages import THURSDAY, WEDNESDAY, read, text
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, on

READY = Start("vinyle adhésif", (), ("lame réglée",))
TWO = on(WEDNESDAY, "14:00")
WAIT = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("kind", "status", "made", "after", "wait", "missed"),
    [
        ("own", "confirmed", NOW, 14, WAIT, False),
        ("own", "confirmed", NOW, 15, WAIT, True),
        ("own", "checked_in", NOW, 15, WAIT, False),
        ("session", "confirmed", NOW, 15, WAIT, False),
        ("own", "confirmed", NOW, 15, None, False),
        # Made at the desk on the step under way.
        ("own", "confirmed", TWO + timedelta(minutes=10), 20, WAIT, False),
        ("own", "confirmed", TWO + timedelta(minutes=10), 25, WAIT, True),
    ],
)
def test_a_booking_keeps_its_time_fifteen_minutes(
    kind: str, status: str, made: datetime, after: int, wait: timedelta | None, missed: bool
) -> None:
    assert is_missed(kind, status, TWO, made, wait, TWO + timedelta(minutes=after)) == missed


@pytest.mark.parametrize(
    ("status", "suspended", "ends", "counts"),
    [
        ("no_show", False, TWO + WAIT, True),
        ("confirmed", False, TWO, True),
        ("confirmed", True, TWO, False),
        ("confirmed", False, TWO + WAIT, False),
        ("done", False, TWO, False),
        ("cancelled", False, TWO, False),
    ],
)
def test_an_absence_is_noted_or_deduced_once_the_time_is_over(
    status: str, suspended: bool, ends: datetime, counts: bool
) -> None:
    assert was_missed(status, ends, TWO, suspended=suspended) == counts


def days_ago(*days: int) -> list[datetime]:
    return [NOW - timedelta(days=one) for one in days]


@pytest.mark.parametrize(
    ("absences", "back"),
    [
        ([], None),
        (days_ago(1, 2), None),
        (days_ago(0, 2, 3), date(2026, 12, 8)),
        (days_ago(13, 20, 30), date(2026, 11, 25)),
        (days_ago(14, 20, 30), None),
        (days_ago(1, 61, 50), date(2026, 12, 7)),
        (days_ago(1, 62, 50), None),
        (days_ago(0, 1, 2, 100, 101), date(2026, 12, 8)),
    ],
)
def test_three_absences_in_sixty_days_suspend_for_fourteen(absences: list[datetime], back: date | None) -> None:
    assert rules_absences.back_on(absences, MachineRules(), NOW) == back


def test_a_house_that_suspends_for_no_day_suspends_nobody() -> None:
    assert rules_absences.back_on(days_ago(0, 1, 2), MachineRules(suspension_days=0), NOW) is None


@pytest.fixture
def noe(vinyl: Machine) -> Person:
    person = make_young("Noé", "Favre")
    give_badge(person, vinyl.badge)
    return person


@pytest.fixture
def late(vinyl: Machine, ines: Person) -> Booking:
    """Inès booked 14:00 to 16:00."""
    return make_booking(vinyl, slot("14:00", "16:00", WEDNESDAY), ines)


def wish(machine: Machine, person: Person, at: datetime) -> Ask:
    return Ask(machine.id, Slot(at, at + timedelta(minutes=60)), holder_id=person.id, key=f"{at}", at_once=True)


def take(machine: Machine, person: Person, minutes: int) -> Booking:
    at = TWO + timedelta(minutes=minutes)
    return actions_now.use_now(wish(machine, person, at), READY, make_staff(), at)


def holding(session: Session, booking: Booking) -> list[bool]:
    return list(session.scalars(select(Claim.holds).where(Claim.booking_id == booking.id)))


def test_at_fourteen_minutes_the_machine_is_still_taken(vinyl: Machine, late: Booking, noe: Person) -> None:
    with pytest.raises(Refused) as refused:
        take(vinyl, noe, 14)
    assert "taken" in refused.value.codes
    assert late.status == "confirmed"


def test_at_fifteen_somebody_else_takes_it_and_the_absence_is_written_then(
    session: Session, vinyl: Machine, late: Booking, noe: Person
) -> None:
    taken = take(vinyl, noe, 15)
    assert (taken.status, late.status, holding(session, late)) == ("checked_in", "no_show", [False])
    written = session.scalars(select(JournalEntry.verb).where(JournalEntry.thing_id == late.id)).all()
    assert written[-1] == "booking.no_show"


def test_who_comes_late_begins_as_long_as_nobody_took_the_machine(vinyl: Machine, late: Booking, noe: Person) -> None:
    actions_use.check_in(late, READY, make_staff(), TWO + timedelta(minutes=30))
    assert late.status == "checked_in"
    with pytest.raises(Refused) as refused:
        take(vinyl, noe, 31)
    assert "taken" in refused.value.codes


def test_who_comes_after_somebody_took_it_is_told_so(vinyl: Machine, late: Booking, noe: Person) -> None:
    take(vinyl, noe, 20)
    with pytest.raises(Refused) as refused:
        actions_use.check_in(late, READY, make_staff(), TWO + timedelta(minutes=30))
    assert refused.value.codes == ["status"]


def test_who_is_not_there_is_not_in_two_places_and_takes_no_place(vinyl: Machine, late: Booking, ines: Person) -> None:
    booking = take(vinyl, ines, 20)
    assert (booking.status, late.status) == ("checked_in", "no_show")


def test_a_use_goes_on_over_a_booking_that_nobody_came_for(
    session: Session, vinyl: Machine, ines: Person, noe: Person
) -> None:
    begun = make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), noe)
    actions_use.check_in(begun, READY, make_staff(), TWO)
    after = make_booking(vinyl, Slot(on(WEDNESDAY, "15:05"), on(WEDNESDAY, "15:35")), ines)
    actions_use.check_out(begun, Left(), make_staff(), TWO + timedelta(minutes=50))
    again = take(vinyl, noe, 66 + 20)
    assert (after.status, again.status) == ("no_show", "checked_in")


# --- absences ----------------------------------------------------------------------------------------


def missed(machine: Machine, person: Person, *days: int, status: str = "no_show") -> list[Booking]:
    """Bookings missed so many days ago, as the tables keep them."""
    found = []
    with transaction() as session:
        for ago in days:
            start = NOW - timedelta(days=ago)
            booking = Booking(
                kind="own", resource_id=machine.id, place_id=machine.place_id, holder_id=person.id, starts_at=start,
                ends_at=start + timedelta(minutes=30), status=status, created_at=start - timedelta(days=1),
            )  # fmt: skip
            session.add(booking)
            found.append(booking)
    return found


@pytest.mark.parametrize("status", ["no_show", "confirmed"])
def test_three_absences_refuse_a_booking_and_say_until_when(vinyl: Machine, ines: Person, status: str) -> None:
    missed(vinyl, ines, 2, 5, 9, status=status)
    with pytest.raises(Refused) as refused:
        make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines)
    [one] = refused.value.refusals
    assert one.code == "suspended_for_absences"
    assert "dimanche 6 décembre" in one.sentence
    assert one.soft


def test_what_was_booked_before_stays_and_may_be_moved_and_begun(vinyl: Machine, ines: Person) -> None:
    booking = make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines)
    missed(vinyl, ines, 2, 5, 9)
    actions.move(booking, slot("17:00", "18:00", THURSDAY), ines, NOW)
    actions_use.check_in(booking, READY, make_staff(), on(THURSDAY, "17:00"))
    assert booking.status == "checked_in"


def test_an_absence_excused_counts_no_more_and_counts_again(vinyl: Machine, ines: Person) -> None:
    first, *_others = missed(vinyl, ines, 2, 5, 9)
    actions_back.excuse(first, "Bus en panne, elle a appelé.", make_staff(), NOW)
    assert make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines).status == "confirmed"
    actions_back.count_again(first, make_staff(), NOW)
    with pytest.raises(Refused) as refused:
        make_booking(vinyl, slot("17:00", "18:00", THURSDAY), ines)
    assert "suspended_for_absences" in refused.value.codes


def test_a_deduced_absence_is_written_as_it_is_excused(vinyl: Machine, ines: Person) -> None:
    [booking] = missed(vinyl, ines, 2, status="confirmed")
    actions_back.excuse(booking, "Bus en panne, elle a appelé.", make_staff(), NOW)
    assert (booking.status, booking.excused) == ("no_show", "Bus en panne, elle a appelé.")


def test_what_was_not_missed_is_not_excused(vinyl: Machine, ines: Person) -> None:
    booking = make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines)
    with pytest.raises(Refused) as refused:
        actions_back.excuse(booking, "Bus en panne, elle a appelé.", make_staff(), NOW)
    assert refused.value.codes == ["status"]


def test_nothing_is_excused_without_a_reason(vinyl: Machine, ines: Person) -> None:
    [booking] = missed(vinyl, ines, 2, status="confirmed")
    with pytest.raises(Refused) as refused:
        actions_back.excuse(booking, "  ", make_staff(), NOW)
    assert refused.value.codes == ["reason_missing"]
    assert (booking.status, booking.excused) == ("confirmed", None)


def test_the_team_reads_who_is_suspended_until_when_and_what_they_booked(
    session: Session, vinyl: Machine, ines: Person, noe: Person
) -> None:
    coming = make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines)
    missed(vinyl, ines, 2, 5, 9)
    missed(vinyl, noe, 3)
    first, second = queries_absences.absent(session, NOW)
    assert (first.person.id, first.back_on, [one.id for one in first.coming]) == (
        ines.id,
        date(2026, 12, 6),
        [coming.id],
    )
    assert (second.person.id, second.back_on, len(second.missed)) == (noe.id, None, 1)


# --- pages -------------------------------------------------------------------------------------------

At = Callable[[str], time_machine.travel]


def test_the_person_is_told_until_when_why_and_whom_to_talk_to(
    client: FlaskClient, vinyl: Machine, ines: Person
) -> None:
    missed(vinyl, ines, 2, 5, 9)
    log_in(client, ines)
    page = text(read(client, "/reserver"))
    assert "J’ai manqué 3 réservations. Je réserve de nouveau dimanche 6 décembre." in page
    assert "je le dis à un animateur" in page


def test_the_team_excuses_an_absence_with_a_reason_and_takes_it_back(
    client: FlaskClient, vinyl: Machine, ines: Person
) -> None:
    booking, *_others = missed(vinyl, ines, 2, 5, 9)
    log_in(client, make_staff())
    assert "/equipe/absences" in client.get("/").text
    page = read(client, "/equipe/absences")
    assert "jusqu’au dimanche 6 décembre" in text(page)
    excuse = f"/equipe/reservations/{booking.public_id}/excuser"
    assert page.select(f'a[href="{excuse}"]')
    assert client.post(excuse, data={"reason": "non"}).status_code == 422
    assert client.post(excuse, data={"reason": "Bus en panne, elle a appelé."}).status_code == 303
    assert "jusqu’au dimanche" not in text(read(client, "/equipe/absences"))
    assert client.post(f"/equipe/reservations/{booking.public_id}/compter").status_code == 303
    assert "jusqu’au dimanche 6 décembre" in text(read(client, "/equipe/absences"))


def test_the_page_of_the_day_says_who_is_late_and_that_the_machine_is_free(client: FlaskClient, late: Booking) -> None:
    with time_machine.travel(TWO + timedelta(minutes=20), tick=False):
        log_in(client, make_staff())
        page = text(read(client, "/"))
    assert "En retard" in page
    assert "En marche" not in page


def test_a_late_cancellation_is_noted_as_late_and_is_no_absence(
    client: FlaskClient, session: Session, late: Booking, ines: Person
) -> None:
    actions.cancel(late, "", ines, TWO - timedelta(hours=3))
    log_in(client, make_staff())
    assert "moins de 24 h avant" in text(read(client, f"/equipe/reservations/{late.public_id}"))
    assert queries_absences.absent(session, TWO + timedelta(days=1)) == []
