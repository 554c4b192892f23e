"""Guessing over real HTTP, 2 workers of 8 threads, many at once: what is let through is what the rule says, exactly."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from fablab import clock
from fablab.db import db, transaction
from fablab.outbox import Letter
from fablab.people import actions, actions_account, actions_kiosk, actions_second, secrets, secrets_second
from fablab.people.models import Lockout
from fablab.permissions import Role
from tests import databases
from tests.bookings.serving import SECRET_KEY, Answer, Served, Visitor, serve
from tests.conftest import make_app
from tests.make import PASSWORD, PIN, make_staff, make_young

pytestmark = pytest.mark.slow

GUESSERS, EACH = 16, 2
NONCE = "0123456789abcdef" * 2
QUARTER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def served(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server on a database of its own, and an app beside it that signs alike."""
    folder = tmp_path_factory.mktemp("guessed")
    with databases.copy_of(migrated, folder) as address:
        app = make_app(folder, address, SECRET_KEY=SECRET_KEY)
        with app.app_context(), serve(address, folder) as served:
            yield served
            db.session.remove()
            db.engine.dispose()


def storm(guess: Callable[[Visitor, int], Answer], visitors: list[Visitor]) -> Counter[int]:
    """Every visitor guesses EACH times, all at once; how many answers of each status."""

    def go(number: int) -> list[int]:
        return [guess(visitors[number], number * EACH + turn).status for turn in range(EACH)]

    with ThreadPoolExecutor(len(visitors)) as threads:
        return Counter(status for found in threads.map(go, range(len(visitors))) for status in found)


def strangers(served: Served, page: str = "/entrer") -> list[Visitor]:
    """Browsers never seen: half keep the name that the log-in page gives them, half keep none."""
    found = [Visitor(served) for _number in range(GUESSERS)]
    for number, one in enumerate(found):
        one.get(page)
        if number % 2:
            one.forget("device")
    return found


def weighed(identifier: str) -> int:
    """The wrong tries that were compared with a secret, of all unknown devices together."""
    db.session.rollback()
    found = select(Lockout.day_tries).where(Lockout.identifier_digest == secrets.identifier_digest(identifier))
    return db.session.scalar(found) or 0


def time_passes(by: timedelta) -> None:
    """Every pause is so much nearer to its end; the tries and the days stay counted."""
    with transaction() as session:
        for row in session.scalars(select(Lockout).where(Lockout.locked_until.is_not(None))):
            row.locked_until = row.locked_until and row.locked_until - by
            row.day_began_at = row.day_began_at and row.day_began_at - by


def waves(identifier: str, wave: Callable[[], Counter[int]], expected: list[int]) -> None:
    """One storm after the other, a quarter of an hour apart: how many were weighed in all, after each."""
    found = []
    for _turn in expected:
        assert set(wave()) == {422}
        found.append(weighed(identifier))
        time_passes(QUARTER)
    assert found == expected


def test_a_pin_is_guessed_ten_times_and_its_holder_enters_meanwhile(served: Served) -> None:
    person = make_young(handle="chamois-33")
    actions_account.choose_short(person, PIN, "7391", clock.now())
    key = actions_kiosk.enrol("Borne", make_staff(roles=(Role.ADMINISTRATOR,)), clock.now())
    phone, borne, crowd = Visitor(served).enter("chamois-33", PIN), Visitor(served), strangers(served)
    borne.keep("kiosk", key)

    def wave() -> Counter[int]:
        with ThreadPoolExecutor(1) as other:
            guesses = other.submit(
                storm, lambda one, n: one.post("/entrer", handle="chamois-33", secret=f"{111000 + n}"), crowd
            )
            for _turn in range(3):  # while it goes on
                phone.leave()
                phone.enter("chamois-33", PIN)
                borne.get("/borne")
                assert borne.post("/borne", handle="chamois-33", secret="7391").status in (302, 303)
                borne.leave()
            return guesses.result()

    waves("handle:chamois-33", wave, [5, 10, 10])
    late = strangers(served)[0]
    assert late.post("/entrer", handle="chamois-33", secret=PIN).status == 422, "even the right one waits for the team"
    actions.unlock(person, make_staff(), clock.now())
    assert late.post("/entrer", handle="chamois-33", secret=PIN).status in (302, 303)
    assert served.complaints() == []


def test_guesses_with_the_card_are_guesses_of_the_same_pin(served: Served) -> None:
    person = make_young(handle="loutre-11")
    code = actions.renew_card(person, make_staff(), clock.now())
    crowd = strangers(served, "/entrer/carte")
    waves(
        "handle:loutre-11",
        lambda: storm(lambda one, n: one.post("/entrer/carte", code=code, secret=f"{111000 + n}"), crowd),
        [5, 10, 10],
    )
    made_up = storm(lambda one, n: one.post("/entrer/carte", code=secrets.new_card_token(), secret=PIN), crowd)
    assert made_up == {422: GUESSERS * EACH}, "a code by chance is nobody's card"


def test_a_password_is_guessed_twenty_times_a_day(served: Served) -> None:
    make_staff(email="samir@example.org")
    desk, crowd = Visitor(served), strangers(served, "/entrer/equipe")
    desk.get("/entrer/equipe")

    def say(one: Visitor, password: str) -> Answer:
        return one.post("/entrer/equipe", email="samir@example.org", secret=password)

    assert say(desk, PASSWORD).status in (302, 303)

    def wave() -> Counter[int]:
        desk.leave()
        desk.get("/entrer/equipe")
        assert say(desk, PASSWORD).status in (302, 303), "the computer used before stays open"
        return storm(lambda one, n: say(one, f"trois vélos verts {n}"), crowd)

    waves("email:samir@example.org", wave, [5, 10, 15, 20, 20])
    time_passes(timedelta(days=1))
    assert say(crowd[0], PASSWORD).status in (302, 303)


def test_a_phone_code_is_guessed_ten_times(served: Served) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,), email="nadia@example.org")
    before = clock.now() - timedelta(minutes=5)
    phone = pyotp.TOTP(secrets_second.shared_secret(NONCE))
    paper = actions_second.take_up(nadia, NONCE, phone.at(before), before)
    crowd = strangers(served, "/entrer/equipe")
    for one in crowd:  # they know the password
        assert one.post("/entrer/equipe", email="nadia@example.org", secret=PASSWORD).status in (302, 303)
        one.get("/entrer/equipe/code")
    near = {phone.at(clock.now(), counter_offset=away) for away in range(-2, 6)}
    wrong = [code for code in (f"{number:06d}" for number in range(GUESSERS * EACH + 10)) if code not in near]
    waves(
        f"second:{nadia.public_id}",
        lambda: storm(lambda one, n: one.post("/entrer/equipe/code", code=wrong[n]), crowd),
        [5, 10, 10],
    )
    made_up = storm(lambda one, _n: one.post("/entrer/equipe/code", code=secrets_second.new_recovery_code()), crowd)
    assert made_up == {422: GUESSERS * EACH}, "a paper code by chance is nobody's"
    once = storm(lambda one, _n: one.post("/entrer/equipe/code", code=paper[0]), crowd)
    assert once[302] + once[303] == 1, "its holder is not kept out by whoever guessed, and a code serves once"


def test_a_reset_link_is_not_guessed_serves_once_and_is_asked_three_times_an_hour(served: Served) -> None:
    zoe = make_staff(email="zoe@example.org")
    crowd = strangers(served, "/entrer/equipe/autre")
    real = secrets.sign_reset(zoe.public_id, zoe.enter_version)
    head, _dot, signature = real.rpartition(".")
    new = {"password": "quatre lampes en bois", "password_again": "quatre lampes en bois"}
    signed = [f"{head}.{signature[:-2]}{n % 62:02d}" for n in range(GUESSERS * EACH)]
    forged = [link for link in signed if link != real]
    found = storm(lambda one, n: one.post("/entrer/equipe/autre", link=forged[n % len(forged)], **new), crowd)
    assert found == {410: GUESSERS * EACH}
    once = storm(lambda one, _n: one.post("/entrer/equipe/autre", link=real, **new), crowd)
    assert once[302] + once[303] == 1
    for one in crowd:
        one.get("/entrer/equipe/oublie")
    asked = storm(lambda one, _n: one.post("/entrer/equipe/oublie", email="zoe@example.org"), crowd)
    assert asked == {303: 3, 422: GUESSERS * EACH - 3}
    db.session.rollback()
    sent = select(func.count()).where(Letter.to_address == "zoe@example.org")
    assert db.session.scalar(sent) == 3
