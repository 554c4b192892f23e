"""Tablets that the team shares.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("kiosk", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "for_team",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="a tablet that the team shares: it changes person by code",
            )
        )

    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kiosk_id",
                sa.Integer(),
                nullable=True,
                comment="the team's shared tablet on which somebody said their password",
            )
        )
        batch_op.create_index(batch_op.f("ix_open_session_kiosk_id"), ["kiosk_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_open_session_kiosk_id"), "kiosk", ["kiosk_id"], ["id"])


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_open_session_kiosk_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_open_session_kiosk_id"))
        batch_op.drop_column("kiosk_id")

    with op.batch_alter_table("kiosk", schema=None) as batch_op:
        batch_op.drop_column("for_team")
