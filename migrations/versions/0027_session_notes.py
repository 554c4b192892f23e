"""Notes of a session, near-misses and accidents; each call is kept once, whoever sends it twice.

Revision 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

import fablab.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "session_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "text", sa.String(length=500), nullable=False, comment="about the session, never about a person"
        ),
        sa.Column("told", sa.JSON(), nullable=False, comment="codes of who was told of an accident"),
        sa.Column("at", fablab.db.UtcDateTime(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True, comment="a form sent twice writes once"),
        sa.CheckConstraint("kind IN ('note', 'near_miss', 'accident')", name=op.f("ck_session_note_kind_known")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_session_note_author_id")),
        sa.ForeignKeyConstraint(["session_id"], ["training_session.id"], name=op.f("fk_session_note_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_note")),
        sa.UniqueConstraint("request_key", name=op.f("uq_session_note_request_key")),
    )
    op.create_index("ix_session_note_session", "session_note", ["session_id"])
    op.create_table(
        "roll_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", fablab.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_roll_call_author_id")),
        sa.ForeignKeyConstraint(["session_id"], ["training_session.id"], name=op.f("fk_roll_call_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_call")),
        sa.UniqueConstraint("key", name=op.f("uq_roll_call_key")),
    )
    op.create_index("ix_roll_call_session_id", "roll_call", ["session_id"])


def downgrade() -> None:
    """Go back to the one before."""
    op.drop_table("roll_call")
    op.drop_table("session_note")
