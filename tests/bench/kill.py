"""``python -m tests.bench.kill``: kill -9 a hundred times while people book, then look for lost or half facts.

Victims are taken by chance among the web server's workers, its master and the scheduler; what is killed is started
again, as a service manager does. Six people book over HTTP meanwhile; a form without an answer is sent again, as a
person would. Ends with exit code 1 when a fact that was confirmed is missing, or when one is there in part.
"""

import argparse
import http.client
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import func, select, text

from bookings.models import Booking, Claim
from fablab import clock
from fablab.config import ROOT
from fablab.db import db
from fablab.home.serve import FLASK, GUNICORN
from fablab.journal import JournalEntry
from tests import databases
from tests.bookings.serving import Served, Visitor
from tests.bookings.test_race_http import House
from tests.conftest import make_app
from tests.make import PIN, make_staff
from tests.make_machines import make_shift, on

PEOPLE, MACHINES, EVENINGS = 6, 3, 24
TROUBLE = (OSError, http.client.HTTPException)
SECRET = "for these kills only, never elsewhere"


class Services:
    """The web server and the scheduler of one house, started again whenever they end."""

    def __init__(self, address: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        said = {"DATABASE_URL": address, "SECRET_KEY": SECRET, "INSTANCE": str(folder), "ARGON2_MEMORY": "8"}
        self._environment = {**os.environ, **said, "ARGON2_ROUNDS": "1"}
        self._log = (folder / "services.log").open("wb")
        self._commands = {
            "web": [*GUNICORN, "--bind", f"127.0.0.1:{self.port}", "wsgi:app"],
            "scheduler": [*FLASK, "scheduler"],
        }
        self.running = {name: self._start(name) for name in self._commands}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        command = self._commands[name]
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)

    def mend(self) -> None:
        """Start again what has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                self.running[name] = self._start(name)

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        master = self.running["web"].pid
        try:
            return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
        except OSError:
            return []

    def kill_one(self) -> str:
        """Kill -9 a process taken by chance; says which kind."""
        kind = random.choices(("worker", "master", "scheduler"), (80, 8, 12))[0]
        workers = self.workers()
        if kind == "worker" and workers:
            os.kill(random.choice(workers), signal.SIGKILL)
        else:
            self.running["web" if kind == "master" else "scheduler"].kill()
        return kind

    def stop(self) -> None:
        """End them all, politely."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(timeout=60)
        self._log.close()


class Person(threading.Thread):
    """Books one slot after another until told to stop; remembers what was confirmed."""

    def __init__(self, race: House, handle: str, machines: list[str], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.race, self.handle, self.machines, self.stop = race, handle, machines, stop
        self.confirmed: list[str] = []
        self.unanswered = 0
        self.others: list[int] = []

    def run(self) -> None:
        """Enter, then book."""
        visitor = Visitor(self.race.served)
        self._insist(lambda: self._entered(visitor))
        for code, number in itertools.product(self.machines, range(EVENINGS * 6)):
            if self.stop.is_set():
                return
            key = f"{self.handle}-{code}-{number}"[:40]
            status = self._insist(partial(self._book, visitor, code, number, key))
            if status == 303:
                self.confirmed.append(key)
            else:
                self.others.append(status)

    def _entered(self, visitor: Visitor) -> int:
        visitor.enter(self.handle, PIN)
        return 303

    def _book(self, visitor: Visitor, code: str, number: int, key: str) -> int:
        evening, turn = divmod(number, 6)
        moment = on(self.race.day + timedelta(days=evening), "16:00") + timedelta(minutes=30 * turn)
        start = clock.to_local(moment).isoformat(timespec="minutes")
        return visitor.post(f"/reserver/{code}", start=start, minutes="30", key=key).status

    def _insist(self, act: Callable[[], int]) -> int:
        """Ask until there is an answer: what was killed is started again."""
        while True:
            try:
                status = act()
                if status < 500:
                    return status
            except (*TROUBLE, AssertionError):
                pass
            self.unanswered += 1
            if self.stop.is_set():
                return 0
            time.sleep(0.1)


def prepare(served: Served) -> tuple[House, list[tuple[str, list[str]]]]:
    """A Fablab open every evening of a month, people with the badge, machines of their own."""
    race = House(served)
    adult = make_staff()
    for evening in range(EVENINGS):
        day = race.day + timedelta(days=evening)
        make_shift(adult, race.fablab.place, on(day, "16:00"), on(day, "19:00"))
    cast = [(str(race.person().handle), [race.machine().code for _ in range(MACHINES)]) for _ in range(PEOPLE)]
    db.session.remove()
    return race, cast


def wrong(people: list[Person]) -> list[str]:
    """What is lost, twice there, or there in part."""
    session, found = db.session(), []
    kept = session.scalars(select(Booking.request_key))  # the form's key, then the moment asked for
    keys = {str(key).rpartition(":")[0] for key in kept}
    confirmed = {key for person in people for key in person.confirmed}
    found += [f"lost: {key}" for key in sorted(confirmed - keys)]
    claims: dict[int, int] = dict(
        session.execute(select(Claim.booking_id, func.count()).group_by(Claim.booking_id)).all()
    )
    told = select(JournalEntry.thing_id, func.count()).where(JournalEntry.verb == "booking.confirmed")
    journal: dict[int | None, int] = dict(session.execute(told.group_by(JournalEntry.thing_id)).all())
    for booking in session.scalars(select(Booking.id)):
        if claims.get(booking) != 1 or journal.get(booking) != 1:
            found.append(f"half: booking {booking}, {claims.get(booking)} claims, {journal.get(booking)} journal lines")
    found += [f"no booking: claims of {one}" for one in set(claims) - set(session.scalars(select(Booking.id)))]
    if db.engine.dialect.name == "sqlite":
        found += [str(row) for row in session.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
        found += [str(row) for row in session.execute(text("PRAGMA foreign_key_check"))]
    return found


def kills(address: str, folder: Path, times: int, pause: float) -> int:
    """Kill so many times; how many things are wrong."""
    services = Services(address, folder)
    race, cast = prepare(Served(services.port, folder / "services.log"))
    stop = threading.Event()
    people = [Person(race, handle, machines, stop) for handle, machines in cast]
    try:
        _until_served(services)
        for person in people:
            person.start()
        killed = Counter(_kill_after(services, pause) for _ in range(times))
        time.sleep(3)
        stop.set()
        for person in people:
            person.join(timeout=60)
    finally:
        services.stop()
    found = wrong(people)
    print(f"killed: {dict(killed)}; confirmed: {sum(len(one.confirmed) for one in people)}; ", end="")
    print(f"asked again: {sum(one.unanswered for one in people)}; other answers: ", end="")
    print(dict(Counter(status for one in people for status in one.others)), f"; wrong: {len(found)}")
    for line in found[:20]:
        print("  ", line)
    return len(found) + (not any(one.confirmed for one in people))


def _kill_after(services: Services, pause: float) -> str:
    time.sleep(random.uniform(pause / 2, pause * 1.5))
    kind = services.kill_one()
    time.sleep(0.05)
    services.mend()
    return kind


def _until_served(services: Services) -> None:
    for _try in range(300):
        try:
            socket.create_connection(("127.0.0.1", services.port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def main() -> int:
    """Kill on the database asked for; 0 when nothing is lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kill")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two kills, on average")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, databases.fresh(asked.engine, Path(folder)) as address:
        app = make_app(Path(folder), address, SECRET_KEY=SECRET)
        with app.app_context():
            upgrade()
            db.session.remove()
            found = kills(address, Path(folder), asked.times, asked.pause)
            db.session.remove()
            db.engine.dispose()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
