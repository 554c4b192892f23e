"""Who wants to be told when a thing that is out of service is back.

Revision 0045, after 0040.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0045"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "return_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_return_wish_person_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_return_wish_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_wish")),
        sa.UniqueConstraint("person_id", "resource_id", name=op.f("uq_return_wish_person")),
    )
    op.create_index("ix_return_wish_resource_id", "return_wish", ["resource_id"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("return_wish")
