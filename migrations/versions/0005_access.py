"""Open sessions, and the second step of the team.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "open_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False, comment="sha256 of the key in the cookie"),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False, comment="coarse words: Chrome, Android"),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_open_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_session")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_open_session_key_digest")),
    )
    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_session_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="keyed digest of an 80-bit code"),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "digest", name="uq_recovery_code"),
    )
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "nonce", sa.String(length=64), nullable=False, comment="the secret is made of it and of the house's own key"
        ),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column(
            "last_step", sa.Integer(), nullable=False, comment="the last thirty seconds accepted: no code serves twice"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )


def downgrade() -> None:
    """Go back to the one before."""
    op.drop_table("second_factor")
    op.drop_table("recovery_code")
    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_session_person_id"))
        batch_op.drop_index(batch_op.f("ix_open_session_ends_at"))

    op.drop_table("open_session")
