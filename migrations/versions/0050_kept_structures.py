"""Organisations are facts of the house too: the mark changes with them, so that they may be kept.

Revision 0050, after 0033.
"""

from alembic import op

revision = "0050"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = ("structure",)
SQLITE = "UPDATE house_mark SET mark = hex(randomblob(16))"


def upgrade() -> None:
    """Go to this revision."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_house_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION house_changed()"
            )
        return
    for table in TABLES:
        for act in ("INSERT", "UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_house_changed_{act.lower()} AFTER {act} ON {table} BEGIN {SQLITE}; END")


def downgrade() -> None:
    """Go back to the one before."""
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_house_changed ON {table}")
        else:
            for act in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_house_changed_{act}")
