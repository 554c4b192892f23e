"""What the whole house has taken during a time is one range of an index (ix_claim_time).

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    held = {"postgresql_where": sa.text("holds"), "sqlite_where": sa.text("holds = 1")}
    op.create_index("ix_claim_time", "claim", ["starts_at"], **held)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_claim_time", table_name="claim")
