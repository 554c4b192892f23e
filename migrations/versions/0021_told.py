"""Letters in the reader's language that carry a date, ways chosen to be told, and whom the team calls.

Revision 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

import fablab.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_CALLS = sa.text("call_for IS NOT NULL")


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "letters_to",
                sa.String(length=254),
                nullable=True,
                comment="where a young person is written to; no way in, and siblings may share it",
            )
        )
        batch_op.add_column(
            sa.Column(
                "letters_refused_at",
                fablab.db.UtcDateTime(),
                nullable=True,
                comment="since when a mail server says: no such address",
            )
        )
        batch_op.add_column(
            sa.Column(
                "told_by",
                sa.JSON(none_as_null=True),
                nullable=True,
                comment="group of notices -> letter, page or nothing; missing: letter",
            )
        )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=2), server_default="fr", nullable=False))
        batch_op.add_column(
            sa.Column(
                "calendar",
                sa.JSON(none_as_null=True),
                nullable=True,
                comment="what it carries for the reader's calendar",
            )
        )
        batch_op.add_column(
            sa.Column(
                "repeated_at",
                fablab.db.UtcDateTime(),
                nullable=True,
                comment="its sender was killed: it left again, once",
            )
        )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column(
                "call_for",
                sa.String(length=12),
                nullable=True,
                comment="why the team tells it: no letter reaches them",
            )
        )
        batch_op.add_column(
            sa.Column(
                "called_at", fablab.db.UtcDateTime(), nullable=True, comment="somebody of the team told it"
            )
        )
        batch_op.add_column(sa.Column("called_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_message_called_by_id"), "person", ["called_by_id"], ["id"])
        batch_op.create_index(
            "ix_message_call", ["created_at"], unique=False, postgresql_where=_CALLS, sqlite_where=_CALLS
        )


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_call", postgresql_where=_CALLS, sqlite_where=_CALLS)
        batch_op.drop_constraint(batch_op.f("fk_message_called_by_id"), type_="foreignkey")
        for name in ("called_by_id", "called_at", "call_for", "notice"):
            batch_op.drop_column(name)
    with op.batch_alter_table("letter", schema=None) as batch_op:
        for name in ("repeated_at", "calendar", "language", "notice"):
            batch_op.drop_column(name)
    with op.batch_alter_table("person", schema=None) as batch_op:
        for name in ("told_by", "letters_refused_at", "letters_to"):
            batch_op.drop_column(name)
