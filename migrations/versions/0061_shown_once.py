"""Half of a secret that waits to be shown once.

Revision 0061, after 0070.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0061"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shown_once",
        sa.Column("mark", sa.String(32), nullable=False, comment="never given again: the pad of one row fits no other"),
        sa.Column("reader_id", sa.Integer(), nullable=False, comment="who asked for it: nobody else is shown it"),
        sa.Column("sealed", sa.String(600), nullable=False, comment="noise without the pad, which the cookie holds"),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_shown_once_reader_id")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_shown_once")),
    )
    op.create_index("ix_shown_once_reader_id", "shown_once", ["reader_id"])


def downgrade() -> None:
    """Forget it: what waited is shown no more."""
    op.drop_table("shown_once")
