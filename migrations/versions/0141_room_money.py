"""Tariffs frozen on bookings, deposits, what was invoiced, hours of a season, yearly statements.

Revision 0141, after 0130.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0141"
down_revision = "0130"
branch_labels = None
depends_on = None

QUOTA = "structure_quota"
SQLITE = "UPDATE house_mark SET mark = hex(randomblob(16))"
OUT = "received_at IS NOT NULL AND ended_at IS NULL"


def upgrade() -> None:
    """Make the columns and tables; what is known of organisations is kept from page to page, until hours change it."""
    op.add_column(
        "booking", sa.Column("hour_cents", sa.Integer(), comment="what an hour is worth, as it was made; empty: no tariff")
    )
    op.add_column(
        "booking", sa.Column("charged", sa.Boolean(), comment="whether that is to be paid; empty: nothing was said")
    )
    op.add_column("booking", sa.Column("deposit_cents", sa.Integer(), comment="deposit asked for; empty: none"))
    op.create_table(
        "booking_money",
        sa.Column("booking_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invoiced_at", UtcDateTime()),
        sa.Column("invoiced_by_id", sa.Integer()),
        sa.Column("received_at", UtcDateTime(), comment="the deposit"),
        sa.Column("received_by_id", sa.Integer()),
        sa.Column("ended_at", UtcDateTime(), comment="the deposit was given back or kept"),
        sa.Column("ended_by_id", sa.Integer()),
        sa.Column("outcome", sa.String(10)),
        sa.Column("kept_why", sa.String(200), comment="never about a person"),
        sa.CheckConstraint("outcome IN ('given_back', 'kept')", name=op.f("ck_booking_money_outcome_known")),
        sa.CheckConstraint(
            "(invoiced_at IS NULL) = (invoiced_by_id IS NULL)", name=op.f("ck_booking_money_invoiced_by")
        ),
        sa.CheckConstraint(
            "(received_at IS NULL) = (received_by_id IS NULL)", name=op.f("ck_booking_money_received_by")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_booking_money_ended_how")),
        sa.CheckConstraint(
            "outcome IS NULL OR received_at IS NOT NULL", name=op.f("ck_booking_money_received_first")
        ),
        sa.CheckConstraint(
            "(outcome = 'kept') = (kept_why IS NOT NULL) OR outcome IS NULL",
            name=op.f("ck_booking_money_kept_says_why"),
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_money_booking_id")),
        sa.ForeignKeyConstraint(["invoiced_by_id"], ["person.id"], name=op.f("fk_booking_money_invoiced_by_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_booking_money_received_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_booking_money_ended_by_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_booking_money")),
    )
    op.create_index(
        "ix_booking_money_deposit",
        "booking_money",
        ["received_at"],
        postgresql_where=sa.text(OUT),
        sqlite_where=sa.text(OUT),
    )
    op.create_table(
        QUOTA,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by_id", sa.Integer()),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_structure_quota_hours_positive")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_structure_quota_ended_by")),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_structure_quota_structure_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_structure_quota_given_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_structure_quota_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure_quota")),
    )
    op.create_index(
        "uq_structure_quota_season",
        QUOTA,
        ["structure_id", "season"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(22), nullable=False, comment="printed on it"),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("until", sa.Date(), nullable=False, comment="the last day counted"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="held free of charge"),
        sa.Column("cents", sa.Integer(), nullable=False, comment="what they are worth"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_statement_structure_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_statement_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("code", name=op.f("uq_statement_code")),
    )
    op.create_index("ix_statement_of", "statement", ["structure_id", "season"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {QUOTA}_house_changed AFTER INSERT OR UPDATE OR DELETE ON {QUOTA} "
            "FOR EACH STATEMENT EXECUTE FUNCTION house_changed()"
        )
        return
    for act in ("INSERT", "UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {QUOTA}_house_changed_{act.lower()} AFTER {act} ON {QUOTA} BEGIN {SQLITE}; END")


def downgrade() -> None:
    """Forget them; the triggers go with their table."""
    op.drop_table("statement")
    op.drop_table(QUOTA)
    op.drop_table("booking_money")
    for name in ("deposit_cents", "charged", "hour_cents"):
        op.drop_column("booking", name)
