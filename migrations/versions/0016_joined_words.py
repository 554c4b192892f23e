"""Names are found written in one word too: «obrien», «jeannoel», «renard42».

Revision 0016, after 0015.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_PERSON = sa.table("person", sa.column("id"), sa.column("first_name"), sa.column("last_name"), sa.column("handle"))
_WORD = sa.table("person_word", sa.column("word"), sa.column("person_id"))
_LETTERLIKE = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}


def upgrade() -> None:
    """Give everybody there is the joined words that their names lack, as fablab.people.names makes them."""
    bind = op.get_bind()
    held = {(word, id_) for word, id_ in bind.execute(sa.select(_WORD.c.word, _WORD.c.person_id))}
    # Who was forgotten has no words, and gets none.
    searched = {person_id for _word, person_id in held}
    missing = {
        (word, id_) for id_, *texts in bind.execute(sa.select(_PERSON)) if id_ in searched for word in _joined(texts)
    } - held
    if missing:
        bind.execute(sa.insert(_WORD), [{"word": word, "person_id": id_} for word, id_ in sorted(missing)])


def downgrade() -> None:
    """Nothing to undo: a word more finds nobody else."""


def _joined(texts: list[str | None]) -> set[str]:
    pieces = [piece for text in texts if text for piece in (text, *text.split())]
    return {word for word in (_bare(piece)[:80] for piece in pieces) if word}


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    letters = (letter for letter in spread if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "", "".join(_LETTERLIKE.get(letter, letter) for letter in letters))
