"""How the reasons of rooms are said after the fact: of a booking cancelled or marked. Taught by the roof."""

from fablab.i18n import lazy
from fablab.reasons import Words

#: what the coordination may say when it refuses a request, and the house when it takes a room back
CHOICES = {
    "room_house": lazy("La maison a besoin de la salle à ce moment."),
    "room_use": lazy("Cette activité ne convient pas à la salle."),
    "room_papers": lazy("Il manque un papier de la structure."),
    "room_staff": lazy("Il n’y a personne pour accueillir à cette heure."),
    "room_rank": lazy("Une demande qui passe avant, selon les règles de la maison, prend cette heure."),
}
#: and when it cancels what was granted
CANCELLING = {
    "room_asked": lazy("À la demande de la structure."),
    "room_house": CHOICES["room_house"],
    "room_unusable": lazy("La salle ne peut pas être utilisée."),
    "room_mistake": lazy("Erreur de saisie."),
}

WORDS = {
    **{code: Words(words) for code, words in (CHOICES | CANCELLING).items()},
    "given_up": Words(lazy("Annulée par la structure.")),
    "given_up_late": Words(lazy("Annulée tard par la structure.")),
    "over_gauge": Words(lazy("Trop de monde pour cette salle\u00a0: %(most)s personnes au plus.")),
    "insurance_missing": Words(lazy("Il manque l’attestation d’assurance de la structure.")),
    "insurance_begins": Words(lazy("L’assurance de la structure commence le %(day)s.")),
    "insurance_ends": Words(lazy("L’assurance de la structure s’arrête le %(day)s.")),
}

#: what the team reads beside a booking that one of these marks
MARKS = {
    "over_gauge": lazy("trop de monde pour la salle"),
    "insurance_missing": lazy("assurance à donner"),
    "insurance_begins": lazy("assurance pas encore commencée ce jour-là"),
    "insurance_ends": lazy("assurance finie ce jour-là"),
}
