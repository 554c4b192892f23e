"""What came of calling somebody back, in words: for the team, and for the person who reads their own data."""

from fablab.i18n import lazy

OUTCOME_WORDS = {
    "reached": lazy("Joint"),
    "no_answer": lazy("Pas de réponse"),
    "coming_back": lazy("Va revenir"),
    "wants_to_stop": lazy("Veut arrêter"),
    "body_told": lazy("Structure prévenue"),
}

CHOOSE_OUTCOME = lazy("Choisissez ce qui s’est passé.")
