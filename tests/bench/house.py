"""A house of a given size: 30 machines, 600 people who booked before, others who will, the same week at every size.

Bookings are written straight into the tables, claims included, and pass the database's own guarantee; history grows
backwards, 10 bookings a week on each machine.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, insert, select, update

from bookings.models import OpeningRule, Place
from bookings.values import Slot
from fablab import clock
from fablab.catalogue import read
from fablab.db import db, new_public_id, transaction
from fablab.home import catalogue as house_catalogue
from fablab.people import secrets
from fablab.people.models import Person, PersonWord, RoleGrant
from fablab.permissions import Role
from machines.models import Machine, Shift
from pathways.models import Award, Badge, BadgeOpening
from tests.bench import learners

MACHINES, REGULARS, LEARNERS, PER_WEEK = 30, 600, 16, 10
OPENS, CLOSES, CELL_HOURS, DAYS_A_WEEK = 13, 20, 2, 6
DAYS_AHEAD = 27
PIN, PASSWORD, STAFF = "482915", "trois vélos bleus", "banc@example.org"
#: columns of a machine that a copy does not take over
OWN = ("id", "code", "name", "simple_name", "position")


@dataclass(frozen=True)
class Target:
    """A free half hour of a machine that several measures may take, once."""

    code: str
    slot: Slot


@dataclass(frozen=True)
class Bench:
    """What the measures need to know of the house made."""

    monday: datetime
    codes: tuple[str, ...]
    newcomers: tuple[str, ...]
    learners: tuple[str, ...]
    free: tuple[Target, ...]
    taken: tuple[Target, ...]


def make(app: Flask, size: int, newcomers: int) -> Bench:
    """Fill an empty database with a house of ``size`` bookings."""
    chance = random.Random(size)
    now = clock.now()
    with app.app_context():
        upgrade()
        house_catalogue.load_first(read(house_catalogue.SOURCES), by=None, now=now)
        _widen()
        machines = _machines()
        regulars = _people(REGULARS, "ancien", now)
        handles = [f"nouveau-{number}" for number in range(newcomers)]
        _award(_people(newcomers, "nouveau", now) + regulars[:50], now)
        _team(now)
        learners.follow(_people(LEARNERS, "eleve", now))
        followers = tuple(f"eleve-{number}" for number in range(LEARNERS))
        monday = clock.at(clock.week_of(clock.local_day(now)), time())
        taken = _history(size, [machine.id for machine in machines], regulars, monday, chance)
        bookable = {machine.id: machine.code for machine in machines if machine.code[:3] in ("VIN", "BEN")}
        free, refused = _targets(bookable, taken, now, chance)
        return Bench(monday, tuple(machine.code for machine in machines), tuple(handles), followers, free, refused)


def _widen() -> None:
    """Open every afternoon but Sunday, for many people at once: the measure books a thousand hours in a month."""
    with transaction() as session:
        fablab = session.scalars(select(Place).where(Place.code == "ESP-01")).one()
        session.execute(update(Place).where(Place.gauge.is_not(None)).values(gauge=1000))
        session.execute(delete(OpeningRule))
        for place, use in ((fablab.parent, "open"), (fablab, "open_lab")):
            for season in ("school", "holidays"):
                for weekday in range(DAYS_A_WEEK):
                    opens, closes = time(OPENS), time(CLOSES)
                    session.add(
                        OpeningRule(
                            place=place, season=season, weekday=weekday, opens=opens, closes=closes, use=use, nth=[]
                        )
                    )


def _machines() -> list[Machine]:
    """The house's 16, and copies of the vinyl cutter up to 30."""
    with transaction() as session:
        model = session.scalars(select(Machine).where(Machine.code == "VIN-01")).one()
        columns = [column.key for column in Machine.__mapper__.column_attrs if column.key not in OWN]
        values = {key: getattr(model, key) for key in columns}
        here = len(session.scalars(select(Machine.id)).all())
        for number in range(MACHINES - here):
            name = f"Machine du banc {number:02d}"
            machine = Machine(code=f"BEN-{number:02d}", name=name, simple_name=name, position=100 + number, **values)
            session.add(machine)
            session.flush()
            session.add(BadgeOpening(badge_id=machine.badge_id, resource_id=machine.id))
        return list(session.scalars(select(Machine).order_by(Machine.position, Machine.id)))


def _people(count: int, word: str, now: datetime) -> list[int]:
    """Adults with a handle and a PIN, by id."""
    hashed, long_ago = secrets.hash_secret(PIN), now - timedelta(days=300)
    with transaction() as session:
        rows = [
            {
                "public_id": new_public_id(), "first_name": word.title(), "last_name": f"Numero{number}",
                "handle": f"{word}-{number}", "secret_hash": hashed, "situation": "integration", "language": "fr",
                "birth_date": clock.local_day(now) - timedelta(days=365 * 21), "created_at": long_ago,
            }
            for number in range(count)
        ]  # fmt: skip
        ids = list(session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows))
        session.execute(
            insert(RoleGrant), [{"person_id": id_, "role": Role.YOUNG, "granted_at": long_ago} for id_ in ids]
        )
        session.execute(
            insert(PersonWord), [{"person_id": id_, "word": f"{word}{number}"} for number, id_ in enumerate(ids)]
        )
    return ids


def _award(people: list[int], now: datetime) -> None:
    """Everybody who will book holds four safety badges, valid for long."""
    with transaction() as session:
        codes = ("BS-ATELIER", "BS-VINYLE", "BS-3D", "BS-TEXTILE")
        badges = session.execute(select(Badge.id, Badge.name).where(Badge.code.in_(codes))).all()
        session.execute(
            insert(Award),
            [
                {
                    "public_id": new_public_id(), "key": f"bench:{person}:{badge.id}", "person_id": person,
                    "badge_id": badge.id, "badge_name": badge.name, "proof": [], "awarded_at": now - timedelta(days=30),
                    "expires_at": now + timedelta(days=300),
                }
                for person in people
                for badge in badges
            ],
        )  # fmt: skip


def _team(now: datetime) -> None:
    """Three of the team there every day: two in the room, one in the building; the first can log in."""
    today = clock.local_day(now)
    with transaction() as session:
        places = {place.code: place.id for place in session.scalars(select(Place))}
        house = session.scalars(select(Place.id).where(Place.parent_id.is_(None))).one()
        hashed = secrets.hash_secret(PASSWORD)
        for number, place_id in enumerate((places["ESP-01"], places["ESP-01"], house)):
            email = STAFF if number == 0 else f"banc{number}@example.org"
            person = Person(
                first_name="Équipe", last_name=str(number), email=email, secret_hash=hashed, created_at=now,
            )  # fmt: skip
            person.grants = [RoleGrant(role=Role.FACILITATOR, granted_at=now)]
            session.add(person)
            session.flush()
            for offset in range(-40, 40):
                day = today + timedelta(days=offset)
                span = clock.at(day, time(OPENS)), clock.at(day, time(CLOSES))
                session.add(Shift(person_id=person.id, place_id=place_id, starts_at=span[0], ends_at=span[1]))


Row = tuple[Any, ...]
_BOOKING = (
    "public_id", "kind", "resource_id", "place_id", "holder_id", "starts_at", "ends_at", "status", "headcount",
    "suspended", "held_before", "supervision", "created_at",
)  # fmt: skip
_CLAIM = ("resource_id", "booking_id", "starts_at", "ends_at", "holds")
_CHUNK = 50_000


def _history(
    size: int, machines: list[int], people: list[int], monday: datetime, chance: random.Random
) -> set[tuple[int, datetime]]:
    """Write ``size`` bookings, the coming weeks first, then backwards. Gives the cells taken from this week on."""
    place = db.session.scalars(select(Place.id).where(Place.code == "ESP-01")).one()
    db.session.rollback()
    taken: set[tuple[int, datetime]] = set()
    written = 0
    cells = _cells(machines, monday, chance)
    while written < size:
        bookings: list[Row] = []
        claims: list[Row] = []
        for machine, start in cells:
            end = start + timedelta(minutes=chance.choice((30, 60, 90)))
            number = written + len(bookings) + 1
            past = end < monday
            if not past:
                taken.add((machine, start))
            public_id, made = f"b{number:021d}", start - timedelta(days=3)
            status = "done" if past else "confirmed"
            holder = people[chance.randrange(len(people))]
            bookings.append(
                (public_id, "own", machine, place, holder, start, end, status, 1, False, False, "autonomous", made)
            )
            claims.append((machine, number, start, end + timedelta(minutes=5), True))
            if number == size or len(bookings) == _CHUNK:
                break
        _write("booking", _BOOKING, bookings)
        _write("claim", _CLAIM, claims)
        written += len(bookings)
    return taken


def _cells(machines: list[int], monday: datetime, chance: random.Random) -> Iterator[tuple[int, datetime]]:
    """Starts of bookings on every machine, four weeks from now backwards without end."""
    per_day = (CLOSES - OPENS) // CELL_HOURS
    week = 4
    while True:
        first = monday + timedelta(weeks=week)
        for machine in machines:
            for cell in chance.sample(range(per_day * DAYS_A_WEEK), PER_WEEK):
                day, turn = divmod(cell, per_day)
                local = clock.to_local(first).date() + timedelta(days=day)
                hour = OPENS + turn * CELL_HOURS
                # Old years had other clocks: counted from UTC there, which only moves history by an hour.
                start = clock.at(local, time(hour)) if week >= -60 else first + timedelta(days=day, hours=hour)
                yield machine, start
        week -= 1


def _write(table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    """The driver's fastest way, which is what makes a million and a half possible."""
    with transaction() as session:
        raw = session.connection().connection.dbapi_connection
        assert raw is not None
        names = ", ".join(columns)
        if session.get_bind().dialect.name == "sqlite":
            marks = ", ".join("?" * len(columns))
            plain = [tuple(int(v.timestamp()) if isinstance(v, datetime) else v for v in row) for row in rows]
            raw.cursor().executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)
        else:
            with raw.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _targets(
    codes: dict[int, str], taken: set[tuple[int, datetime]], now: datetime, chance: random.Random
) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """Free half hours that may be booked, and hours that somebody has, both in the coming four weeks."""
    free, refused = [], []
    today = clock.local_day(now)
    for offset in range(1, DAYS_AHEAD):
        day = today + timedelta(days=offset)
        if day.weekday() >= DAYS_A_WEEK:
            continue
        for hour in range(OPENS, CLOSES - CELL_HOURS + 1, CELL_HOURS):
            for machine, code in codes.items():
                start = clock.at(day, time(hour))
                if (machine, start) in taken:
                    refused.append(Target(code, Slot(start, start + timedelta(minutes=30))))
                    continue
                for more in range(CELL_HOURS):
                    begins = start + timedelta(hours=more)
                    free.append(Target(code, Slot(begins, begins + timedelta(minutes=30))))
    chance.shuffle(free)
    chance.shuffle(refused)
    return tuple(free), tuple(refused)
