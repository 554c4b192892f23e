"""Asking to be trained or seen, training slots, and competencies that two people must see.

Revision 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('own', 'session', 'rental'{})"
_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Add the columns and tables; a booking may be of kind «training»."""
    # Not in batch: rebuilding these tables on SQLite would lose their triggers.
    op.add_column(
        "competency",
        sa.Column(
            "second_check", sa.Boolean(), nullable=False, server_default=sa.false(),
            comment="a level counts once a second person saw it",
        ),
    )  # fmt: skip
    op.add_column(
        "validation",
        sa.Column(
            "needs_second", sa.Boolean(), nullable=False, server_default=sa.false(),
            comment="counts once another person saw as much; frozen that day",
        ),
    )  # fmt: skip
    what = "a first training; empty: the house's usual hour"
    op.add_column("badge", sa.Column("training_minutes", sa.Integer(), nullable=True, comment=what))
    what = "how many learn at once; empty: one"
    op.add_column("badge", sa.Column("training_places", sa.Integer(), nullable=True, comment=what))
    _allow(", 'training'", "own: one person; session: a group; rental: an organisation; training: learners on a machine")
    _training_request()
    _validation_request()
    _training_slot()


def _allow(more: str, comment: str) -> None:
    with op.batch_alter_table("booking", schema=None) as table:
        table.drop_constraint(op.f("ck_booking_kind_known"), type_="check")
        table.create_check_constraint(op.f("ck_booking_kind_known"), _KINDS.format(more))
        table.alter_column("kind", existing_type=sa.String(length=20), existing_nullable=False, comment=comment)


def _training_request() -> None:
    op.create_table(
        "training_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=True, comment="the machine it was asked from"),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=True, comment="words of the team; never about the person"),
        sa.Column("session_id", sa.Integer(), nullable=True, comment="the session to join"),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'planned', 'answered', 'done', 'withdrawn')",
            name=op.f("ck_training_request_status_known"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (status IN ('done', 'withdrawn'))",
            name=op.f("ck_training_request_closed_when_over"),
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_training_request_answered_by_id")),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_training_request_badge_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_training_request_person_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_training_request_resource_id")),
        sa.ForeignKeyConstraint(["session_id"], ["training_session.id"], name=op.f("fk_training_request_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_request_public_id")),
    )
    op.create_index("ix_training_request_badge", "training_request", ["badge_id", "asked_at"])
    op.create_index(op.f("ix_training_request_person_id"), "training_request", ["person_id"])
    op.create_index(
        "uq_training_request_open", "training_request", ["person_id", "badge_id"],
        unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
    )  # fmt: skip


def _validation_request() -> None:
    op.create_table(
        "validation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.Column("own_level", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False, comment="the young person's own sentence"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("answer_code", sa.String(length=20), nullable=True, comment="kind words chosen from the list"),
        sa.Column("answer", sa.String(length=300), nullable=True, comment="about the skill, never about the person"),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("own_level BETWEEN 1 AND 4", name=op.f("ck_validation_request_own_level_known")),
        sa.CheckConstraint(
            "outcome IN ('validated', 'to_complete', 'not_yet', 'withdrawn')",
            name=op.f("ck_validation_request_outcome_known"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_validation_request_closed_says_how")
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_validation_request_answered_by_id")),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_validation_request_competency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_validation_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_validation_request_public_id")),
    )
    op.create_index(op.f("ix_validation_request_person_id"), "validation_request", ["person_id"])
    op.create_index("ix_validation_request_waiting", "validation_request", ["closed_at", "asked_at"])
    op.create_index(
        "uq_validation_request_open", "validation_request", ["person_id", "competency_id"],
        unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
    )  # fmt: skip


def _training_slot() -> None:
    op.create_table(
        "training_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("facilitator_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=True, comment="when how it went was first written"),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_training_slot_badge_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_training_slot_booking_id")),
        sa.ForeignKeyConstraint(["facilitator_id"], ["person.id"], name=op.f("fk_training_slot_facilitator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_slot")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_training_slot_booking_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_slot_public_id")),
    )
    op.create_index("ix_training_slot_facilitator", "training_slot", ["facilitator_id"])
    op.create_table(
        "training_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=True, comment="when its state last changed"),
        sa.CheckConstraint(
            "state IN ('expected', 'cannot_come', 'withdrawn', 'validated', 'again', 'absent')",
            name=op.f("ck_training_seat_state_known"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_training_seat_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["training_request.id"], name=op.f("fk_training_seat_request_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["training_slot.id"], name=op.f("fk_training_seat_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_seat")),
        sa.UniqueConstraint("slot_id", "person_id", name=op.f("uq_training_seat")),
    )
    op.create_index("ix_training_seat_person", "training_seat", ["person_id", "state"])
    op.create_index(op.f("ix_training_seat_request_id"), "training_seat", ["request_id"])


def downgrade() -> None:
    """Forget them; a booking for training becomes a group's."""
    for table in ("training_seat", "training_slot", "validation_request", "training_request"):
        op.drop_table(table)
    op.execute("UPDATE booking SET kind = 'session' WHERE kind = 'training'")
    _allow("", "own: one person; session: a group; rental: an organisation")
    op.drop_column("badge", "training_places")
    op.drop_column("badge", "training_minutes")
    op.drop_column("validation", "needs_second")
    op.drop_column("competency", "second_check")
