"""What was really done on a machine: check-in, check-out, material, state left.

Revision 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_STANDS = sa.text("taken_back_at IS NULL")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "machine_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("material", sa.String(length=120), nullable=True, comment="empty: the machine asks for none"),
        sa.Column("ticked", sa.JSON(), nullable=False, comment="protections and checks, as they were said"),
        sa.Column("planned_end", UtcDateTime(), nullable=False, comment="until when it was booked as it began"),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=True),
        sa.Column("material_used", sa.String(length=120), nullable=True, comment="how much, as it was said"),
        sa.Column(
            "remark", sa.String(length=300), nullable=True, comment="the mess or the fault; never about the person"
        ),
        sa.Column("correction", sa.String(length=300), nullable=True, comment="why the end was written later"),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="checked in by mistake"),
        sa.CheckConstraint("state IN ('fine', 'mess', 'fault')", name=op.f("ck_machine_use_state_known")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_machine_use_lasts")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_machine_use_booking_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["person.id"], name=op.f("fk_machine_use_started_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_machine_use_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_use")),
    )
    op.create_index("ix_machine_use_booking_id", "machine_use", ["booking_id"])
    op.create_index("ix_machine_use_state", "machine_use", ["state", "ended_at"])
    op.create_index(
        "uq_machine_use_booking",
        "machine_use",
        ["booking_id"],
        unique=True,
        postgresql_where=_STANDS,
        sqlite_where=_STANDS,
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("machine_use")
