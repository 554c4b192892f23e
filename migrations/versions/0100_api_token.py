"""Keys for programs, and what was answered to what they wrote.

Revision 0100, after 0105.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0100"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False, comment="in whose name it acts"),
        sa.Column("kind", sa.String(5), nullable=False, comment="own: its maker's things; house: everybody's"),
        sa.Column("name", sa.String(60), nullable=False, comment="which program it is for"),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("key_digest", sa.String(64), nullable=False, comment="sha256 of the key"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, comment="first moment it opens nothing"),
        sa.Column("used_at", UtcDateTime(), nullable=True, comment="last used, to a few minutes"),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="revoked, or its maker's access ended"),
        sa.CheckConstraint("kind IN ('own', 'house')", name=op.f("ck_api_token_kind_known")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_token_lasts")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_api_token_key_digest")),
    )
    op.create_index("ix_api_token_person_id", "api_token", ["person_id"])
    op.create_table(
        "api_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("asked_digest", sa.String(64), nullable=False, comment="sha256 of method, address and body"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True, comment="empty: it is being done"),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_api_answer_token_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answer")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_api_answer")),
    )
    op.create_index("ix_api_answer_asked_at", "api_answer", ["asked_at"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("api_answer")
    op.drop_table("api_token")
