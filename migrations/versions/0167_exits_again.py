"""Exits are found by their day, situations after a pathway are facts of the house, a group may be paid by the house.

Revision 0167, after 0146.
"""

import sqlalchemy as sa
from alembic import op

revision = "0167"
down_revision = "0146"
branch_labels = None
depends_on = None

SQLITE = "UPDATE house_mark SET mark = hex(randomblob(16))"
ACTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    """Go to this revision."""
    op.create_index("ix_enrolment_ended", "enrolment", ["ended_on"])
    with op.batch_alter_table("training_group") as table:
        table.add_column(
            sa.Column(
                "paid_by_house",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="no scheme pays, and that was said",
            )
        )
        table.create_check_constraint(op.f("ck_training_group_paid_once"), "NOT paid_by_house OR scheme_id IS NULL")
    with op.batch_alter_table("training_group") as table:
        table.alter_column("paid_by_house", server_default=None)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER exit_situation_house_changed AFTER INSERT OR UPDATE OR DELETE ON exit_situation "
            "FOR EACH STATEMENT EXECUTE FUNCTION house_changed()"
        )
        return
    for act in ACTS:
        op.execute(
            f"CREATE TRIGGER exit_situation_house_changed_{act.lower()} AFTER {act} ON exit_situation BEGIN {SQLITE}; END"
        )


def downgrade() -> None:
    """Go back to the one before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER exit_situation_house_changed ON exit_situation")
    else:
        for act in ACTS:
            op.execute(f"DROP TRIGGER exit_situation_house_changed_{act.lower()}")
    with op.batch_alter_table("training_group") as table:
        table.drop_constraint(op.f("ck_training_group_paid_once"), type_="check")
        table.drop_column("paid_by_house")
    op.drop_index("ix_enrolment_ended", "enrolment")
