"""A material that is used no more.

Revision 0095, after 0090.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0095"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    comment = "not used any more; what moved stays"
    op.add_column("supply", sa.Column("retired_at", UtcDateTime(), nullable=True, comment=comment))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("supply", "retired_at")
