"""How many really came to a room, counted at the door, beside how many were planned.

Revision 0080, after 0057.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0080"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "room_use",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("planned_people", sa.Integer(), nullable=False, comment="how many were said to come"),
        sa.Column("planned_end", UtcDateTime(), nullable=False, comment="until when it was booked as it began"),
        sa.Column(
            "counted", sa.Integer(), nullable=True, comment="how many came, seen at the door; empty: nobody counted"
        ),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("counted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("counted >= 1", name=op.f("ck_room_use_counted_positive")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_room_use_booking_id")),
        sa.ForeignKeyConstraint(["counted_by_id"], ["person.id"], name=op.f("fk_room_use_counted_by_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_room_use")),
    )


def downgrade() -> None:
    """Forget it: the bookings keep how many came."""
    op.drop_table("room_use")
