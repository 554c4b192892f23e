"""Looking after machines: what is planned, and the log of what was done.

Revision 0070, after 0080.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0070"
down_revision = "0080"
branch_labels = None
depends_on = None

_PLANNED = sa.text("stopped_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "machine_care",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False, comment="its checklist, in order"),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("every_hours", sa.Integer(), nullable=True, comment="hours of use of the machine"),
        sa.Column("counts_from", UtcDateTime(), nullable=False, comment="since when it counts, until it is done a first time"),
        sa.Column("closure_id", sa.Integer(), nullable=True, comment="of the last time it stopped"),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "every_days IS NOT NULL OR every_hours IS NOT NULL", name=op.f("ck_machine_care_comes_back")
        ),
        sa.CheckConstraint("every_days > 0", name=op.f("ck_machine_care_days_positive")),
        sa.CheckConstraint("every_hours > 0", name=op.f("ck_machine_care_hours_positive")),
        sa.ForeignKeyConstraint(["machine_id"], ["machine.id"], name=op.f("fk_machine_care_machine_id")),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name=op.f("fk_machine_care_closure_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["person.id"], name=op.f("fk_machine_care_planned_by_id")),
        sa.ForeignKeyConstraint(["stopped_by_id"], ["person.id"], name=op.f("fk_machine_care_stopped_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_care")),
        sa.UniqueConstraint("public_id", name=op.f("uq_machine_care_public_id")),
    )
    op.create_index(
        "ix_machine_care_planned", "machine_care", ["machine_id"], postgresql_where=_PLANNED, sqlite_where=_PLANNED
    )
    op.create_table(
        "machine_care_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("care_id", sa.Integer(), nullable=True, comment="what was done, all its steps"),
        sa.Column("words", sa.String(length=300), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False, comment="a form sent twice is one line"),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "care_id IS NOT NULL OR words IS NOT NULL", name=op.f("ck_machine_care_line_says_something")
        ),
        sa.ForeignKeyConstraint(["machine_id"], ["machine.id"], name=op.f("fk_machine_care_line_machine_id")),
        sa.ForeignKeyConstraint(["care_id"], ["machine_care.id"], name=op.f("fk_machine_care_line_care_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_machine_care_line_written_by_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["person.id"], name=op.f("fk_machine_care_line_taken_back_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_care_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_machine_care_line_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_machine_care_line_request_key")),
    )
    op.create_index("ix_machine_care_line_machine", "machine_care_line", ["machine_id", "written_at"])
    op.create_index("ix_machine_care_line_care", "machine_care_line", ["care_id", "written_at"])
    op.create_index("ix_machine_care_line_written_by_id", "machine_care_line", ["written_by_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("machine_care_line")
    op.drop_table("machine_care")
