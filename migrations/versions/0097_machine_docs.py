"""The photo and documents of a machine.

Revision 0097, after 0096.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "machine_doc",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("title", sa.String(80), nullable=False, comment="of a photo: what one sees on it"),
        sa.Column("url", sa.String(500), nullable=True),
        sa.Column("file_key", sa.String(32), nullable=True, comment="names its files in the folder"),
        sa.Column("file_name", sa.String(80), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(64), nullable=False, comment="a form sent twice adds once"),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('photo', 'file', 'link')", name=op.f("ck_machine_doc_kind")),
        sa.CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name=op.f("ck_machine_doc_link_has_address")),
        sa.CheckConstraint("(kind = 'link') = (file_key IS NULL)", name=op.f("ck_machine_doc_file_has_key")),
        sa.ForeignKeyConstraint(["machine_id"], ["machine.id"], name=op.f("fk_machine_doc_machine_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_machine_doc_added_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["person.id"], name=op.f("fk_machine_doc_removed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_doc")),
        sa.UniqueConstraint("public_id", name=op.f("uq_machine_doc_public_id")),
        sa.UniqueConstraint("file_key", name=op.f("uq_machine_doc_file_key")),
        sa.UniqueConstraint("request_key", name=op.f("uq_machine_doc_request_key")),
    )
    op.create_index("ix_machine_doc_machine", "machine_doc", ["machine_id", "added_at"])


def downgrade() -> None:
    """Forget them; their files are then found without a row."""
    op.drop_table("machine_doc")
