"""What every test stands on: a clean database (both engines), a frozen clock, a client that logs in.

The schema comes from the migrations, once a run and engine. Each test lives in a transaction that is
rolled back; tests that need several connections ask for ``shared_database`` instead.
"""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
import time_machine
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from fablab import config, i18n
from fablab.app import create_app
from fablab.db import db
from fablab.home import catalogue as house_catalogue
from tests import databases

# What is imported and collected stays: each of its objects would be weighed again and again for nothing.
gc.disable()

#: Tuesday 24 November 2026, 10:00 in Chambéry: an ordinary school day
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sqlite", "postgresql", "both"], default=os.environ.get("ENGINE", "sqlite"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--engine")
        names = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        metafunc.parametrize("engine_name", names, scope="session")


#: the folders whose tests are about rules and actions: what they reach is counted
COUNTED = {"bookings", "evidence", "machines", "merging", "pathways", "people", "reports", "rooms", "versions"}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is counted as reached, and what PostgreSQL need not say again (docs/decisions/0015-two-engines.md)."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        # A walk of every page, a whole house, a real server pass through an action by chance: it proves little of it.
        counted = item.path.relative_to(HERE).parts[0] in COUNTED and "served" not in asked
        if not counted:
            item.add_marker("walk")
        if "client" in asked and not item.get_closest_marker("both"):
            item.add_marker("page")
    # The longest files begin, and short ones fill what is left: two workers then end together.
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """From here on garbage is collected again; what was imported and collected is left out of it to the end."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture(autouse=True)
def clock_stands_still(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test reads the real clock, except those that drive a real server."""
    if request.node.get_closest_marker("browser") or {"shared_database", "served"} & set(request.fixturenames):
        yield
        return
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="session")
def template_app(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app on a freshly migrated database, for the whole run."""
    folder = tmp_path_factory.mktemp(f"house-{engine_name}")
    with databases.copy_of(migrated_to_copy(engine_name), folder) as address:
        app = make_app(folder, address)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def words_app() -> Flask:
    """An app that knows French and nothing else."""
    app = Flask("words")
    app.config["TRANSLATIONS"] = config.ROOT / "translations"
    i18n.init_app(app)
    return app


@pytest.fixture
def words(words_app: Flask) -> Iterator[None]:
    """Words can be said during the test."""
    with words_app.app_context():
        yield


class Compiled(BytecodeCache):
    """The templates, compiled once a process whichever app draws them."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def make_app(folder: Path, address: str, **environment: str) -> Flask:
    """An app for tests on a database address, cheap hashes, no CSRF."""
    said = {"DATABASE_URL": address, "ARGON2_MEMORY": "8", "ARGON2_ROUNDS": "1", **environment}
    os.environ.update(said)
    try:
        app = create_app(folder, TESTING=True, WTF_CSRF_ENABLED=False, SERVER_NAME="localhost")
    finally:
        for name in said:
            del os.environ[name]
    app.jinja_env.bytecode_cache = Compiled()
    return app


@lru_cache
def migrated_to_copy(engine_name: str) -> str:
    """The address of a migrated database that nobody uses, made once a run: copied by whoever needs one.

    All migrations cost a second of work; a copy costs nearly nothing.
    """
    address = databases.until_the_end(engine_name)
    with TemporaryDirectory() as folder:
        app = make_app(Path(folder), address)
        with app.app_context():
            upgrade()
            db.engine.dispose()
    return address


@pytest.fixture(scope="session")
def migrated(engine_name: str) -> str:
    """The address of a migrated database that nobody uses: what ``shared_database`` copies."""
    return migrated_to_copy(engine_name)


@pytest.fixture(scope="session")
def furnished_app(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app on a database that holds the shipped catalogue, loaded once for the whole run.

    A module whose every test begins with the catalogue takes it as its ``template_app``.
    """
    folder = tmp_path_factory.mktemp("furnished")
    with databases.copy_of(migrated, folder) as address:
        app = make_app(folder, address)
        with app.app_context():
            house_catalogue.load_first(house_catalogue.shipped(), by=None, now=NOW)
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def shared_database(migrated: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on a migrated database of its own, for tests with several connections or threads.

    The clock runs; nothing is undone, the database is thrown away. Each thread pushes its own app context.
    """
    with databases.copy_of(migrated, tmp_path) as address:
        app = make_app(tmp_path, address, POOL_SIZE="40")
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(template_app: Flask) -> Iterator[Flask]:
    """The app, inside a transaction that is undone after the test."""
    template_app.extensions.pop("is_demo", None)
    template_app.test_client_class = Browser
    with template_app.app_context():
        engines = db._app_engines[template_app]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]  # sessions then join the outer transaction
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        yield template_app
        db.session.remove()
        outer.rollback()
        connection.close()
        engines[None] = engine


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the test."""
    return db.session()


class Browser(FlaskClient):
    """A browser whose every request begins afresh, although the test's own context stays open around it."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Forget what the last request knew: who was there, the language, what was read."""
        g.__dict__.clear()
        db.session.expire_all()
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without JavaScript."""
    return app.test_client()


class Statements(list[str]):
    """The SQL said while counting, savepoints and pragmas left out."""


@pytest.fixture
def count_statements(app: Flask) -> Iterator[Statements]:
    """Every statement said from here on; clear it to start again."""
    said = Statements()

    def hear(_conn: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "BEGIN")):
            said.append(statement)

    connection = db._app_engines[app][None]
    event.listen(connection, "before_cursor_execute", hear)
    yield said
    event.remove(connection, "before_cursor_execute", hear)


@pytest.fixture
def said(shared_database: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Statements and their parameters, as the driver gets them."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        heard.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(db.engine, "before_cursor_execute", hear)
