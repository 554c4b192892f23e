"""What is kept of the house is read again as soon as the database changed, and only then."""

import re
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from bookings.queries_house import house_of, things_of
from fablab.catalogue import read
from fablab.db import Model, db, transaction
from fablab.home import catalogue as house_catalogue
from machines.queries import rules_of
from tests.conftest import NOW, Statements, make_app
from tests.databases import copy_of
from tests.make_bookings import make_place

ROOT = Path(__file__).parent.parent
#: the revisions that say which tables change the mark
REVISIONS = ("0006_house_mark", "0029_kept_stages", "0050_kept_structures")


def tables_of(revision: str) -> list[str]:
    source = (ROOT / f"migrations/versions/{revision}.py").read_text()
    listed = re.search(r"TABLES = \((.*?)\)", source, re.DOTALL)
    return re.findall(r'"(\w+)"', listed[1]) if listed else []


TABLES = [table for revision in REVISIONS for table in tables_of(revision)]


def mark() -> str:
    db.session.rollback()
    return str(db.session.execute(text("SELECT mark FROM house_mark")).scalar_one())


def test_every_table_of_the_house_changes_the_mark(app: Flask) -> None:
    house_catalogue.load_first(read(house_catalogue.SOURCES), by=None, now=NOW)
    assert len(TABLES) == 19
    for table in TABLES:
        before = mark()
        column = next(one for one in Model.metadata.tables[table].columns if not one.foreign_keys)
        with transaction() as session:
            session.execute(text(f"UPDATE {table} SET {column.name} = {column.name}"))  # names of ours
        assert mark() != before, table


def test_a_page_looks_at_the_mark_and_reads_nothing_else_again(session: Session, count_statements: Statements) -> None:
    house_of(session), things_of(session), rules_of(session)
    session.rollback()
    count_statements.clear()
    house_of(session), things_of(session), rules_of(session)
    assert [statement for statement in count_statements if "house_mark" not in statement] == []
    assert len(count_statements) == 1


def test_two_databases_of_one_process_never_share_what_is_kept(
    migrated: str, tmp_path: Path, app: Flask, session: Session
) -> None:
    mine = make_place(name="La maison")
    assert house_of(db.session()).spots[mine.id].name == "La maison"
    with copy_of(migrated, tmp_path) as address:
        other = make_app(tmp_path, address)
        with other.app_context():
            theirs = make_place(name="L’autre maison")
            assert [spot.name for spot in house_of(db.session()).spots.values()] == ["L’autre maison"]
            assert theirs.name == "L’autre maison"
            db.session.remove()
            db.engine.dispose()
    assert house_of(db.session()).spots[mine.id].name == "La maison"
