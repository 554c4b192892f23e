"""``python -m tests.bench.path``: the page «my path» of a young person half way through a pathway, at the server.

In one process, without network: what is measured is the view, its statements and its template, by the time of the
processor in this process, SQLite included. Beside it stand the page of an unknown address, which has the frame only,
and a hello-world of Flask: machines differ, ratios hold. The lowest of many is what other work of the machine changes
least. The figures are in docs/performance.md.
"""

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

from fablab.db import db
from tests import databases
from tests.bench import learners
from tests.conftest import make_app
from tests.make import log_in, make_young

#: so many asked before the first that counts
WARMING = 5


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.path", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--times", type=int, default=150)
    asked = parser.parse_args()
    hello = Flask("hello")
    hello.add_url_rule("/", "hello", lambda: "<p>Hello</p>")
    _say("hello-world", *_measure(hello.test_client(), "/", asked.times, []))
    for engine in asked.engine or ("sqlite", "postgresql"):
        with TemporaryDirectory(prefix="dynamo-path-") as folder, databases.fresh(engine, Path(folder)) as address:
            _house(engine, Path(folder), address, asked.times)


def _house(engine: str, folder: Path, address: str, times: int) -> None:
    app = make_app(folder, address)
    with app.app_context():
        upgrade()
        app.test_cli_runner().invoke(args=["catalogue", "load"])
        people = [make_young(f"Jeune{one}", "Test") for one in range(12)]
        learners.follow([person.id for person in people])
        said: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: said.append(statement))
        client = log_in(app.test_client(), people[0])
        db.session.remove()
        for url in ("/mon-parcours", "/rien-ici"):
            _say(f"{engine} {url}", *_measure(client, url, times, said))
        db.session.remove()
        db.engine.dispose()


def _measure(client: FlaskClient, url: str, times: int, said: list[str]) -> tuple[list[float], int]:
    spent = []
    for _ in range(WARMING + times):
        said.clear()
        began = time.process_time()
        client.get(url)
        spent.append((time.process_time() - began) * 1000)
    return spent[WARMING:], sum(not one.startswith(("PRAGMA", "BEGIN")) for one in said)


def _say(name: str, spent: list[float], statements: int) -> None:
    print(f"{name}: lowest {min(spent):.2f} ms, median {statistics.median(spent):.2f} ms, {statements} statements")


if __name__ == "__main__":
    main()
