"""Evidence: its pieces, what they show, the validations that rest on them; the sheets of projects.

Revision 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "project_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("pathway_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("steps", sa.String(length=2000), nullable=False),
        sa.Column("materials", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False, comment="a form sent twice writes one sheet"),
        sa.Column("shown_at", UtcDateTime(), nullable=True, comment="its owner agrees to the gallery since then"),
        sa.Column("hidden_at", UtcDateTime(), nullable=True, comment="the team took it out of the gallery"),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_why", sa.String(length=300), nullable=True, comment="read by its owner"),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["person.id"], name=op.f("fk_project_sheet_hidden_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_project_sheet_owner_id")),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_project_sheet_pathway_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_sheet")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_sheet_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_project_sheet_request_key")),
    )
    with op.batch_alter_table("project_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_sheet_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_sheet_shown_at"), ["shown_at"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("file_key", sa.String(length=32), nullable=True, comment="names its files in the folder"),
        sa.Column("file_name", sa.String(length=120), nullable=True, comment="as its owner finds it again"),
        sa.Column("file_size", sa.Integer(), nullable=False, comment="bytes kept, the small photo included"),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True, comment="a form sent twice adds one piece"),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'link' OR url IS NOT NULL OR removed_at IS NOT NULL", name=op.f("ck_evidence_link")
        ),
        sa.CheckConstraint("kind <> 'sheet' OR sheet_id IS NOT NULL", name=op.f("ck_evidence_sheet")),
        sa.CheckConstraint(
            "kind IN ('photo', 'file', 'link', 'sheet', 'checklist', 'oral', 'presence')",
            name=op.f("ck_evidence_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('photo', 'file') OR file_key IS NOT NULL OR removed_at IS NOT NULL",
            name=op.f("ck_evidence_file"),
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_evidence_owner_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["person.id"], name=op.f("fk_evidence_removed_by_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["project_sheet.id"], name=op.f("fk_evidence_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("file_key", name=op.f("uq_evidence_file_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evidence_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_evidence_request_key")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_owner", ["owner_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "evidence_shows",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_evidence_shows_competency_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_shows_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", "competency_id", name=op.f("pk_evidence_shows")),
    )
    with op.batch_alter_table("evidence_shows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_shows_competency_id"), ["competency_id"], unique=False)

    op.create_table(
        "validation_evidence",
        sa.Column("validation_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_validation_evidence_evidence_id")),
        sa.ForeignKeyConstraint(
            ["validation_id"], ["validation.id"], name=op.f("fk_validation_evidence_validation_id")
        ),
        sa.PrimaryKeyConstraint("validation_id", "evidence_id", name=op.f("pk_validation_evidence")),
    )
    with op.batch_alter_table("validation_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_validation_evidence_evidence_id"), ["evidence_id"], unique=False)


def downgrade() -> None:
    """Take them away; the files stay in their folder."""
    with op.batch_alter_table("validation_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_validation_evidence_evidence_id"))

    op.drop_table("validation_evidence")
    with op.batch_alter_table("evidence_shows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_shows_competency_id"))

    op.drop_table("evidence_shows")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_sheet_id"))
        batch_op.drop_index("ix_evidence_owner")

    op.drop_table("evidence")
    with op.batch_alter_table("project_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_sheet_shown_at"))
        batch_op.drop_index(batch_op.f("ix_project_sheet_owner_id"))

    op.drop_table("project_sheet")
