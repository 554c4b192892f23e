"""How the database means to answer a statement: the steps of its plan."""

import json
from collections.abc import Iterator
from typing import Any

from fablab.db import db


def steps(statement: str, parameters: Any) -> list[str]:
    """The steps: «SEARCH booking USING …», «SCAN claim» on SQLite; «Seq Scan on booking», «Sort» on PostgreSQL."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return [
        f"{node['Node Type']} on {node['Relation Name']}" if "Relation Name" in node else str(node["Node Type"])
        for node in _nodes(plan[0]["Plan"])
    ]


def full_scans(statement: str, parameters: Any) -> list[str]:
    """The steps that read all of booking or claim."""
    on_postgresql = ("Seq Scan on booking", "Seq Scan on claim")
    on_sqlite = ("SCAN booking", "SCAN claim", "SCAN earlier")
    return [step for step in steps(statement, parameters) if step in on_postgresql or step.startswith(on_sqlite)]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
