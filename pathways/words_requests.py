"""The words of answers and states of requests, said in the language of whoever reads."""

from typing import Any

from fablab.i18n import lazy

#: «not yet», as the young person reads it
KIND_WORDS: dict[str, Any] = {
    "almost": lazy("J’y suis presque. Je m’entraîne encore un peu."),
    "once_more": lazy("Je refais un essai, puis je redemande."),
    "together": lazy("Je le refais avec un animateur, en séance."),
    "one_thing": lazy("Il me reste une chose à revoir."),
}
#: where a request to be trained stands, as the young person reads it
TRAINING_WORDS: dict[str, Any] = {
    "waiting": lazy("J’ai demandé. L’équipe me répond bientôt."),
    "planned": lazy("Mon créneau est prévu."),
    "answered": lazy("L’équipe m’a répondu."),
    "done": lazy("C’est fait."),
    "withdrawn": lazy("J’ai renoncé."),
}


def say_kindly(code: str | None) -> str:
    """The kind words of a code; nothing for none."""
    return str(KIND_WORDS.get(code or "", ""))


def say_state(status: str) -> str:
    """Where a request to be trained stands, as the young person reads it."""
    return str(TRAINING_WORDS.get(status, ""))
