"""Shifts written and withdrawn, and what they leave uncovered: marked and told, never cancelled silently."""

from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings import upkeep_again
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions, coverage, rules_shifts
from machines.models import Machine, Shift, ShiftPattern
from machines.rules_shifts import Wish
from tests.conftest import NOW
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_bookings import make_holiday
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on

WEDNESDAY = date(2026, 11, 25)
AFTERNOON = Slot(on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def samir(session: Session) -> Person:
    return make_staff()


@pytest.fixture
def shift(fablab: Fablab, samir: Person) -> Shift:
    return make_shift(samir, fablab.place, AFTERNOON.start, AFTERNOON.end)


@pytest.fixture
def machine(fablab: Fablab) -> Machine:
    return make_machine(fablab)


@pytest.fixture
def booking(machine: Machine, shift: Shift) -> Booking:
    ines = make_young()
    give_badge(ines, machine.badge)
    ask = Ask(machine.id, Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00")), holder_id=ines.id)
    return engine.book(ask, ines, NOW)


def wish(person: Person, fablab: Fablab, slot: Slot = AFTERNOON, until: date | None = None) -> Wish:
    return Wish(person.id, fablab.place.id, slot, until)


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return refused.value.codes


def test_one_shift_is_written_for_one_day(fablab: Fablab, samir: Person) -> None:
    [made] = actions.add_shift(wish(samir, fablab), samir, NOW)
    assert (made.starts_at, made.ends_at, made.pattern) == (AFTERNOON.start, AFTERNOON.end, None)


def test_a_weekly_shift_keeps_its_wall_time_over_the_change_of_clock_and_leaves_holidays_out(
    fablab: Fablab, samir: Person
) -> None:
    make_holiday("school", date(2027, 2, 13), date(2027, 2, 28))
    make_holiday("public", date(2027, 3, 31), date(2027, 3, 31))
    made = actions.add_shift(wish(samir, fablab, until=date(2027, 4, 7)), samir, NOW)
    days = [one.starts_at.date() for one in made]
    assert len(days) == 20 - 2 - 1
    assert date(2027, 2, 17) not in days
    assert date(2027, 3, 31) not in days
    assert made[-1].starts_at == on(date(2027, 4, 7), "13:30")
    assert made[0].starts_at.hour != made[-1].starts_at.hour


def test_a_weekly_shift_leaves_out_the_night_whose_hour_the_clock_skips(fablab: Fablab, samir: Person) -> None:
    sunday = Slot(on(date(2027, 3, 21), "02:30"), on(date(2027, 3, 21), "05:00"))
    made = actions.add_shift(Wish(samir.id, fablab.place.id, sunday, date(2027, 4, 4)), samir, NOW)
    assert [clock.local_day(one.starts_at) for one in made] == [date(2027, 3, 21), date(2027, 4, 4)]


def test_the_weekly_pattern_is_kept(session: Session, fablab: Fablab, samir: Person) -> None:
    actions.add_shift(wish(samir, fablab, until=date(2026, 12, 16)), samir, NOW)
    pattern = session.scalars(select(ShiftPattern)).one()
    assert (pattern.weekday, pattern.in_holidays, len(pattern.shifts)) == (2, False, 4)


def test_shift_twice_refuses_the_same_person_at_the_same_moment(fablab: Fablab, samir: Person, shift: Shift) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_shift(wish(samir, fablab), samir, NOW)
    assert codes_of(refused) == ["shift_twice"]


def test_shift_twice_accepts_somebody_else_at_the_same_moment(fablab: Fablab, samir: Person, shift: Shift) -> None:
    assert len(actions.add_shift(wish(make_staff("Chloé"), fablab), samir, NOW)) == 1


@pytest.mark.parametrize(
    ("slot", "until", "code"),
    [
        (Slot(NOW - timedelta(hours=3), NOW), None, "shift_past"),
        (Slot(AFTERNOON.start, AFTERNOON.start + timedelta(hours=15)), None, "shift_long"),
        (AFTERNOON, date(2026, 11, 20), "shift_backwards"),
        (AFTERNOON, date(2028, 11, 20), "shift_far"),
    ],
)
@pytest.mark.usefixtures("words")
def test_shift_past_long_backwards_and_far_are_refused(slot: Slot, until: date | None, code: str) -> None:
    assert [one.code for one in rules_shifts.refusals(Wish(1, 1, slot, until), [], NOW)] == [code]


@pytest.mark.parametrize("until", [None, date(2026, 11, 25), date(2027, 7, 1)])
def test_shift_past_long_backwards_and_far_accept_an_ordinary_shift(until: date | None) -> None:
    assert rules_shifts.refusals(Wish(1, 1, AFTERNOON, until), [], NOW) == []


def test_what_a_shift_holds_up_is_known_before_it_is_withdrawn(
    session: Session, booking: Booking, shift: Shift
) -> None:
    assert coverage.would_uncover(session, [shift], NOW) == [booking]
    assert booking.attention is None


def test_nothing_is_uncovered_while_somebody_else_is_there(
    session: Session, booking: Booking, shift: Shift, fablab: Fablab, samir: Person
) -> None:
    make_shift(make_staff("Chloé"), fablab.place, AFTERNOON.start, AFTERNOON.end)
    assert coverage.would_uncover(session, [shift], NOW) == []
    assert actions.withdraw_shift(shift, samir, NOW).bookings == ()


def test_a_shift_withdrawn_marks_its_bookings_and_tells_their_people(
    session: Session, booking: Booking, shift: Shift, samir: Person
) -> None:
    left = actions.withdraw_shift(shift, samir, NOW)
    assert left.bookings == (booking,)
    assert (booking.status, booking.attention) == ("confirmed", "supervision_missing")
    assert [message.person_id for message in session.scalars(select(Message))] == [booking.holder_id]


def test_a_new_shift_takes_the_mark_away(booking: Booking, shift: Shift, samir: Person, fablab: Fablab) -> None:
    actions.withdraw_shift(shift, samir, NOW)
    actions.add_shift(wish(make_staff("Chloé"), fablab), samir, NOW)
    assert booking.attention is None


def child_booked(machine: Machine, name: str, now: datetime = NOW) -> Booking:
    """A child of eleven, who works with a facilitator beside, from 14 to 15."""
    child = make_minor(name, birth_date=date(2015, 1, 1))
    give_badge(child, machine.badge)
    make_authorisation(child)
    slot = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))
    return engine.book(Ask(machine.id, slot, holder_id=child.id), child, now)


@pytest.fixture
def two_children(fablab: Fablab, shift: Shift) -> list[Booking]:
    """Two children, each with a facilitator of their own; the one who booked second has the smaller number."""
    make_shift(make_staff("Chloé"), fablab.place, AFTERNOON.start, AFTERNOON.end)
    machines = [make_machine(fablab, f"SER-0{number}", ages=(8, 13, 18)) for number in (1, 2)]
    later = child_booked(machines[0], "Adam", NOW + timedelta(minutes=5))
    return [child_booked(machines[1], "Nour"), later]


def test_of_two_beside_one_lost_facilitator_only_who_booked_last_is_marked(
    session: Session, two_children: list[Booking], shift: Shift, samir: Person
) -> None:
    first, later = two_children
    assert coverage.would_uncover(session, [shift], NOW) == [later]
    assert actions.withdraw_shift(shift, samir, NOW).bookings == (later,)
    assert (first.attention, first.supervision) == (None, "beside")
    assert (later.attention, later.supervision, later.suspended) == ("supervision_missing", None, False)
    assert [claim.holds for one in two_children for claim in one.claims] == [True, True]
    assert [message.person_id for message in session.scalars(select(Message))] == [later.holder_id]


def test_who_is_served_stays_so_when_asked_again_alone(
    two_children: list[Booking], shift: Shift, samir: Person
) -> None:
    first, later = two_children
    actions.withdraw_shift(shift, samir, NOW)
    with transaction() as writing:
        upkeep_again.ask_again(writing, [first], NOW)
    assert (first.attention, later.attention) == (None, "supervision_missing")


def test_who_was_marked_is_served_when_the_other_makes_room(
    two_children: list[Booking], shift: Shift, samir: Person
) -> None:
    first, later = two_children
    actions.withdraw_shift(shift, samir, NOW)
    engine.cancel(first, "", samir, NOW)
    with transaction() as writing:
        upkeep_again.ask_again(writing, [later], NOW)
    assert (later.attention, later.supervision) == (None, "beside")


def test_of_nine_minors_for_two_adults_eight_keep_the_one_who_stays(
    session: Session, fablab: Fablab, shift: Shift, samir: Person
) -> None:
    make_shift(make_staff("Chloé"), fablab.place, AFTERNOON.start, AFTERNOON.end)
    booked = [
        child_booked(
            make_machine(fablab, f"SER-{number:02}", ages=(8, 10, 18)), "Nour", NOW - timedelta(minutes=number)
        )
        for number in range(9)
    ]
    assert coverage.would_uncover(session, [shift], NOW) == booked[:1]
    assert actions.withdraw_shift(shift, samir, NOW).bookings == (booked[0],)
    assert [one.attention for one in booked] == ["too_many_minors"] + [None] * 8


def test_shift_gone_refuses_to_withdraw_twice(shift: Shift, samir: Person) -> None:
    actions.withdraw_shift(shift, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.withdraw_shift(shift, samir, NOW)
    assert codes_of(refused) == ["shift_gone"]


def test_shift_over_refuses_to_withdraw_the_past(shift: Shift, samir: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions.withdraw_shift(shift, samir, AFTERNOON.end)
    assert codes_of(refused) == ["shift_over"]


def test_shift_gone_and_over_accept_a_shift_to_come(shift: Shift, samir: Person) -> None:
    assert actions.withdraw_shift(shift, samir, NOW).shift.withdrawn_at == NOW


# pages


def words_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").replace("\u00a0", " ").split())


def test_the_week_of_shifts_shows_and_adds_one(
    client: FlaskClient, fablab: Fablab, machine: Machine, samir: Person
) -> None:
    page = log_in(client, samir)
    sent = {
        "person": samir.id, "place": fablab.place.id, "day": "2026-11-25", "starts": "13:30", "ends": "18:00"
    }  # fmt: skip
    answer = page.post("/equipe/permanences", data=sent)
    assert answer.status_code == 303, BeautifulSoup(answer.text, "html.parser").select(".error-summary")
    words = words_of(page.get("/equipe/permanences?semaine=2026-11-25").text)
    assert "13 h 30 18 h Samir Haddad dans la salle" in words
    assert "imanche 29" not in words
    page.post("/equipe/permanences", data=sent | {"day": "2026-11-29"})
    assert "Dimanche 29 novembre 13 h 30 18 h Samir Haddad" in words_of(
        page.get("/equipe/permanences?semaine=2026-11-25").text
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": "2026-02-30"}, "Cette date n’existe pas"),
        ({"day": "0001-01-01"}, "Cette année n’est pas possible."),
        ({"day": "9999-12-31"}, "Cette année n’est pas possible."),
        ({"until": "9999-12-31"}, "Cette année n’est pas possible."),
        ({"day": "2027-03-28", "starts": "02:30", "ends": "09:00"}, "Cette heure n’existe pas ce jour-là."),
        ({"ends": "12:00"}, "La fin vient après le début."),
        ({"starts": "25:00"}, "Écrire l’heure ainsi"),
        ({"starts": ""}, "Choisir une heure."),
        ({"person": "99999"}, "Choisir dans la liste."),
        ({"day": "2026-11-20"}, "Cette heure est passée."),
    ],
)
def test_a_wrong_shift_is_said_beside_its_field_and_kept(
    client: FlaskClient, session: Session, machine: Machine, samir: Person, changes: dict[str, str], said: str
) -> None:
    sent = {"person": samir.id, "place": machine.place_id, "day": "2026-11-25", "starts": "13:30", "ends": "18:00"}
    answer = log_in(client, samir).post("/equipe/permanences", data=sent | changes)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert not session.scalars(select(Shift)).all()


def test_withdrawing_shows_first_what_is_left_uncovered(
    client: FlaskClient, booking: Booking, shift: Shift, samir: Person
) -> None:
    page, address = log_in(client, samir), f"/equipe/permanences/{shift.public_id}/retirer"
    words = words_of(page.get(address).text)
    assert "La machine VIN-01" in words
    assert "Inès B." in words
    assert page.post(address).status_code == 303
    assert "Cette permanence est déjà retirée." in words_of(page.get(address).text)


def test_only_the_team_sees_shifts(client: FlaskClient, shift: Shift) -> None:
    young = log_in(client, make_young("Lou"))
    assert young.get("/equipe/permanences").status_code == 403
    assert young.post(f"/equipe/permanences/{shift.public_id}/retirer").status_code == 403
    assert log_in(client, make_staff("Chloé")).get("/equipe/permanences/nobody/retirer").status_code == 404
