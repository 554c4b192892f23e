"""How the engine's reasons are said after the fact: of a booking cancelled or marked. Taught by the roof."""

from fablab.i18n import lazy
from fablab.reasons import Words

#: what the team may say when it cancels somebody's booking: the choice of the form, and its words
CHOICES = {
    "asked": lazy("À la demande de la personne."),
    "machine": lazy("La machine n’est pas disponible."),
    "team": lazy("L’équipe n’est pas là."),
    "event": lazy("Un événement prend la place."),
    "mistake": lazy("Erreur de saisie."),
}

WORDS = {
    **{f"cancel_{code}": Words(words) for code, words in CHOICES.items()},
    "retired": Words(lazy("%(thing)s n’est plus dans la maison.")),
    "closed": Words(lazy("C’est fermé à ce moment.")),
    "outside_hours": Words(lazy("Pas de réservation à cette heure.")),
    "out_of_service": Words(lazy("%(thing)s est en panne.")),
    "other_chosen": Words(lazy("Une autre demande a été choisie pour cette heure.")),
    "taken": Words(lazy("Ce créneau est pris.")),
    "two_places": Words(lazy("Déjà quelque chose à ce moment : %(what)s.")),
    "place_full": Words(lazy("%(place)s : c’est complet à ce moment (%(most)s personnes au plus).")),
}

#: what the team reads beside a booking that one of these marks
MARKS = {
    "repaired": lazy("réparée : à rendre ou à déplacer"),
    "taken": lazy("heure prise entre-temps"),
    "two_places": lazy("personne déjà ailleurs"),
    "place_full": lazy("lieu complet"),
    "closed": lazy("fermé"),
    "out_of_service": lazy("machine en panne"),
    "outside_hours": lazy("hors des heures ouvertes"),
    "retired": lazy("machine retirée"),
}
