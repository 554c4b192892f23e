"""The database itself refuses two claims that hold and cross (claim_taken).

Revision 0002, after 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# PostgreSQL: this form of the range constraint needs no extension (int4range, not btree_gist).
# Two claims written at the same moment wait for each other under such a constraint until the server calls it
# a deadlock: so whoever writes a claim waits for the house's row first, as the engine already does.
POSTGRESQL = (
    "CREATE FUNCTION claim_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "PERFORM 1 FROM place WHERE parent_id IS NULL ORDER BY id FOR NO KEY UPDATE; RETURN NULL; END $$",
    "CREATE TRIGGER claim_waits BEFORE INSERT OR UPDATE ON claim FOR EACH STATEMENT EXECUTE FUNCTION claim_waits()",
    "ALTER TABLE claim ADD CONSTRAINT claim_taken EXCLUDE USING gist ("
    "int4range(resource_id, resource_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) WHERE (holds)",
    "CREATE INDEX ix_claim_held ON claim (resource_id, starts_at, ends_at) WHERE holds",
)

# SQLite: claims that hold never cross, so only the last one that starts before my end can cross me:
# one seek, whatever the longest claim. The index condition is written as SQLAlchemy asks for it.
_CROSSES = (
    "SELECT RAISE(ABORT, 'claim_taken') FROM (SELECT ends_at FROM claim WHERE holds = 1 "
    "AND resource_id = NEW.resource_id AND starts_at < NEW.ends_at AND id <> NEW.id "
    "ORDER BY starts_at DESC LIMIT 1) AS last WHERE last.ends_at > NEW.starts_at"
)
SQLITE = (
    "CREATE INDEX ix_claim_held ON claim (resource_id, starts_at, ends_at) WHERE holds = 1",
    f"CREATE TRIGGER claim_taken_insert BEFORE INSERT ON claim WHEN NEW.holds = 1 BEGIN {_CROSSES}; END",
    "CREATE TRIGGER claim_taken_update BEFORE UPDATE OF resource_id, starts_at, ends_at, holds ON claim "
    f"WHEN NEW.holds = 1 BEGIN {_CROSSES}; END",
)


def upgrade() -> None:
    """Put the guarantee in place."""
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Take the guarantee away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE claim DROP CONSTRAINT claim_taken")
        op.execute("DROP TRIGGER claim_waits ON claim")
        op.execute("DROP FUNCTION claim_waits()")
    else:
        op.execute("DROP TRIGGER claim_taken_insert")
        op.execute("DROP TRIGGER claim_taken_update")
    op.execute("DROP INDEX ix_claim_held")
