"""``make bench``: fills a house, starts the real server on it, measures it from outside, prints the table.

The method is that of docs/performance.md: two workers of eight threads, real log-ins with CSRF, a closed loop of
three seconds a row, one and sixteen clients, dates and machines varied; every figure beside that of a hello-world
page of the same server, since machines differ and ratios hold.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from fablab.app import create_app
from fablab.db import db
from fablab.home.serve import GUNICORN
from tests import databases
from tests.bench import house
from tests.bench.load import HOST, Line, Measure, closed_loop
from tests.bench.rows import Row, Visitors, rows_of

ENGINES = ("sqlite", "postgresql")
SIZES = (15_000, 150_000, 1_500_000)
WARM_UP = 0.5
#: sixteen who look, the others book twice each: as many as a month has free hours
NEWCOMERS = 16 + 480


@dataclass(frozen=True)
class Result:
    """A row measured at a size."""

    size: int
    row: Row
    seen: Measure
    statements: int | None

    @property
    def key(self) -> tuple[str, int]:
        """What is compared from size to size."""
        return self.row.name, self.row.clients


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments ask for."""
    asked = _parse(arguments)
    for engine in asked.engine or ENGINES:
        results: list[Result] = []
        print(f"\n## {engine}", flush=True)
        for size in asked.sizes:
            with tempfile.TemporaryDirectory(prefix="dynamo-bench-") as folder:
                found = measure(Path(folder), engine, size, asked.seconds, asked.only)
            print(table(found), flush=True)
            results += found
        if len(asked.sizes) > 1:
            print(growth(results, min(asked.sizes), max(asked.sizes)))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="bookings in the house")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each row is measured")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one of them alone; both unless told")
    parser.add_argument("--only", default="", help="only rows whose name holds this")
    return parser.parse_args(arguments)


def measure(folder: Path, engine: str, size: int, seconds: float, only: str) -> list[Result]:
    """One house of one size, measured."""
    with databases.fresh(engine, folder) as address:
        os.environ.update(DATABASE_URL=address, ARGON2_MEMORY="8", ARGON2_ROUNDS="1", BENCH_INSTANCE=str(folder))
        app = create_app(folder)
        began = time.perf_counter()
        bench = house.make(app, size, NEWCOMERS)
        with app.app_context():
            db.engine.dispose()
        _keep_house(engine, address)
        print(f"{engine}: {size} bookings written in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        with server(folder, count=True) as port:
            people = Visitors(port, bench)
            statements = {row.name: _statements(port, row) for row in rows_of(bench, people) if row.clients == 1}
        results = []
        with server(folder) as port:
            for row in rows_of(bench, people):
                if only not in row.name:
                    continue
                if row.right != 303:  # what books is not repeated
                    closed_loop(port, row.clients, WARM_UP, row.request)
                seen = closed_loop(port, row.clients, seconds, row.request)
                results.append(Result(size, row, seen, statements[row.name]))
        return results


@contextmanager
def server(folder: Path, *, count: bool = False) -> Iterator[int]:
    """The house's own web server, on a free port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, **({"BENCH_COUNT": "1"} if count else {})}
    command = [*GUNICORN, "--bind", f"{HOST}:{port}", "tests.bench.server:app"]
    child = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def _statements(port: int, row: Row) -> int | None:
    """The statements of one request, the second of its kind: caches of the process are warm then."""
    line, said = Line(port), None
    for _time in (1, 2, 3):
        request = row.request()
        if request is not None:
            said = line.ask(request).header("X-Statements")
    return int(said) if said else None


def _keep_house(engine_name: str, address: str) -> None:
    """What the database's own housekeeping would have done by then: statistics; on SQLite the log of the fill, gone."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine_name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


def table(results: Sequence[Result]) -> str:
    """The rows of one size, in Markdown."""
    floor = {result.row.clients: result.seen.percentile(0.5) for result in results if "hello" in result.row.name}
    lines = [
        f"\n{results[0].size if results else 0} bookings\n",
        "| operation | clients | p50 ms | p95 ms | req/s | SQL | kB | × hello | answers |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        seen, least = result.seen, floor.get(result.row.clients, 0)
        ratio = f"{seen.percentile(0.5) / least:.1f}" if least else "–"
        right = seen.statuses.get(result.row.right, 0)
        wrong = {status: number for status, number in seen.statuses.items() if status != result.row.right}
        answers = f"{right} × {result.row.right}" + "".join(
            f", {number} × {status}" for status, number in wrong.items()
        )
        lines.append(
            f"| {result.row.name} | {result.row.clients} | {seen.percentile(0.5):.1f} | {seen.percentile(0.95):.1f} "
            f"| {seen.per_second:.0f} | {'–' if result.statements is None else result.statements} "
            f"| {seen.kilobytes:.0f} | {ratio} | {answers} |"
        )
    return "\n".join(lines)


def growth(results: Sequence[Result], least: int, most: int) -> str:
    """p50 at the largest size over p50 at the smallest; the house promises 1.2 at most."""
    small = {result.key: result.seen.percentile(0.5) for result in results if result.size == least}
    large = {result.key: result.seen.percentile(0.5) for result in results if result.size == most}
    lines = [f"\nGrowth from {least} to {most} bookings (p50)\n", "| operation | clients | × |", "|---|---|---|"]
    for (name, clients), before in small.items():
        if before and (name, clients) in large:
            lines.append(f"| {name} | {clients} | {large[name, clients] / before:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
