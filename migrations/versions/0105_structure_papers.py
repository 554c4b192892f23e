"""Papers of organisations, and the conditions that they are found to meet.

Revision 0105, after 0095.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0105"
down_revision = "0095"
branch_labels = None
depends_on = None

PAPER = "structure_paper"
SQLITE = "UPDATE house_mark SET mark = hex(randomblob(16))"


def upgrade() -> None:
    """Make the tables; what is known of organisations is kept from page to page, until a paper changes it."""
    op.create_table(
        PAPER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column(
            "covers_until", sa.Date(), nullable=True, comment="last day, as written on it; empty: until it changes"
        ),
        sa.Column("file_key", sa.String(32), nullable=True),
        sa.Column("file_name", sa.String(80), nullable=False),
        sa.Column("request_key", sa.String(64), nullable=False, comment="a form sent twice sends one paper"),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(10), nullable=True, comment="empty: to be looked at"),
        sa.Column("reason", sa.String(40), nullable=True, comment="why refused, of the house's list"),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('convention', 'insurance', 'statutes')", name=op.f("ck_structure_paper_kind")
        ),
        sa.CheckConstraint(
            "answer IN ('accepted', 'refused', 'withdrawn')", name=op.f("ck_structure_paper_answer")
        ),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_structure_paper_answered")),
        sa.CheckConstraint(
            "(answer = 'refused') = (reason IS NOT NULL) OR answer IS NULL", name=op.f("ck_structure_paper_refused_why")
        ),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_structure_paper_structure_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_structure_paper_sent_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_structure_paper_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure_paper")),
        sa.UniqueConstraint("public_id", name=op.f("uq_structure_paper_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_structure_paper_request_key")),
    )
    op.create_index("ix_structure_paper_of", PAPER, ["structure_id", "kind", "answer", "covers_until"])
    op.create_index(
        "ix_structure_paper_sent",
        PAPER,
        ["sent_at"],
        postgresql_where=sa.text("answer IS NULL"),
        sqlite_where=sa.text("answer IS NULL"),
    )
    op.create_table(
        "structure_condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(30), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.String(200), nullable=False, comment="what shows it; never about a person"),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "condition IN ('general_interest', 'seat_in_town', 'committee_agreement')",
            name=op.f("ck_structure_condition_condition"),
        ),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name=op.f("ck_structure_condition_taken_back_by")
        ),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_structure_condition_structure_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["person.id"], name=op.f("fk_structure_condition_noted_by_id")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["person.id"], name=op.f("fk_structure_condition_taken_back_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure_condition")),
    )
    op.create_index(
        "uq_structure_condition_met",
        "structure_condition",
        ["structure_id", "condition"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
        sqlite_where=sa.text("taken_back_at IS NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {PAPER}_house_changed AFTER INSERT OR UPDATE OR DELETE ON {PAPER} "
            "FOR EACH STATEMENT EXECUTE FUNCTION house_changed()"
        )
        return
    for act in ("INSERT", "UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {PAPER}_house_changed_{act.lower()} AFTER {act} ON {PAPER} BEGIN {SQLITE}; END")


def downgrade() -> None:
    """Forget them; the triggers go with their table."""
    op.drop_table("structure_condition")
    op.drop_table(PAPER)
