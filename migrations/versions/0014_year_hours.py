"""The hours of a year by machine are read from indexes alone (ix_booking_resource, ix_booking_session).

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the index on (resource, start) and add that of group sessions."""
    op.drop_index("ix_booking_resource", table_name="booking")
    columns = ["resource_id", "starts_at", "ends_at", "kind", "status", "suspended"]
    op.create_index("ix_booking_resource", "booking", columns)
    sessions = sa.text("kind = 'session'")
    op.create_index(
        "ix_booking_session", "booking", ["starts_at"], postgresql_where=sessions, sqlite_where=sessions
    )


def downgrade() -> None:
    """Narrow it again."""
    op.drop_index("ix_booking_session", table_name="booking")
    op.drop_index("ix_booking_resource", table_name="booking")
    op.create_index("ix_booking_resource", "booking", ["resource_id", "starts_at"])
