"""What the whole house has taken during a time is one range of an index (ix_claim_time).

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    held = {"postgresql_where": sa.text("holds"), "sqlite_where": sa.text("holds = 1")}
    op.create_index("ix_claim_time", "claim", ["starts_at"], **held)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_claim_time", table_name="claim")
