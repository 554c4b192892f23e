"""``python -m tests.bench.grid``: a grid of 12 people and 11 competencies opened and saved, measured at the server.

In one process, without network and with CSRF off: what is measured is the view, its rules and its statements. Each
saving is of a new group, 132 cells of which none is held. Time is that of the processor in this process, SQLite
included: other work of the machine hardly counts. The figures are in docs/performance.md.
"""

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

from fablab.db import db
from tests import databases
from tests.conftest import make_app
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway, make_session

PEOPLE, COLUMNS = 12, 11


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grid", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    for engine in asked.engine or ("sqlite", "postgresql"):
        with TemporaryDirectory(prefix="dynamo-grid-") as folder, databases.fresh(engine, Path(folder)) as address:
            _measure(engine, Path(folder), address, asked.times)


def _measure(engine: str, folder: Path, address: str, times: int) -> None:
    app = make_app(folder, address)
    with app.app_context():
        upgrade()
        said: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: said.append(statement))
        samir = make_staff()
        aims = {f"COMP-{number:02d}": 2 for number in range(COLUMNS)}
        version = make_pathway("DECLIC", {"EXP": aims})
        client = log_in(app.test_client(), samir)
        opened, saved, counts = [], [], set()
        for number in range(times + 1):
            group = make_group(version)
            people = [make_young(f"Jeune{one}", "Test") for one in range(PEOPLE)]
            for person in people:
                enrol(person, group)
            lesson = make_session(group, leads=(samir,))
            url = f"/seances/{lesson.public_id}/valider"
            competencies = [target.competency_id for target in version.stages[0].targets]
            cells = [f"{person.id}.{one}.2" for person in people for one in competencies]
            db.session.remove()
            spent = [_time(client, url, None, said), _time(client, url, cells, said)]
            if number:  # the first reads what the house teaches, and warms the process
                opened.append(spent[0][0])
                saved.append(spent[1][0])
                counts.add((spent[0][1], spent[1][1]))
        db.session.remove()
        db.engine.dispose()
    print(f"{engine}, {times} grids of {PEOPLE} × {COLUMNS}, statements (opening, saving): {sorted(counts)}")
    for name, found in (("opened", opened), ("saved", saved)):
        print(f"  {name}: median {statistics.median(found):.1f} ms, worst {max(found):.1f} ms")


def _time(client: FlaskClient, url: str, cells: list[str] | None, said: list[str]) -> tuple[float, int]:
    said.clear()
    began = time.process_time()
    if cells is None:
        answer = client.get(url)
    else:
        sent = {
            "key": f"{time.monotonic_ns():032d}",
            "seen_at": str(int(time.time())),
            "level": "target",
            "cell": cells,
        }
        answer = client.post(url, data=sent, headers={"Accept": "application/json"})
    spent = (time.process_time() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:200]}")
    return spent, sum(not one.startswith(("SAVEPOINT", "RELEASE", "PRAGMA", "BEGIN")) for one in said)


if __name__ == "__main__":
    main()
