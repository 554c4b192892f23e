"""A piece may be an expected proof of a stage, ticked by the team.

Revision 0060, after 0056.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: no piece so far is one."""
    column = sa.Column("stage_id", sa.Integer(), nullable=True, comment="the text is an expected proof of it, ticked")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(column)
        batch_op.create_foreign_key(batch_op.f("fk_evidence_stage_id"), "stage", ["stage_id"], ["id"])
        batch_op.create_check_constraint(batch_op.f("ck_evidence_ticked"), "stage_id IS NULL OR kind = 'checklist'")


def downgrade() -> None:
    """Forget of which stage they are: the words stay."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_evidence_ticked"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_evidence_stage_id"), type_="foreignkey")
        batch_op.drop_column("stage_id")
