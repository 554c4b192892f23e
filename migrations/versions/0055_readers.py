"""Readers at machines, and what they say happened.

Revision 0055, after 0036.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0055"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False, comment="sha256 of its key"),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="revoked: its key opens nothing more"),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["person.id"], name=op.f("fk_reader_enrolled_by_id")),
        sa.ForeignKeyConstraint(["machine_id"], ["machine.id"], name=op.f("fk_reader_machine_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_reader_key_digest")),
    )
    op.create_index(op.f("ix_reader_machine_id"), "reader", ["machine_id"])
    op.create_table(
        "reader_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False, comment="the reader's own name of the event"),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "run",
            sa.String(length=64),
            nullable=True,
            comment="of a stop: the key of the start it ends",
        ),
        sa.Column("at", UtcDateTime(), nullable=False, comment="when it happened, the reader's clock set right"),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column(
            "beat_at", UtcDateTime(), nullable=True, comment="of a start: the last sign that the current is still on"
        ),
        sa.Column(
            "offline",
            sa.Boolean(),
            nullable=False,
            comment="it happened without the network, by the list kept on the reader",
        ),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False, comment="of refusals, asked as it was received; [] none"),
        sa.CheckConstraint(
            "kind IN ('start', 'stop', 'refused')", name=op.f("ck_reader_event_kind_known")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_reader_event_booking_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["reader.id"], name=op.f("fk_reader_event_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_event")),
        sa.UniqueConstraint("reader_id", "key", name="uq_reader_event_key"),
    )
    op.create_index("ix_reader_event_time", "reader_event", ["reader_id", "at"])
    op.create_index("ix_reader_event_booking", "reader_event", ["booking_id"])


def downgrade() -> None:
    """Forget the readers."""
    op.drop_table("reader_event")
    op.drop_table("reader")
