"""Pathways at one's own pace: charter, choices, comings to the open lab, helpers of sessions.

Revision 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_CHOSEN, _THERE = sa.text("dropped_at IS NULL"), sa.text("left_at IS NULL AND taken_back_at IS NULL")
_NAMED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    # Not in a batch: the table made anew would lose the triggers of the house's mark.
    charter = sa.Column("charter", sa.JSON(none_as_null=True), comment="what whoever follows it agrees to, line by line")
    op.add_column("pathway_version", charter)
    op.create_table(
        "enrolment_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("offer", sa.String(length=10), nullable=False, comment="code of the stage; badges: of the pathway"),
        sa.Column("code", sa.String(length=40), nullable=False, comment="of a competency; of a badge"),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("dropped_at", UtcDateTime(), nullable=True, comment="another one was chosen instead"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_choice_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_choice")),
    )
    op.create_index(
        "uq_enrolment_choice_chosen",
        "enrolment_choice",
        ["enrolment_id", "offer", "code"],
        unique=True,
        postgresql_where=_CHOSEN,
        sqlite_where=_CHOSEN,
    )
    op.create_table(
        "open_lab_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("arrival_by_id", sa.Integer(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True, comment="empty: there, or nobody said that they left"),
        sa.Column("leaving_by_id", sa.Integer(), nullable=True, comment="empty: the program, as the open lab ended"),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="noted by mistake: was not there"),
        sa.CheckConstraint("left_at > arrived_at", name=op.f("ck_open_lab_visit_lasts")),
        sa.ForeignKeyConstraint(["arrival_by_id"], ["person.id"], name=op.f("fk_open_lab_visit_arrival_by_id")),
        sa.ForeignKeyConstraint(["leaving_by_id"], ["person.id"], name=op.f("fk_open_lab_visit_leaving_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_open_lab_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_lab_visit")),
    )
    op.create_index("ix_open_lab_visit_person", "open_lab_visit", ["person_id", "arrived_at"])
    op.create_index("ix_open_lab_visit_day", "open_lab_visit", ["arrived_at"])
    op.create_index(
        "uq_open_lab_visit_there",
        "open_lab_visit",
        ["person_id"],
        unique=True,
        postgresql_where=_THERE,
        sqlite_where=_THERE,
    )
    op.create_table(
        "session_helper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True, comment="empty: not said yet"),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="does not help after all"),
        sa.ForeignKeyConstraint(["named_by_id"], ["person.id"], name=op.f("fk_session_helper_named_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_helper_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["training_session.id"], name=op.f("fk_session_helper_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_helper")),
    )
    op.create_index("ix_session_helper_person", "session_helper", ["person_id"])
    op.create_index(
        "uq_session_helper_named",
        "session_helper",
        ["session_id", "person_id"],
        unique=True,
        postgresql_where=_NAMED,
        sqlite_where=_NAMED,
    )


def downgrade() -> None:
    """Forget them."""
    for table in ("session_helper", "open_lab_visit", "enrolment_choice"):
        op.drop_table(table)
    op.drop_column("pathway_version", "charter")
