"""Where somebody stood after a pathway, at the exit and some time later.

Revision 0165, after 0141.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0165"
down_revision = "0141"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "exit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(6), nullable=False, comment="w0: at the exit; w4: four weeks later; m6: six months"),
        sa.Column("situation_code", sa.String(40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False, comment="the day on which it was so"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(64), nullable=True, comment="a form sent twice writes once"),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="noted by mistake"),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name=op.f("ck_exit_check_taken_back_by")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_exit_check_enrolment_id")),
        sa.ForeignKeyConstraint(
            ["situation_code"], ["exit_situation.code"], name=op.f("fk_exit_check_situation_code")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_exit_check_by_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["person.id"], name=op.f("fk_exit_check_taken_back_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_check")),
        sa.UniqueConstraint("public_id", name=op.f("uq_exit_check_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_exit_check_request_key")),
    )
    op.create_index("ix_exit_check_enrolment", "exit_check", ["enrolment_id", "step"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("exit_check")
