"""Drafts of pathways, words of a competency by version, people moved from a version to another.

What was validated, shown or asked keeps what its competency was called that day.

Revision 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

#: of 0025
BEFORE = (
    "id", "batch_id", "competency_id", "level", "level_label", "author_id", "at", "session_id", "evidence_code",
    "criteria", "note", "corrects_id", "reason", "needs_second",
)  # fmt: skip
KEPT = (*BEFORE, "title", "i_can")
CALLED = "(SELECT {what} FROM competency WHERE competency.id = {table}.competency_id)"


def upgrade() -> None:
    """Go to this revision."""
    # Not in batch: rebuilding these tables on SQLite would lose their triggers.
    op.add_column("pathway_version", sa.Column("retired_at", UtcDateTime(), nullable=True))
    what = "stands in a draft only: nobody meets it before it is published"
    op.add_column(
        "competency", sa.Column("draft", sa.Boolean(), nullable=False, server_default=sa.false(), comment=what)
    )
    what = "code of the one it comes from, as proposed"
    op.add_column("competency", sa.Column("replaces", sa.String(length=20), nullable=True, comment=what))
    what = "in this version; empty: as the house says"
    op.add_column("stage_target", sa.Column("own_title", sa.String(length=160), nullable=True, comment=what))
    what = "as own_title"
    op.add_column("stage_target", sa.Column("own_i_can", sa.String(length=200), nullable=True, comment=what))
    op.add_column("stage_target", sa.Column("own_criteria", sa.JSON(), nullable=True, comment=what))
    what = "ids of the versions followed before being moved; empty: never moved"
    op.add_column("enrolment", sa.Column("earlier_versions", sa.JSON(), nullable=True, comment=what))
    what = "ids of the versions lived before being moved; empty: never moved"
    op.add_column("training_group", sa.Column("earlier_versions", sa.JSON(), nullable=True, comment=what))
    _freeze_words()
    _moves()
    op.execute(
        "UPDATE pathway_version SET retired_at = (SELECT MIN(later.published_at) FROM pathway_version later "
        "WHERE later.pathway_id = pathway_version.pathway_id AND later.number > pathway_version.number) "
        "WHERE status = 'retired'"
    )


def downgrade() -> None:
    """Go back to the one before: whoever was moved stays where they are."""
    for table in ("carried_level", "moved_enrolment", "version_move"):
        op.drop_table(table)
    _watch(BEFORE)
    for table, column in (
        ("validation", "i_can"), ("validation", "title"), ("evidence_shows", "title"), ("validation_request", "title"),
        ("enrolment", "earlier_versions"), ("training_group", "earlier_versions"), ("stage_target", "own_criteria"), ("stage_target", "own_i_can"),
        ("stage_target", "own_title"), ("competency", "replaces"), ("competency", "draft"),
        ("pathway_version", "retired_at"),
    ):  # fmt: skip
        op.drop_column(table, column)


def _freeze_words() -> None:
    what = "frozen: what the competency was called that day"
    title = sa.Column("title", sa.String(length=160), nullable=False, server_default="", comment=what)
    op.add_column("validation", title)
    what = "frozen: the sentence young people read that day"
    op.add_column(
        "validation", sa.Column("i_can", sa.String(length=200), nullable=False, server_default="", comment=what)
    )
    what = "frozen: what the competency was called that day"
    for table in ("evidence_shows", "validation_request"):
        op.add_column(table, sa.Column("title", sa.String(length=160), nullable=True, comment=what))
        op.execute(f"UPDATE {table} SET title = {CALLED.format(what='title', table=table)}")
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE validation DISABLE TRIGGER validation_append_only")
    else:
        op.execute("DROP TRIGGER validation_append_only_update")
    words = ", ".join(f"{what} = {CALLED.format(what=what, table='validation')}" for what in ("title", "i_can"))
    op.execute(f"UPDATE validation SET {words}")
    if postgresql:
        op.execute("ALTER TABLE validation ENABLE TRIGGER validation_append_only")
    else:
        _make_watch(KEPT)


def _moves() -> None:
    op.create_table(
        "version_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "mapping", sa.JSON(), nullable=False, comment="code of a competency -> codes of those it counts for"
        ),
        sa.Column("groups", sa.JSON(), nullable=False, comment="ids of the groups moved with their people"),
        sa.Column(
            "sessions", sa.JSON(), nullable=False, comment="sessions to come: [id, stage before, stage after]"
        ),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["pathway_version.id"], name=op.f("fk_version_move_from_version_id")
        ),
        sa.ForeignKeyConstraint(["to_version_id"], ["pathway_version.id"], name=op.f("fk_version_move_to_version_id")),
        sa.ForeignKeyConstraint(["moved_by_id"], ["person.id"], name=op.f("fk_version_move_moved_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_version_move_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_move")),
        sa.UniqueConstraint("public_id", name=op.f("uq_version_move_public_id")),
    )
    op.create_index("ix_version_move_to", "version_move", ["to_version_id"])
    op.create_index(op.f("ix_version_move_from_version_id"), "version_move", ["from_version_id"])
    op.create_table(
        "moved_enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_moved_enrolment_enrolment_id")),
        sa.ForeignKeyConstraint(["move_id"], ["version_move.id"], name=op.f("fk_moved_enrolment_move_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_enrolment")),
        sa.UniqueConstraint("move_id", "enrolment_id", name="uq_moved_enrolment"),
    )
    op.create_index(op.f("ix_moved_enrolment_enrolment_id"), "moved_enrolment", ["enrolment_id"])
    op.create_table(
        "carried_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="the move was undone"),
        sa.ForeignKeyConstraint(["from_id"], ["competency.id"], name=op.f("fk_carried_level_from_id")),
        sa.ForeignKeyConstraint(["move_id"], ["version_move.id"], name=op.f("fk_carried_level_move_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_carried_level_person_id")),
        sa.ForeignKeyConstraint(["to_id"], ["competency.id"], name=op.f("fk_carried_level_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried_level")),
    )
    op.create_index("ix_carried_level_person", "carried_level", ["person_id"])
    op.create_index(op.f("ix_carried_level_move_id"), "carried_level", ["move_id"])


def _watch(columns: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER validation_append_only_update")
        _make_watch(columns)


def _make_watch(columns: tuple[str, ...]) -> None:
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
    merged = (
        "EXISTS (SELECT 1 FROM person_merge m WHERE m.undone_at IS NULL AND "
        "((m.gone_id = OLD.person_id AND m.kept_id = NEW.person_id) "
        "OR (m.kept_id = OLD.person_id AND m.gone_id = NEW.person_id)))"
    )
    op.execute(
        "CREATE TRIGGER validation_append_only_update BEFORE UPDATE ON validation "
        f"WHEN NOT ({same} AND NEW.person_id <> OLD.person_id AND {merged}) "
        "BEGIN SELECT RAISE(ABORT, 'append_only: validation is never changed'); END"
    )
