"""How the reasons of machines are said after the fact, to the person («je») and to the team. Taught by the roof."""

from fablab.i18n import lazy
from fablab.reasons import Words

#: why a machine may not go on past closing: the choice of the form, and its words
PAST_CLOSING = {
    "nobody": lazy("Personne ne peut venir voir la fin."),
    "too_long": lazy("C’est trop long sans personne."),
    "not_ready": lazy("Le fichier ou la matière n’est pas prêt."),
    "machine": lazy("La machine n’est pas assez sûre en ce moment."),
    "house": lazy("La maison doit être vide ce soir-là."),
}

WORDS = {
    **{f"past_closing_{code}": Words(words) for code, words in PAST_CLOSING.items()},
    "badge_missing": Words(lazy("Il me faut le badge %(badge)s."), lazy("Badge %(badge)s non obtenu ou retiré.")),
    "badge_expires": Words(
        lazy("Mon badge %(badge)s se termine le %(day)s."),
        lazy("Badge %(badge)s : fin le %(day)s, avant la fin du créneau."),
    ),
    "badge_lapsed": Words(
        lazy("Mon badge %(badge)s dort : je ne m’en sers plus."),
        lazy("Badge %(badge)s en sommeil depuis le %(day)s : essai à refaire."),
    ),
    "birth_date_missing": Words(lazy("Ma date de naissance n’est pas notée."), lazy("Date de naissance à noter.")),
    "age_too_young": Words(
        lazy("Cette machine, c’est à partir de %(age)s ans."),
        lazy("Trop jeune le jour du créneau : à partir de %(age)s ans."),
    ),
    "authorisation_missing": Words(
        lazy("Il me manque l’accord d’un parent pour les machines."),
        lazy("Pas d’autorisation parentale « machines » le %(day)s."),
    ),
    "derogation_missing": Words(
        lazy("Stagiaire et mineur\u00a0: il me manque un papier pour cette machine."),
        lazy("Stagiaire mineur, sans dérogation en cours le %(day)s."),
    ),
    "supervision_missing": Words(
        lazy("À cette heure, personne n’est libre. Je choisis une autre heure, ou je demande à l’équipe."),
        lazy("Personne de l’équipe pour encadrer tout le créneau."),
    ),
    "two_adults": Words(
        lazy("Cette machine demande %(num)s adultes dans la salle."),
        lazy("Moins de %(num)s adultes dans la salle : machine à risque élevé."),
    ),
    "too_many_minors": Words(
        lazy("La salle est pleine à cette heure."), lazy("Plus de %(num)s mineurs par adulte à ce moment.")
    ),
    # Of training slots: several people read them, so nobody is named.
    "teacher_no_right": Words(
        lazy("L’animateur change. L’équipe me donne des nouvelles."),
        lazy("L’animateur n’a pas le droit de valider ce badge ce jour-là."),
    ),
    "not_on_shift": Words(
        lazy("L’animateur n’est plus là à cette heure. L’équipe me donne des nouvelles."),
        lazy("L’animateur n’est pas de permanence au Fablab, ou anime autre chose, à cette heure."),
    ),
    "teacher_promised": Words(
        lazy("L’animateur est déjà pris. L’équipe me donne des nouvelles."),
        lazy("Quelqu’un a déjà besoin de cet animateur à côté de soi."),
    ),
    "learner_birth_date": Words(lazy("Il manque une date de naissance."), lazy("Date de naissance à noter.")),
    "learner_too_young": Words(lazy("Un âge ne convient pas."), lazy("Trop jeune le jour du créneau.")),
    "learner_authorisation": Words(
        lazy("Il manque l’accord d’un parent."), lazy("Pas d’autorisation parentale «\u00a0machines\u00a0» ce jour-là.")
    ),
    "learner_derogation": Words(lazy("Il manque un papier."), lazy("Stagiaire mineur, sans dérogation ce jour-là.")),
    "nobody_left": Words(lazy("Personne ne peut venir."), lazy("Plus personne ne vient.")),
}

#: what the team reads beside a booking that one of these marks, or beside a card that a reader refused
MARKS = {
    "badge_lapsed": lazy("badge en sommeil"),
    "birth_date_missing": lazy("date de naissance à noter"),
    "age_too_young": lazy("trop jeune ce jour-là"),
    "supervision_missing": lazy("personne pour encadrer"),
    "two_adults": lazy("moins d’adultes que demandé"),
    "too_many_minors": lazy("trop de mineurs par adulte"),
    "not_on_shift": lazy("animateur sans permanence à cette heure"),
    "teacher_no_right": lazy("animateur sans droit de valider ce badge"),
    "teacher_promised": lazy("animateur déjà promis ailleurs"),
    "learner_authorisation": lazy("autorisation parentale «\u00a0machines\u00a0» à avoir"),
    "learner_derogation": lazy("stagiaire mineur sans dérogation"),
    "learner_birth_date": lazy("date de naissance à noter"),
    "learner_too_young": lazy("trop jeune ce jour-là"),
    # What a reader refused a card for.
    "badge_missing": lazy("badge manquant"),
    "badge_expires": lazy("badge fini ce jour-là"),
    "card_unknown": lazy("carte inconnue ou retirée"),
    "no_booking_now": lazy("pas de réservation à cette heure"),
    "not_begun_yet": lazy("réservée, pas encore commencée"),
}
