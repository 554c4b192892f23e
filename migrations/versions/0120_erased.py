"""An account can be erased: its row stays for what is counted, and the words of its validations may be emptied.

Revision 0120, after 0100.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0120"
down_revision = "0100"
branch_labels = None
depends_on = None

COMMENT = "who it was is forgotten; what is counted stays"
MERGED = (
    "EXISTS (SELECT 1 FROM person_merge m WHERE m.undone_at IS NULL AND "
    "((m.gone_id = OLD.person_id AND m.kept_id = NEW.person_id) "
    "OR (m.kept_id = OLD.person_id AND m.gone_id = NEW.person_id)))"
)
ERASED = "EXISTS (SELECT 1 FROM person p WHERE p.id = OLD.person_id AND p.erased_at IS NOT NULL)"
EMPTIED = "NEW.note IS NULL AND (NEW.reason IS NULL OR NEW.reason = '')"
#: every column of a validation but its person; an erasure empties words
KEPT = (
    "id", "batch_id", "competency_id", "level", "level_label", "author_id", "at", "session_id", "evidence_code",
    "criteria", "note", "corrects_id", "reason", "needs_second", "title", "i_can",
)  # fmt: skip
WORDS = ("note", "reason")


def upgrade() -> None:
    """Go to this revision."""
    # Not in batch: rebuilding the table on SQLite would lose its triggers.
    op.add_column("person", sa.Column("erased_at", UtcDateTime(), nullable=True, comment=COMMENT))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_postgresql(erasing=True))
        return
    _watch(erasing=True)


def downgrade() -> None:
    """Go back to the one before: what was erased stays so."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_postgresql(erasing=False))
    else:
        _watch(erasing=False)
    op.drop_column("person", "erased_at")


def _postgresql(*, erasing: bool) -> str:
    merged = (
        "to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' "
        f"AND NEW.person_id <> OLD.person_id AND {MERGED}"
    )
    words = f"ARRAY{list(WORDS)}"
    emptied = f"to_jsonb(NEW) - {words} = to_jsonb(OLD) - {words} AND {EMPTIED} AND {ERASED}"
    allowed = f"({merged}) OR ({emptied})" if erasing else merged
    return (
        "CREATE OR REPLACE FUNCTION validation_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'append_only: validation is never changed'; END $$"
    )


def _watch(*, erasing: bool) -> None:
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT if column not in WORDS)
    words = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in WORDS)
    merged = f"{words} AND NEW.person_id <> OLD.person_id AND {MERGED}"
    emptied = f"NEW.person_id = OLD.person_id AND {EMPTIED} AND {ERASED}"
    allowed = f"(({merged}) OR ({emptied}))" if erasing else merged
    op.execute("DROP TRIGGER validation_append_only_update")
    op.execute(
        "CREATE TRIGGER validation_append_only_update BEFORE UPDATE ON validation "
        f"WHEN NOT ({same} AND {allowed}) "
        "BEGIN SELECT RAISE(ABORT, 'append_only: validation is never changed'); END"
    )
