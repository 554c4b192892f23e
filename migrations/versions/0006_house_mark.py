"""The database itself says when the house's own facts change (house_mark), so that they may be kept meanwhile.

Revision 0006, after 0005.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "place", "opening_rule", "holiday", "resource", "machine", "room", "house_setting",
    "badge", "badge_requirement", "badge_prerequisite", "badge_opening", "competency",
)  # fmt: skip
#: by chance: the mark of a change that is rolled back never comes again with other facts
POSTGRESQL = (
    "CREATE FUNCTION house_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "UPDATE house_mark SET mark = gen_random_uuid()::text; RETURN NULL; END $$"
)
SQLITE = "UPDATE house_mark SET mark = hex(randomblob(16))"


def upgrade() -> None:
    """Make the mark, and what changes it."""
    op.create_table(
        "house_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_mark")),
    )
    op.execute(sa.text("INSERT INTO house_mark (id, mark) VALUES (1, :mark)").bindparams(mark=secrets.token_hex(16)))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
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
    """Take the mark away."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_house_changed ON {table}")
        op.execute("DROP FUNCTION house_changed()")
    else:
        for table in TABLES:
            for act in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_house_changed_{act}")
    op.drop_table("house_mark")
