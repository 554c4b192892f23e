"""Beginning and ending at a machine: material, protections, checks, the state left, the rest given back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import jobs
from bookings.models import Booking, Claim
from fablab.db import transaction
from fablab.people import actions_kiosk
from fablab.people.entering import KIOSK_COOKIE
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_use, queries_use, rules_use
from machines.models import Machine
from machines.models_use import MachineUse
from machines.values_use import Handling, Left, Start
from tests.conftest import NOW
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import PIN, log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_machine, on

LASER = Handling(("carton", "PMMA coulé"), ("PVC", "métal"), ("lunettes",), ("capot fermé",))
READY = Start("carton", ("lunettes",), ("capot fermé",))
TWO = on(WEDNESDAY, "14:00")


def codes(start: Start, *, by_team: bool = False) -> list[str]:
    return [one.code for one in rules_use.start_refusals(start, LASER, by_team=by_team)]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("start", "found"),
    [
        (READY, []),
        (Start(None, READY.protections, READY.checks), ["material_missing"]),
        (Start("Plaque de PVC expansé", READY.protections, READY.checks), ["material_forbidden"]),
        (Start("metal", READY.protections, READY.checks), ["material_forbidden"]),
        (Start("nacre", READY.protections, READY.checks), ["material_unknown"]),
        (Start("PVC"), ["material_forbidden", "protection_missing", "check_missing"]),
    ],
)
def test_the_material_then_the_protections_then_the_checks_are_asked(start: Start, found: list[str]) -> None:
    assert codes(start) == found


@pytest.mark.usefixtures("words")
def test_the_team_knows_materials_that_no_list_does_and_never_lets_a_forbidden_one_pass() -> None:
    assert codes(Start("nacre", READY.protections, READY.checks), by_team=True) == []
    assert codes(Start("pvc", READY.protections, READY.checks), by_team=True) == ["material_forbidden"]


@pytest.mark.usefixtures("words")
def test_a_machine_that_asks_nothing_is_begun_without_a_word() -> None:
    assert rules_use.start_refusals(Start(), Handling(), by_team=False) == []


def test_nobody_begins_from_home(words: None) -> None:
    assert [one.code for one in rules_use.place_refusals(at_kiosk=False)] == ["not_at_kiosk"]
    assert rules_use.place_refusals(at_kiosk=True) == []


@pytest.fixture
def laser(fablab: Fablab, ines: Person) -> Machine:
    machine = make_machine(
        fablab,
        "LAS-02",
        simple_name="La petite laser",
        materials_allowed=list(LASER.allowed),
        materials_forbidden=list(LASER.forbidden),
        protections=list(LASER.protections),
        checks=list(LASER.checks),
    )
    return machine


@pytest.fixture
def booking(laser: Machine, ines: Person) -> Booking:
    return make_booking(laser, slot("14:00", "16:00", WEDNESDAY), ines)


@pytest.fixture
def begun(booking: Booking) -> Booking:
    actions_use.check_in(booking, READY, make_staff("Chloé"), TWO)
    return booking


def held_until(session: Session, booking: Booking) -> object:
    return session.scalar(select(Claim.ends_at).where(Claim.booking_id == booking.id, Claim.holds))


def test_checking_in_keeps_what_was_said_and_who_said_it(session: Session, begun: Booking) -> None:
    use = queries_use.use_of(session, begun.id)
    assert use is not None
    assert (begun.status, use.material, use.ticked) == ("checked_in", "carton", ["lunettes", "capot fermé"])
    assert (use.started_at, use.started_by.first_name, use.planned_end) == (TWO, "Chloé", on(WEDNESDAY, "16:00"))


def test_checking_in_twice_begins_once(session: Session, begun: Booking) -> None:
    actions_use.check_in(begun, READY, make_staff(), TWO + timedelta(minutes=1))
    assert len(session.scalars(select(MachineUse)).all()) == 1


def test_a_forbidden_material_begins_nothing_and_every_reason_is_said(session: Session, booking: Booking) -> None:
    with pytest.raises(Refused) as refused:
        actions_use.check_in(booking, Start("PVC", (), LASER.checks), make_staff(), TWO - timedelta(hours=1))
    assert refused.value.codes == ["too_early", "material_forbidden", "protection_missing"]
    assert booking.status == "confirmed"
    assert session.scalars(select(MachineUse)).all() == []


def test_what_lets_somebody_in_is_asked_again(booking: Booking, ines: Person) -> None:
    with transaction():
        ines.birth_date = WEDNESDAY
    with pytest.raises(Refused) as refused:
        actions_use.check_in(booking, READY, make_staff(), TWO)
    assert "age_too_young" in refused.value.codes


def test_finishing_early_gives_the_rest_back_and_keeps_the_cleaning(
    session: Session, begun: Booking, vinyl: Machine
) -> None:
    at = TWO + timedelta(minutes=40)
    actions_use.check_out(begun, Left("fine", "une plaque"), make_staff(), at)
    assert (begun.status, begun.ends_at) == ("done", at)
    assert held_until(session, begun) == at + timedelta(minutes=begun.resource.turnaround)
    other = make_young("Noé", "Favre")
    give_badge(other, vinyl.badge)
    assert make_booking(begun.resource, slot("15:00", "15:30", WEDNESDAY), other).status == "confirmed"


def test_finishing_before_the_hour_leaves_a_minute_and_takes_nothing_more(begun: Booking) -> None:
    start = begun.starts_at
    actions_use.take_back_check_in(begun, make_staff(), TWO)
    actions_use.check_in(begun, READY, make_staff(), start - timedelta(minutes=10))
    actions_use.check_out(begun, Left(), make_staff(), start - timedelta(minutes=5))
    assert begun.ends_at == start + timedelta(minutes=1)


def test_a_fault_or_a_mess_is_said_in_a_word(session: Session, begun: Booking) -> None:
    with pytest.raises(Refused) as refused:
        actions_use.check_out(begun, Left("fault"), make_staff(), TWO + timedelta(hours=1))
    assert refused.value.codes == ["remark_missing"]
    actions_use.check_out(begun, Left("fault", None, "Bruit dans la courroie"), make_staff(), TWO + timedelta(hours=1))
    use = queries_use.use_of(session, begun.id)
    assert use is not None
    assert (use.state, use.remark) == ("fault", "Bruit dans la courroie")


def test_a_check_in_by_mistake_is_taken_back_and_made_again(session: Session, begun: Booking) -> None:
    actions_use.take_back_check_in(begun, make_staff(), TWO)
    actions_use.take_back_check_in(begun, make_staff(), TWO)
    assert (begun.status, begun.checked_in_at, queries_use.use_of(session, begun.id)) == ("confirmed", None, None)
    actions_use.check_in(begun, READY, make_staff(), TWO)
    assert begun.status == "checked_in"


def test_an_end_by_mistake_goes_on_until_the_end_planned(session: Session, begun: Booking) -> None:
    planned, at = begun.ends_at, TWO + timedelta(minutes=30)
    actions_use.check_out(begun, Left(), make_staff(), at)
    actions_use.go_on(begun, make_staff(), at)
    use = queries_use.use_of(session, begun.id)
    assert use is not None
    assert (begun.status, begun.ends_at, use.ended_at) == ("checked_in", planned, None)


def test_a_use_whose_time_is_over_does_not_go_on(begun: Booking) -> None:
    planned, at = begun.ends_at, TWO + timedelta(minutes=30)
    actions_use.check_out(begun, Left(), make_staff(), at)
    with pytest.raises(Refused) as refused:
        actions_use.go_on(begun, make_staff(), planned)
    assert "Ce créneau est fini." in [refusal.sentence for refusal in refused.value.refusals]
    assert (begun.status, begun.ends_at) == ("done", at)


def test_what_somebody_else_took_meanwhile_does_not_go_on(begun: Booking, vinyl: Machine) -> None:
    at = TWO + timedelta(minutes=30)
    actions_use.check_out(begun, Left(), make_staff(), at)
    other = make_young("Noé", "Favre")
    give_badge(other, vinyl.badge)
    make_booking(begun.resource, slot("15:00", "16:00", WEDNESDAY), other)
    with pytest.raises(Refused) as refused:
        actions_use.go_on(begun, make_staff(), at)
    assert "taken" in refused.value.codes
    assert (begun.status, begun.ends_at) == ("done", at)


def test_a_forgotten_check_out_closes_by_itself_and_is_corrected_with_a_reason(
    session: Session, begun: Booking
) -> None:
    after = begun.ends_at + timedelta(minutes=5)
    assert jobs.finish_ended(after) == "1 done"
    with pytest.raises(Refused) as refused:
        actions_use.correct_end(begun, Left(), TWO - timedelta(minutes=1), "On a oublié.", make_staff(), after)
    assert refused.value.codes == ["ends_before"]
    with pytest.raises(Refused) as refused:
        actions_use.correct_end(begun, Left(), after + timedelta(1), "On a oublié.", make_staff(), after)
    assert refused.value.codes == ["ends_later"]
    actions_use.correct_end(begun, Left(), on(WEDNESDAY, "15:10"), "On a oublié.", make_staff(), after)
    use = queries_use.use_of(session, begun.id)
    assert use is not None
    assert (use.ended_at, use.correction) == (on(WEDNESDAY, "15:10"), "On a oublié.")


# --- pages -------------------------------------------------------------------------------------------


SAID = {"material": "carton", "protections": "lunettes", "checks": "capot fermé"}
At = Callable[[str], time_machine.travel]


@pytest.fixture
def at() -> At:
    return lambda hour: time_machine.travel(on(WEDNESDAY, hour), tick=False)


def test_the_team_begins_and_ends_from_the_page_of_the_day(client: FlaskClient, booking: Booking, at: At) -> None:
    page = f"/equipe/reservations/{booking.public_id}"
    with at("14:05"):
        log_in(client, make_staff())
        assert f'href="{page}/commencer"' in client.get("/").text
        form = text(read(client, f"{page}/commencer"))
        assert [
            word for word in ("Matière", "lunettes", "capot fermé", "Jamais ici : PVC, métal.") if word not in form
        ] == []
        refused = client.post(f"{page}/commencer", data={"material": "other", "other": "PVC"})
        assert refused.status_code == 422
        assert "Matière interdite" in refused.text
        assert 'value="PVC"' in refused.text
        assert client.post(f"{page}/commencer", data=SAID).status_code == 303
        assert f'href="{page}/terminer"' in client.get("/").text
    with at("14:35"):
        assert client.post(f"{page}/terminer", data={"state": "mess"}).status_code == 422
        left = {"state": "mess", "remark": "Des chutes partout", "material_used": "une plaque"}
        assert client.post(f"{page}/terminer", data=left).status_code == 303
        shown = text(read(client, page))
        assert [word for word in ("30 min", "Des chutes partout", "Toujours en cours") if word not in shown] == []
        assert client.post(f"{page}/reprendre").status_code == 303
        assert "Pas commencée" in text(read(client, page))
        client.post(f"{page}/pas-commence")
    assert booking.status == "confirmed"


def test_one_tap_leads_to_the_page_that_asks_the_material(client: FlaskClient, booking: Booking, at: At) -> None:
    with at("14:05"):
        log_in(client, make_staff())
        answer = client.post(f"/equipe/reservations/{booking.public_id}/pointer")
    assert answer.location.endswith("/commencer")
    assert booking.status == "confirmed"


def test_a_forgotten_end_is_corrected_on_the_page_of_the_booking(client: FlaskClient, begun: Booking, at: At) -> None:
    page = f"/equipe/reservations/{begun.public_id}"
    with at("16:30"):
        log_in(client, make_staff("Nadia", roles=(Role.RECEPTION,)))
        jobs.finish_ended(on(WEDNESDAY, "16:30"))
        assert "personne ne l’a dit" in text(read(client, page))
        assert client.post(f"{page}/fin", data={"state": "fine", "hour": "15:10", "reason": "non"}).status_code == 422
        said = {"state": "fine", "hour": "15:10", "reason": "Partie sans le dire."}
        assert client.post(f"{page}/fin", data=said).status_code == 303
        assert "1 h 10" in text(read(client, page))


def test_the_home_page_begins_and_ends_at_the_kiosk_and_offers_nothing_in_vain(
    client: FlaskClient, booking: Booking, ines: Person, at: At
) -> None:
    page = f"/reservations/{booking.public_id}"
    with at("13:30"):
        log_in(client, ines)
        assert read(client, "/").select_one(f'main a[href="{page}/annuler"]') is not None
    with at("14:05"):
        log_in(client, ines)
        home = read(client, "/")
        assert home.select_one(f'main a[href="{page}"]') is not None
        assert home.select_one(f'main a[href="{page}/annuler"]') is None, "it has begun: the team cancels it"
        assert home.select_one(f'main a[href="{page}/commencer"]') is None
        client.post("/sortir")
        client.set_cookie(KIOSK_COOKIE, actions_kiosk.enrol("Borne", make_staff(), NOW))
        assert client.get("/entrer").location == "/borne"
        client.post("/borne", data={"handle": ines.handle, "secret": PIN})
        assert read(client, "/").select_one(f'main a.lit[href="{page}/commencer"]') is not None
        assert client.post(f"{page}/commencer", data=SAID).status_code == 303
        assert read(client, "/").select_one(f'main a.lit[href="{page}/terminer"]') is not None


def test_the_person_begins_at_the_kiosk_and_nowhere_else(
    client: FlaskClient, booking: Booking, ines: Person, at: At
) -> None:
    page = f"/reservations/{booking.public_id}"
    with at("14:05"):
        log_in(client, ines)
        assert "Je commence" in text(read(client, page))
        assert "borne" in text(read(client, f"{page}/commencer"))
        elsewhere = client.post(f"{page}/commencer", data=SAID)
        assert elsewhere.status_code == 422
        assert "Je le fais à la borne de l’atelier, ou avec un animateur." in elsewhere.text
        assert booking.status == "confirmed"
        client.set_cookie(KIOSK_COOKIE, actions_kiosk.enrol("Borne", make_staff(), NOW))
        log_in(client, ines)
        assert "capot fermé" in text(read(client, f"{page}/commencer"))
        unknown = client.post(f"{page}/commencer", data=SAID | {"material": "other", "other": "nacre"})
        assert unknown.status_code == 422
        assert "Un animateur la regarde" in unknown.text
        assert client.post(f"{page}/commencer", data=SAID).status_code == 303
        assert "J’ai fini" in text(read(client, page))
        assert client.post(f"{page}/terminer", data={"state": "fine"}).status_code == 303
        assert client.post(f"{page}/reprendre").status_code == 303
        assert booking.status == "checked_in"
        assert client.post(f"{page}/pas-commence").status_code == 303
    assert booking.status == "confirmed"
