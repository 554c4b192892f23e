"""Reasons that the program gives are kept as codes, said in the reader's language; what people typed stays as typed.

Revision 0004, after 0003. Rows that exist stay readable: sentences that the program itself had chosen from a short
list, in either language, become codes; every other one is left as it was worded.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: the sentences of the first release, French and English, by the code they become
BOOKING = {
    "cancel_asked": ("À la demande de la personne.", "At the person’s request."),
    "cancel_machine": ("La machine n’est pas disponible.", "The machine is not available."),
    "cancel_team": ("L’équipe n’est pas là.", "The team is away."),
    "cancel_event": ("Un événement prend la place.", "An event takes its place."),
    "cancel_mistake": ("Erreur de saisie.", "Typing mistake."),
    "session_changed": ("La séance a changé.", "The session has changed."),
}
AWARD = {
    "corrected": ("Une validation ou une présence a été corrigée.", "A validation or an attendance was corrected."),
}


def upgrade() -> None:
    """Add the columns, then turn the known sentences into codes."""
    with op.batch_alter_table("booking", schema=None) as table:
        table.add_column(
            sa.Column("reasons", sa.JSON(), nullable=True, comment="why, as codes and values said in the reader's language")
        )
    if op.get_bind().dialect.name == "postgresql":
        # SQLite keeps no comments, and would build the whole table anew for one.
        op.alter_column("booking", "reason", comment="why cancelled or refused, as a person typed it")
        op.alter_column("award", "ended_reason", comment="as typed; empty when ended_reasons says it")
    with op.batch_alter_table("award", schema=None) as table:
        table.add_column(
            sa.Column(
                "ended_reasons",
                sa.JSON(),
                nullable=True,
                comment="why it ended by itself, as codes said in the reader's language",
            )
        )
    booking = sa.table("booking", sa.column("reason", sa.String), sa.column("reasons", sa.JSON))
    award = sa.table("award", sa.column("ended_reason", sa.String), sa.column("ended_reasons", sa.JSON))
    for code, sentences in BOOKING.items():
        known = booking.update().where(booking.c.reason.in_(sentences))
        op.execute(known.values(reason=None, reasons=[{"code": code}]))
    for code, sentences in AWARD.items():
        known = award.update().where(award.c.ended_reason.in_(sentences))
        op.execute(known.values(ended_reason="", ended_reasons=[{"code": code}]))


def downgrade() -> None:
    """Turn the codes back into French sentences where they are known, and drop the columns."""
    booking = sa.table("booking", sa.column("reason", sa.String), sa.column("reasons", sa.JSON))
    award = sa.table("award", sa.column("ended_reason", sa.String), sa.column("ended_reasons", sa.JSON))
    for code, (french, _english) in BOOKING.items():
        kept = sa.cast(booking.c.reasons, sa.String) == f'[{{"code": "{code}"}}]'
        op.execute(booking.update().where(kept).values(reason=french))
    for code, (french, _english) in AWARD.items():
        kept = sa.cast(award.c.ended_reasons, sa.String) == f'[{{"code": "{code}"}}]'
        op.execute(award.update().where(kept).values(ended_reason=french))
    with op.batch_alter_table("award", schema=None) as table:
        table.drop_column("ended_reasons")
    with op.batch_alter_table("booking", schema=None) as table:
        table.drop_column("reasons")
