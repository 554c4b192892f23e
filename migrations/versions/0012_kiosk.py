"""Kiosks, and the short code that young people use there.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "kiosk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False, comment="sha256 of the key in its cookie"),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["person.id"], name=op.f("fk_kiosk_enrolled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_kiosk_key_digest")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "short_hash", sa.String(length=200), nullable=True, comment="argon2 of a 4-digit code, for kiosks only"
            )
        )



def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("short_hash")

    op.drop_table("kiosk")
