"""How training's own reasons are said after the fact. Taught by the roof."""

from fablab.i18n import lazy
from fablab.reasons import Words

WORDS = {
    "session_changed": Words(lazy("La séance a changé.")),
    "handed_by_mistake": Words(
        lazy("Il avait été remis par erreur. Je n’ai rien fait de mal."), lazy("Remis par erreur.")
    ),
    "corrected": Words(lazy("Une validation ou une présence a été corrigée.")),
}
