"""Words of a version: chosen by it, or kept from before the house said a competency otherwise.

Revision 0040, after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: words written before it are taken for chosen ones."""
    kept = "its own words are those of before the house said it otherwise"
    column = sa.Column("own_kept", sa.Boolean(), server_default=sa.false(), nullable=False, comment=kept)
    op.add_column("stage_target", column)


def downgrade() -> None:
    """Forget the difference."""
    op.drop_column("stage_target", "own_kept")
