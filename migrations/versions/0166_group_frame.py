"""Under what a group meets, and who pays its hours; what a scheme does not pay for.

Revision 0166, after 0142.
"""

import sqlalchemy as sa
from alembic import op

revision = "0166"
down_revision = "0142"
branch_labels = None
depends_on = None

FRAMES = "'school', 'leisure_centre', 'workshop', 'training', 'accompanied'"


def upgrade() -> None:
    """Add the columns."""
    op.add_column(
        "scheme",
        sa.Column("excluded_pathways", sa.JSON(none_as_null=True), comment="codes of pathways that it does not pay for"),
    )
    with op.batch_alter_table("training_group") as table:
        table.add_column(sa.Column("legal_frame", sa.String(14), comment="under what its sessions are held"))
        table.add_column(sa.Column("scheme_id", sa.Integer(), comment="who pays its hours: one at most"))
        table.create_check_constraint(op.f("ck_training_group_legal_frame"), f"legal_frame IN ({FRAMES})")
        table.create_foreign_key(op.f("fk_training_group_scheme_id"), "scheme", ["scheme_id"], ["id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("training_group") as table:
        table.drop_constraint(op.f("fk_training_group_scheme_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_training_group_legal_frame"), type_="check")
        table.drop_column("scheme_id")
        table.drop_column("legal_frame")
    op.drop_column("scheme", "excluded_pathways")
