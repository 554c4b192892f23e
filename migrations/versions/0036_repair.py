"""Problems of machines: what is wrong, and what was done about it.

Revision 0036, after 0050.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0036"
down_revision = "0050"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_CAUSES = "'wear', 'setting', 'consumable', 'material', 'software', 'power', 'stuck', 'unknown'"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "machine_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False, comment="about the machine; booked people may read it"),
        sa.Column("hazard", sa.Boolean(), nullable=False, comment="somebody could get hurt"),
        sa.Column("file_key", sa.String(length=32), nullable=True, comment="names its photo in the folder"),
        sa.Column("closure_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False, comment="a form sent twice is one problem"),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("done", sa.String(length=300), nullable=True, comment="what was done about it"),
        sa.CheckConstraint("severity IN ('to_check', 'grave')", name=op.f("ck_machine_ticket_severity_known")),
        sa.CheckConstraint(f"cause IN ({_CAUSES})", name=op.f("ck_machine_ticket_cause_known")),
        sa.CheckConstraint(
            "severity <> 'grave' OR closure_id IS NOT NULL", name=op.f("ck_machine_ticket_grave_closes")
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (done IS NULL)", name=op.f("ck_machine_ticket_closed_says_what")),
        sa.ForeignKeyConstraint(["machine_id"], ["machine.id"], name=op.f("fk_machine_ticket_machine_id")),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name=op.f("fk_machine_ticket_closure_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["person.id"], name=op.f("fk_machine_ticket_reported_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_machine_ticket_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_ticket")),
        sa.UniqueConstraint("public_id", name=op.f("uq_machine_ticket_public_id")),
        sa.UniqueConstraint("file_key", name=op.f("uq_machine_ticket_file_key")),
        sa.UniqueConstraint("request_key", name=op.f("uq_machine_ticket_request_key")),
    )
    op.create_index("ix_machine_ticket_closure_id", "machine_ticket", ["closure_id"])
    op.create_index("ix_machine_ticket_reported_by_id", "machine_ticket", ["reported_by_id"])
    op.create_index("ix_machine_ticket_machine", "machine_ticket", ["machine_id", "reported_at"])
    op.create_index(
        "ix_machine_ticket_open", "machine_ticket", ["machine_id"], postgresql_where=_OPEN, sqlite_where=_OPEN
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("machine_ticket")
