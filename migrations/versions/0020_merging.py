"""Two accounts of one person become one, and two again: what a merge moved, and pairs that are two people.

A validation stays as it was written; a merge, and nothing else, may say whose it is (docs/decisions, «merging»).

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEPT = (
    "id", "batch_id", "competency_id", "level", "level_label", "author_id", "at", "session_id", "evidence_code",
    "criteria", "note", "corrects_id", "reason",
)  # fmt: skip
MERGED = (
    "EXISTS (SELECT 1 FROM person_merge m WHERE m.undone_at IS NULL AND "
    "((m.gone_id = OLD.person_id AND m.kept_id = NEW.person_id) "
    "OR (m.kept_id = OLD.person_id AND m.gone_id = NEW.person_id)))"
)
POSTGRESQL = (
    "CREATE FUNCTION validation_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' THEN IF to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' "
    f"AND NEW.person_id <> OLD.person_id AND {MERGED} THEN RETURN NEW; END IF; END IF; "
    "RAISE EXCEPTION 'append_only: validation is never changed'; END $$"
)
SAME = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)
SQLITE = (
    "CREATE TRIGGER validation_append_only_update BEFORE UPDATE ON validation "
    f"WHEN NOT ({SAME} AND NEW.person_id <> OLD.person_id AND {MERGED}) "
    "BEGIN SELECT RAISE(ABORT, 'append_only: validation is never changed'); END"
)
SQLITE_BEFORE = (
    "CREATE TRIGGER validation_append_only_update BEFORE UPDATE ON validation "
    "BEGIN SELECT RAISE(ABORT, 'append_only: validation is never changed'); END"
)


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "person_apart",
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_person_apart_in_order")),
        sa.ForeignKeyConstraint(["one_id"], ["person.id"], name=op.f("fk_person_apart_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_person_apart_other_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_person_apart_said_by_id")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_person_apart")),
    )
    op.create_index("ix_person_apart_other_id", "person_apart", ["other_id"])
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False, comment="table.column -> ids of the rows that changed person"),
        sa.Column(
            "changed",
            sa.JSON(),
            nullable=False,
            comment="table, id, column, before, after; emptied when it can be undone no more",
        ),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_person_merge_two_accounts")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_person_merge_by_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_person_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_person_merge_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_merge_public_id")),
    )
    op.create_index("ix_person_merge_at", "person_merge", ["at"])
    op.create_index("ix_person_merge_kept", "person_merge", ["kept_id"])
    op.create_index(
        "uq_person_merge_gone",
        "person_merge",
        ["gone_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("merged_into_id", sa.Integer(), nullable=True, comment="the account that holds all of it now")
        )
        batch_op.create_foreign_key(op.f("fk_person_merged_into_id"), "person", ["merged_into_id"], ["id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER validation_append_only ON validation")
        op.execute(POSTGRESQL)
        op.execute(
            "CREATE TRIGGER validation_append_only BEFORE UPDATE OR DELETE ON validation "
            "FOR EACH ROW EXECUTE FUNCTION validation_kept()"
        )
    else:
        op.execute("DROP TRIGGER validation_append_only_update")
        op.execute(SQLITE)


def downgrade() -> None:
    """Go back to the one before: what was merged stays where it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER validation_append_only ON validation")
        op.execute("DROP FUNCTION validation_kept()")
        op.execute(
            "CREATE TRIGGER validation_append_only BEFORE UPDATE OR DELETE ON validation "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    else:
        op.execute("DROP TRIGGER validation_append_only_update")
        op.execute(SQLITE_BEFORE)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_person_merged_into_id"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
    op.drop_table("person_merge")
    op.drop_table("person_apart")
