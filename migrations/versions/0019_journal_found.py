"""The journal is found again by whom and what it touches, by who acted and by act; never changed either.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: table of a thing -> the columns that say a person, with what else it touches
PEOPLE = {
    "attendance": ("person_id",),
    "authorisation": ("person_id",),
    "award": ("person_id",),
    "booking": ("holder_id",),
    "data_request": ("person_id",),
    "enrolment": ("person_id",),
    "follow_up": ("person_id", "referent_id"),
    "open_session": ("person_id",),
    "shift": ("person_id",),
    "validation": ("person_id",),
    "validator_right": ("person_id",),
}
OTHERS = (
    ("booking", "resource", "resource_id"),
    ("closure", "resource", "resource_id"),
    ("closure", "place", "place_id"),
    ("attendance", "training_session", "session_id"),
    ("enrolment", "training_group", "group_id"),
    ("training_session", "training_group", "group_id"),
)


def upgrade() -> None:
    """Add the table and what the lines there already are touch."""
    op.create_table(
        "journal_about",
        sa.Column("thing", sa.String(length=40), nullable=False, comment="table of what is touched"),
        sa.Column("thing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False, comment="as of the entry: found in order"),
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_about_entry_id")),
        sa.PrimaryKeyConstraint("thing", "thing_id", "at", "entry_id", name=op.f("pk_journal_about")),
    )
    op.create_index(op.f("ix_journal_about_entry_id"), "journal_about", ["entry_id"])
    op.drop_index(op.f("ix_journal_entry_at"), "journal_entry")
    op.create_index("ix_journal_entry_at", "journal_entry", ["at", "id"])
    op.create_index("ix_journal_entry_actor", "journal_entry", ["actor_id", "at", "id"])
    op.create_index("ix_journal_entry_verb", "journal_entry", ["verb", "at", "id"])
    for table, columns in PEOPLE.items():
        for column in columns:
            _touch(table, "person", column)
    for table, thing, column in OTHERS:
        _touch(table, thing, column)
    op.execute(
        "INSERT INTO journal_about (thing, thing_id, at, entry_id) "
        "SELECT DISTINCT 'person', validation.person_id, journal_entry.at, journal_entry.id FROM journal_entry "
        "JOIN validation ON validation.batch_id = journal_entry.thing_id "
        "WHERE journal_entry.thing = 'validation_batch'"
    )
    _forbid()


def downgrade() -> None:
    """Find by thing and by day only, as before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER journal_about_append_only ON journal_about")
    op.drop_index("ix_journal_entry_verb", "journal_entry")
    op.drop_index("ix_journal_entry_actor", "journal_entry")
    op.drop_index("ix_journal_entry_at", "journal_entry")
    op.create_index(op.f("ix_journal_entry_at"), "journal_entry", ["at"])
    op.drop_table("journal_about")


def _touch(table: str, thing: str, column: str) -> None:
    op.execute(
        "INSERT INTO journal_about (thing, thing_id, at, entry_id) "
        f"SELECT '{thing}', {table}.{column}, journal_entry.at, journal_entry.id FROM journal_entry "
        f"JOIN {table} ON {table}.id = journal_entry.thing_id "
        f"WHERE journal_entry.thing = '{table}' AND {table}.{column} IS NOT NULL"
    )


def _forbid() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER journal_about_append_only BEFORE UPDATE OR DELETE ON journal_about "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER journal_about_append_only_{act.lower()} BEFORE {act} ON journal_about "
            "BEGIN SELECT RAISE(ABORT, 'append_only: journal_about is never changed'); END"
        )
