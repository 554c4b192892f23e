"""Which pathway somebody was redirected to.

Revision 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("redirected_to_id", sa.Integer(), nullable=True, comment="the other pathway")
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_enrolment_redirected_to_id"), "pathway", ["redirected_to_id"], ["id"]
        )


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_enrolment_redirected_to_id"), type_="foreignkey")
        batch_op.drop_column("redirected_to_id")
