"""The papers of an enrolment, and who holds the parental authorisations of a group.

Revision 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_OPEN = sa.text("taken_back_at IS NULL")


def upgrade() -> None:
    """Make the table; nothing was ticked before."""
    op.create_table(
        "enrolment_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=False, comment="its code in the pathway's list"),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="ticked by mistake: it never came"),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name=op.f("ck_enrolment_paper_taken_back_by")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_paper_enrolment_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_enrolment_paper_recorded_by_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["person.id"], name=op.f("fk_enrolment_paper_taken_back_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_paper")),
    )
    op.create_index(
        "uq_enrolment_paper_held",
        "enrolment_paper",
        ["enrolment_id", "paper"],
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    with op.batch_alter_table("training_group") as batch_op:
        batch_op.add_column(
            sa.Column(
                "authorisations_held_by",
                sa.String(length=120),
                nullable=True,
                comment="the school or body that keeps the parental authorisations; empty: the house does",
            )
        )


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("training_group") as batch_op:
        batch_op.drop_column("authorisations_held_by")
    op.drop_table("enrolment_paper")
