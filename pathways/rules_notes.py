"""The rules of what is written about a session: about the session, never about a person. Facts in, refusals out."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date

from fablab import refused_words
from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_sessions import NOTE_KINDS, NOTE_LENGTH, TOLD, NoteFacts

_WORD = re.compile(r"[^\W\d_]+")
#: shorter names are words of every sentence
_NAME_LETTERS = 3


def note_refusals(text: str, kind: str, told: Collection[str], facts: NoteFacts) -> list[Refusal]:
    """Why this cannot be written about a session."""
    found = []
    if not facts.may_lead:
        found.append(Refusal("not_facilitator", _("Seule l’équipe écrit sur une séance.")))
    if kind not in NOTE_KINDS:
        found.append(Refusal("kind_unknown", _("Choisissez ce que c’est."), field="kind"))
    elif kind != "note" and not facts.begun:
        found.append(Refusal("not_begun", _("Cette séance n’a pas commencé."), field="kind"))
    if set(told) - set(TOLD):
        found.append(Refusal("told_unknown", _("Choisissez qui est prévenu dans la liste."), field="told"))
    elif kind == "accident" and not told:
        found.append(Refusal("told_missing", _("Dites qui est prévenu de cet accident."), field="told"))
    return found + _text_refusals(text, facts.names)


def _text_refusals(text: str, names: Iterable[str]) -> list[Refusal]:
    if not text.strip():
        return [Refusal("text_missing", _("Écrivez quelques mots."), field="text")]
    found = []
    if len(text.strip()) > NOTE_LENGTH:
        found.append(Refusal("note_too_long", _("%(most)s lettres au plus.", most=NOTE_LENGTH), field="text"))
    if name := named_in(text, names):
        sentence = _(
            "«\u00a0%(name)s\u00a0» est quelqu’un de la séance\u00a0: dire ce qui s’est passé sans nommer.", name=name
        )
        found.append(Refusal("names_somebody", sentence, field="text"))
    if word := refused_words.first_in(text):
        sentence = _("«\u00a0%(word)s\u00a0»\u00a0: parler de la séance, jamais de la personne.", word=word)
        found.append(Refusal("note_about_person", sentence, field="text"))
    return found


def named_in(text: str, names: Iterable[str]) -> str | None:
    """The first word of a text that is one of these names, however it is written; None when there is none."""
    known = {_plain(part) for name in names for part in _WORD.findall(name) if len(part) >= _NAME_LETTERS}
    return next((word for word in _WORD.findall(text) if _plain(word) in known), None)


def _plain(word: str) -> str:
    spread = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def erase_refusals(
    kind: str, author_id: int, written_on: date, by_id: int, today: date, *, may_lead: bool
) -> list[Refusal]:
    """Why a note cannot be taken away: an accident is taken back by who wrote it, the same day; a note by the team."""
    if not may_lead:
        return [Refusal("not_facilitator", _("Seule l’équipe écrit sur une séance."))]
    if kind == "note":
        return []
    found = []
    if author_id != by_id:
        found.append(Refusal("other_author", _("Seule la personne qui l’a écrit peut l’effacer.")))
    if written_on != today:
        found.append(Refusal("other_day", _("On efface le jour même. Ensuite, écrire une autre ligne.")))
    return found
