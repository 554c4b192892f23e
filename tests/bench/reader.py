"""``python -m tests.bench.reader``: ten thousand decisions of the readers' API, asked of the real server.

One use is under way at each of the machines, its holder has a card, a reader stands there. One card in ten is unknown.
Whether the use still stands is asked of every rule each time, as in the house. It is an afternoon of next week, when
the Fablab is open: most cards are allowed, some lack the machine's badge. The figures are in docs/performance.md.
"""

import argparse
import itertools
import json
import os
import random
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select

from bookings.models import Booking, Claim
from fablab import clock
from fablab.app import create_app
from fablab.db import db, new_public_id, transaction
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Card, Person
from fablab.people.secrets import card_digest, new_card_token
from machines.models import Machine
from machines.models_readers import Reader
from tests import databases
from tests.bench import house
from tests.bench.__main__ import ENGINES, server
from tests.bench.load import HOST, Line, closed_loop
from tests.bench.rows import forever

SIZE, NEWCOMERS, WARMING = 15_000, 60, 500
#: Tuesday of next week
DAYS_ON, HOUR = 8, time(15, 30)


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reader", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--times", type=int, default=10_000)
    asked = parser.parse_args()
    for engine in asked.engine or ENGINES:
        with tempfile.TemporaryDirectory(prefix="dynamo-reader-") as folder:
            _measure(Path(folder), engine, asked.times)


def _measure(folder: Path, engine: str, times: int) -> None:
    with databases.fresh(engine, folder) as address:
        os.environ.update(DATABASE_URL=address, ARGON2_MEMORY="8", ARGON2_ROUNDS="1", BENCH_INSTANCE=str(folder))
        app = create_app(folder)
        house.make(app, SIZE, NEWCOMERS)
        at = clock.at(clock.week_of(clock.local_day(clock.now())) + timedelta(days=DAYS_ON), HOUR)
        os.environ["BENCH_AHEAD"] = str(int((at - clock.now()).total_seconds()))
        requests = _under_way(app, at)
        with app.app_context():
            db.engine.dispose()
        with server(folder, count=True) as port:
            line = Line(port)
            allowed = [one for one in requests if json.loads(line.ask(one).body)["allowed"]]
            # The fewest: both processes have read the house by then.
            said = min(int(line.ask(one).header("X-Statements") or 0) for one in allowed[:10])
        with server(folder) as port:
            closed_loop(port, 1, 60, forever(itertools.islice(itertools.cycle(requests), WARMING)))
            print(f"{engine}: {said} statements; {len(allowed)} of {len(requests)} requests are allowed", flush=True)
            hello = [f"GET /hello HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()]
            for name, asked in (("hello-world", hello), ("allowed", allowed), ("all", requests)):
                for clients in (1, 2):
                    seen = closed_loop(port, clients, 600, forever(_shuffled(asked, times)))
                    print(
                        f"{name}: {len(seen.times)} asked by {clients}, p50 {seen.percentile(0.5):.1f} ms, p95 "
                        f"{seen.percentile(0.95):.1f}, p99 {seen.percentile(0.99):.1f}, {seen.per_second:.0f}/s, "
                        f"answers {seen.statuses}",
                        flush=True,
                    )


def _shuffled(requests: Sequence[bytes], times: int) -> Iterator[bytes]:
    chance = random.Random(4)
    return (chance.choice(requests) for _time in range(times))


def _under_way(app: Flask, now: datetime) -> list[bytes]:
    """A use under way at each machine at a moment, with its reader; the requests of cards there, one in ten unknown."""
    requests: list[bytes] = []
    with app.app_context(), transaction() as session:
        people = session.scalars(select(Person).where(Person.handle.like("nouveau-%")).order_by(Person.id)).all()
        near = Claim.starts_at > now - timedelta(days=1), Claim.starts_at < now + timedelta(days=1)
        session.execute(delete(Claim).where(*near))
        for number, machine in enumerate(session.scalars(select(Machine).order_by(Machine.id))):
            key, card, holder = secrets.token_urlsafe(32), new_card_token(), people[number]
            session.add(_reader(machine, key, holder))
            session.add(Card(person_id=holder.id, token_digest=card_digest(card), made_at=now))
            begins, ends = now - timedelta(minutes=30), now + timedelta(minutes=90)
            booked: dict[str, Any] = {"starts_at": begins, "ends_at": ends}
            taken = {"public_id": new_public_id(), "kind": "own", "status": "checked_in", "checked_in_at": begins}
            taken |= {"resource_id": machine.id, "place_id": machine.place_id, "holder_id": holder.id}
            taken |= {"created_at": begins, "headcount": 1, "suspended": False, "held_before": False, **booked}
            booking_id = session.scalar(insert(Booking).values(**taken).returning(Booking.id))
            claim = {"resource_id": machine.id, "booking_id": booking_id, "holds": True, **booked}
            session.execute(insert(Claim).values(**claim))
            requests += [_asking(key, card)] * 9 + [_asking(key, new_card_token())]
    return requests


def _reader(machine: Machine, key: str, by: Person) -> Reader:
    fields = {"name": "Banc", "key_digest": key_digest(key), "enrolled_at": clock.now(), "enrolled_by_id": by.id}
    return Reader(machine_id=machine.id, **fields)


def _asking(key: str, card: str) -> bytes:
    body = json.dumps({"card": card})
    head = f"POST /api/reader/decision HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {key}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + kind + body).encode()


if __name__ == "__main__":
    main()
