"""A paper of an organisation may say its first day.

Revision 0140, after 0097.
"""

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0097"
branch_labels = None
depends_on = None

PAPER, NAME = "structure_paper", "ck_structure_paper_covers_a_time"


def upgrade() -> None:
    """Add the day; SQLite takes the rule with the column, since making the table anew would lose its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {PAPER} ADD COLUMN covers_from DATE CONSTRAINT {NAME} CHECK (covers_from <= covers_until)"
        )
        return
    op.add_column(
        PAPER, sa.Column("covers_from", sa.Date(), comment="first day, as written on it; empty: since before")
    )
    op.create_check_constraint(op.f(NAME), PAPER, "covers_from <= covers_until")


def downgrade() -> None:
    """Forget it; SQLite drops the rule with its column."""
    op.drop_column(PAPER, "covers_from")
