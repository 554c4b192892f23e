"""A message says what it speaks of, and when a newer one about the same thing overtook it.

Revision 0031, after 0030.
"""

import sqlalchemy as sa
import fablab.db
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("message", sa.Column("about", sa.String(40), nullable=True, comment="«booking:412»: what it speaks of"))
    op.add_column(
        "message",
        sa.Column("overtaken_at", fablab.db.UtcDateTime(), nullable=True, comment="a newer one says how it is now"),
    )


def downgrade() -> None:
    """Go back to the one before."""
    op.drop_column("message", "overtaken_at")
    op.drop_column("message", "about")
