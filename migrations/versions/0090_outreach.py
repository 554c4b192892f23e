"""Calls to those who no longer come to their group.

Revision 0090, after 0082.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0090"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "outreach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(14), nullable=False),
        sa.Column("aside_until", sa.Date(), nullable=True, comment="listed again on this day; empty: still listed"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False, comment="who looks after it"),
        sa.Column("request_key", sa.String(64), nullable=True, comment="a form sent twice writes once"),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="noted by mistake"),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('reached', 'no_answer', 'coming_back', 'wants_to_stop', 'body_told')",
            name=op.f("ck_outreach_outcome"),
        ),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name=op.f("ck_outreach_taken_back_by")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_outreach_enrolment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_outreach_by_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["person.id"], name=op.f("fk_outreach_taken_back_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach")),
        sa.UniqueConstraint("request_key", name=op.f("uq_outreach_request_key")),
    )
    op.create_index("ix_outreach_enrolment_id", "outreach", ["enrolment_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("outreach")
