"""The rules of what young people ask of the team: facts in, refusals out.

They are the house's own: one's own level stands beside and never counts; requests that wait are seen.
"""

from fablab import refused_words
from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_requests import ANSWER_LENGTH, KIND_WORDS, WORDS_LENGTH, AnswerFacts
from pathways.values_validating import LEVELS


def training_refusals(*, may_ask: bool, is_safety: bool, held: bool) -> list[Refusal]:
    """Why somebody cannot ask to be trained for a badge; ``held``: they have it, and not for a short time only."""
    found = []
    if not may_ask:
        found.append(Refusal("not_young", _("Cette demande est pour les jeunes.")))
    if not is_safety:
        found.append(Refusal("comes_by_itself", _("Ce badge arrive tout seul, quand tout est validé.")))
    if held:
        found.append(Refusal("already_held", _("J’ai déjà ce badge.")))
    return found


def seen_refusals(*, may_ask: bool, level: int, words: str, level_now: int) -> list[Refusal]:
    """Why somebody cannot ask to be seen for a competency at a level."""
    found = []
    if not may_ask:
        found.append(Refusal("not_young", _("Cette demande est pour les jeunes.")))
    if level not in LEVELS:
        found.append(Refusal("level_unknown", _("Je choisis mon niveau."), field="level"))
    elif level <= level_now:
        found.append(Refusal("already_reached", _("Ce niveau est déjà validé. Bravo\u00a0!"), field="level"))
    if not words.strip():
        found.append(Refusal("words_missing", _("J’écris une phrase."), field="words"))
    return found + _text_refusals(words, WORDS_LENGTH, "words")


def answer_refusals(facts: AnswerFacts, outcome: str, code: str, text: str) -> list[Refusal]:
    """Why this answer to a request to be seen cannot be given."""
    found = _who_refusals(facts)
    if outcome not in ("to_complete", "not_yet"):
        found.append(Refusal("answer_unknown", _("Choisir une réponse."), field="outcome"))
    elif outcome == "to_complete" and not text.strip():
        found.append(Refusal("words_missing", _("Écrire ce qui reste à faire."), field="answer"))
    elif outcome == "not_yet" and code not in KIND_WORDS:
        found.append(Refusal("kind_words_missing", _("Choisir une phrase de la liste."), field="code"))
    return found + _text_refusals(text, ANSWER_LENGTH, "answer")


def words_refusals(facts: AnswerFacts, text: str) -> list[Refusal]:
    """Why these words cannot answer a request to be trained."""
    found = _who_refusals(facts)
    if not text.strip():
        found.append(Refusal("words_missing", _("Écrire une réponse."), field="answer"))
    return found + _text_refusals(text, ANSWER_LENGTH, "answer")


def _who_refusals(facts: AnswerFacts) -> list[Refusal]:
    found = []
    if not facts.may_answer:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation répond.")))
    if facts.oneself:
        found.append(Refusal("oneself", _("Personne ne répond à sa propre demande.")))
    if facts.closed:
        found.append(Refusal("already_answered", _("Cette demande a déjà sa réponse\u00a0: rouvrez la liste.")))
    return found


def _text_refusals(text: str, most: int, field: str) -> list[Refusal]:
    found = []
    if len(text) > most:
        found.append(Refusal("text_too_long", _("%(most)s lettres au plus.", most=most), field=field))
    if word := refused_words.first_in(text):
        sentence = _(
            "«\u00a0%(word)s\u00a0»\u00a0: parler du geste ou du savoir-faire, jamais de la personne.", word=word
        )
        found.append(Refusal("note_about_person", sentence, field=field))
    return found
