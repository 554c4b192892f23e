"""A badge handed to the wrong person and undone the same day is marked: it counts as never held.

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark."""
    with op.batch_alter_table("award") as batch_op:
        batch_op.add_column(
            sa.Column("undone_at", UtcDateTime(), comment="given by mistake, undone the same day: never held")
        )


def downgrade() -> None:
    """What was undone stays ended."""
    with op.batch_alter_table("award") as batch_op:
        batch_op.drop_column("undone_at")
