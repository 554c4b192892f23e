"""On SQLite too a merge moves a validation and changes nothing else of it, the columns added since included.

PostgreSQL compares whole rows; SQLite's trigger names each column (revision 0020).

Revision 0025, after 0024.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

#: of 0020, for whoever goes back
BEFORE = (
    "id", "batch_id", "competency_id", "level", "level_label", "author_id", "at", "session_id", "evidence_code",
    "criteria", "note", "corrects_id", "reason",
)  # fmt: skip
KEPT = (*BEFORE, "needs_second")


def upgrade() -> None:
    """Go to this revision."""
    _watch(KEPT)


def downgrade() -> None:
    """Go back to the one before."""
    _watch(BEFORE)


def _watch(columns: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
    merged = (
        "EXISTS (SELECT 1 FROM person_merge m WHERE m.undone_at IS NULL AND "
        "((m.gone_id = OLD.person_id AND m.kept_id = NEW.person_id) "
        "OR (m.kept_id = OLD.person_id AND m.gone_id = NEW.person_id)))"
    )
    op.execute("DROP TRIGGER validation_append_only_update")
    op.execute(
        "CREATE TRIGGER validation_append_only_update BEFORE UPDATE ON validation "
        f"WHEN NOT ({same} AND NEW.person_id <> OLD.person_id AND {merged}) "
        "BEGIN SELECT RAISE(ABORT, 'append_only: validation is never changed'); END"
    )
