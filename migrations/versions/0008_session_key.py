"""The form that plans a session has a key: sent twice, it plans once.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sessions that exist have no key."""
    with op.batch_alter_table("training_session", schema=None) as table:
        table.add_column(
            sa.Column("request_key", sa.String(length=64), nullable=True, comment="a form sent twice plans once")
        )
        table.create_unique_constraint("uq_training_session_request_key", ["request_key"])


def downgrade() -> None:
    """Without the key."""
    with op.batch_alter_table("training_session", schema=None) as table:
        table.drop_constraint("uq_training_session_request_key", type_="unique")
        table.drop_column("request_key")
