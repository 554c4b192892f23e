"""What is completed about a young person: dated answers, contacts, referring body, traineeship.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "person_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=True, comment="empty: taken back"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('gender', 'priority_district', 'commune', 'situation')", name=op.f("ck_person_answer_kind_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_answer_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_person_answer_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_answer")),
    )
    with op.batch_alter_table("person_answer", schema=None) as batch_op:
        batch_op.create_index("ix_person_answer_person", ["person_id", "kind"], unique=False)

    op.create_table(
        "person_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("link", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False, comment="figures, a + before them at most"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day it no longer holds"),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('emergency', 'guardian')", name=op.f("ck_person_contact_kind_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_contact_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_person_contact_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_contact")),
    )
    with op.batch_alter_table("person_contact", schema=None) as batch_op:
        batch_op.create_index("ix_person_contact_person", ["person_id", "kind"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day it no longer holds"),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_referral_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_referral_recorded_by_id")),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_referral_structure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_person_id"), ["person_id"], unique=False)

    op.create_table(
        "traineeship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=True),
        sa.Column("derogation_until", sa.Date(), nullable=True, comment="its last day"),
        sa.Column("medical_opinion_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day it no longer holds"),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_traineeship_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_traineeship_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traineeship")),
    )
    with op.batch_alter_table("traineeship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_traineeship_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Go back to the one before."""
    with op.batch_alter_table("traineeship", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_traineeship_person_id"))

    op.drop_table("traineeship")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_person_id"))

    op.drop_table("referral")
    with op.batch_alter_table("person_contact", schema=None) as batch_op:
        batch_op.drop_index("ix_person_contact_person")

    op.drop_table("person_contact")
    with op.batch_alter_table("person_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_person_answer_person")

    op.drop_table("person_answer")
