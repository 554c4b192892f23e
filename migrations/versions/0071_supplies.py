"""Materials of the machines: how much is there, what came and went.

Revision 0071, after 0081.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0071"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "supply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False, comment="as the sheets of machines write it"),
        sa.Column("unit", sa.String(length=20), nullable=False, comment="counted in whole ones: g, cm, feuille"),
        sa.Column("low_at", sa.Integer(), nullable=True, comment="under it the coordination is told; empty: never"),
        sa.CheckConstraint("low_at >= 0", name=op.f("ck_supply_low_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply")),
        sa.UniqueConstraint("public_id", name=op.f("uq_supply_public_id")),
        sa.UniqueConstraint("name", name=op.f("uq_supply_name")),
    )
    op.create_table(
        "supply_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("supply_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="in units of the material, negative when it went"),
        sa.Column("cents", sa.Integer(), nullable=True, comment="what was paid for all of what came"),
        sa.Column("booking_id", sa.Integer(), nullable=True, comment="of a use"),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False, comment="a form sent twice moves once"),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('in', 'use', 'count')", name=op.f("ck_supply_move_kind_known")),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_supply_move_moves")),
        sa.CheckConstraint(
            "(kind <> 'in' OR quantity > 0) AND (kind <> 'use' OR quantity < 0)", name=op.f("ck_supply_move_right_way")
        ),
        sa.CheckConstraint(
            "cents IS NULL OR (kind = 'in' AND cents >= 0)", name=op.f("ck_supply_move_price_of_what_came")
        ),
        sa.ForeignKeyConstraint(["supply_id"], ["supply.id"], name=op.f("fk_supply_move_supply_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_supply_move_booking_id")),
        sa.ForeignKeyConstraint(["moved_by_id"], ["person.id"], name=op.f("fk_supply_move_moved_by_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["person.id"], name=op.f("fk_supply_move_taken_back_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_move")),
        sa.UniqueConstraint("public_id", name=op.f("uq_supply_move_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_supply_move_request_key")),
    )
    op.create_index("ix_supply_move_supply", "supply_move", ["supply_id", "moved_at"])
    op.create_index("ix_supply_move_booking_id", "supply_move", ["booking_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("supply_move")
    op.drop_table("supply")
