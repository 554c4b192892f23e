"""A follow-up can be ended by hand, at once.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("ended_at", UtcDateTime(), nullable=True, comment="ended by hand: nothing is read from then on")
        )



def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_column("ended_at")

