"""Who waits for a machine, in the line of a day or to be told when there is room.

Revision 0057, after 0060.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0057"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("in_line", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("offered_start", UtcDateTime(), nullable=True, comment="the hour offered, for so many minutes"),
        sa.Column("offered_until", UtcDateTime(), nullable=True, comment="until when it is kept for them"),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_waiting_lasts")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_waiting_minutes_positive")),
        sa.CheckConstraint(
            "(offered_start IS NULL) = (offered_until IS NULL)", name=op.f("ck_waiting_offered_whole")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiting_person_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["machine.id"], name=op.f("fk_waiting_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waiting_public_id")),
    )
    op.create_index("ix_waiting_line", "waiting", ["resource_id", "starts_at"])
    op.create_index("ix_waiting_person", "waiting", ["person_id", "ends_at"])
    op.create_index("ix_waiting_ends", "waiting", ["ends_at"])
    op.create_index("ix_waiting_offered", "waiting", ["offered_until"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("waiting")
