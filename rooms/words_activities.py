"""Words of the weekly activities."""

from fablab.i18n import lazy

BANDS = {
    "3_15": lazy("3 à 14 ans"),
    "15_25": lazy("15 à 24 ans"),
    "25_60": lazy("25 à 59 ans"),
    "60_plus": lazy("60 ans et plus"),
}
ENROLMENTS = {
    "required": lazy("Sur inscription, à l’accueil."),
    "open": lazy("Entrée libre."),
    "appointment_or_walk_in": lazy("Avec ou sans rendez-vous."),
}
