"""One key of a name is out at a time, whatever its capitals, accented ones too, on both database engines.

Revision 0146, after 0166.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0146"
down_revision = "0166"
branch_labels = None
depends_on = None

TABLE, INDEX = "access_key", "uq_access_key_out"
OUT = "returned_at IS NULL AND cancelled_at IS NULL"
WHERE = {"postgresql_where": sa.text(OUT), "sqlite_where": sa.text(OUT)}


def upgrade() -> None:
    """Add the column and say what it holds; of two that are out under one name, the second keeps its own label there."""
    comment = "the label without capitals: one of a name is out"
    op.add_column(TABLE, sa.Column("folded", sa.String(120), nullable=False, server_default="", comment=comment))
    connection = op.get_bind()
    rows = connection.execute(sa.text(f"SELECT id, kind, label, {OUT} AS is_out FROM {TABLE} ORDER BY id")).all()
    said: set[tuple[str, str]] = set()
    for row in sorted(rows, key=lambda one: one.label != _folded(one.label)):
        name = _folded(row.label)
        if row.is_out and (row.kind, name) in said:
            name = row.label
        elif row.is_out:
            said.add((row.kind, name))
        connection.execute(sa.text(f"UPDATE {TABLE} SET folded = :name WHERE id = :id"), {"name": name, "id": row.id})
    if connection.dialect.name == "postgresql":
        op.alter_column(TABLE, "folded", server_default=None)
    op.drop_index(INDEX, table_name=TABLE)
    op.create_index(INDEX, TABLE, ["kind", "folded"], unique=True, **WHERE)


def downgrade() -> None:
    """Forget it."""
    op.drop_index(INDEX, table_name=TABLE)
    op.create_index(INDEX, TABLE, ["kind", "label"], unique=True, **WHERE)
    op.drop_column(TABLE, "folded")


def _folded(label: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).casefold())
