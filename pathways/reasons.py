"""How training's own reasons are said after the fact. Taught by the roof."""

from fablab.i18n import lazy
from fablab.reasons import Words

WORDS = {
    "session_changed": Words(lazy("La séance a changé.")),
    "corrected": Words(lazy("Une validation ou une présence a été corrigée.")),
}
