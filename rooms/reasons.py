"""How the reasons of rooms are said after the fact: of a booking cancelled or marked. Taught by the roof."""

from fablab.i18n import lazy
from fablab.reasons import Words

WORDS = {
    "over_gauge": Words(lazy("Trop de monde pour cette salle\u00a0: %(most)s personnes au plus.")),
    "insurance_missing": Words(lazy("Il manque l’attestation d’assurance de la structure.")),
    "insurance_ends": Words(lazy("L’assurance de la structure s’arrête le %(day)s.")),
}

#: what the team reads beside a booking that one of these marks
MARKS = {
    "over_gauge": lazy("trop de monde pour la salle"),
    "insurance_missing": lazy("assurance à donner"),
    "insurance_ends": lazy("assurance finie ce jour-là"),
}
