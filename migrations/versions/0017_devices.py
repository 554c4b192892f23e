"""Wrong tries are counted by identifier and device, and by day.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("lockout", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "device_of",
                sa.String(length=64),
                nullable=True,
                comment="of a device known to an identifier: the identifier's digest",
            )
        )
        batch_op.add_column(
            sa.Column(
                "day_tries",
                sa.Integer(),
                nullable=False,
                server_default="0",
                comment="wrong ones since day_began_at; a right secret forgets none",
            )
        )
        batch_op.add_column(sa.Column("day_began_at", UtcDateTime(), nullable=True))
        batch_op.create_index("ix_lockout_device_of", ["device_of"])


def downgrade() -> None:
    """Go back to the one before: devices are strangers again."""
    op.execute("DELETE FROM lockout WHERE device_of IS NOT NULL")
    with op.batch_alter_table("lockout", schema=None) as batch_op:
        batch_op.drop_index("ix_lockout_device_of")
        batch_op.drop_column("day_began_at")
        batch_op.drop_column("day_tries")
        batch_op.drop_column("device_of")
