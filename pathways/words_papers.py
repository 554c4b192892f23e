"""Papers in words: what the team calls them, and what a young person brings."""

from collections.abc import Iterable

from fablab.i18n import _, lazy
from pathways.values_papers import PaperLine

#: code of a paper -> its name for the team
NAMES = {
    "registration_form": lazy("Fiche d’inscription"),
    "referral_form": lazy("Fiche de prescription"),
    "parental_authorisation": lazy("Autorisation parentale"),
    "photo_choice": lazy("Choix pour les photos"),
    "passeur_charter": lazy("Charte du passeur"),
}
#: the same as a young person reads it
YOUNG = {
    "registration_form": lazy("Ma fiche d’inscription"),
    "referral_form": lazy("La fiche de la structure qui m’envoie"),
    "parental_authorisation": lazy("L’accord d’un parent"),
    "photo_choice": lazy("Mon choix pour les photos"),
    "passeur_charter": lazy("La charte du passeur"),
}


def say_papers(lines: Iterable[PaperLine]) -> str:
    """«Fiche d’inscription, Choix pour les photos», for the team."""
    return ", ".join(str(NAMES.get(line.code, line.label)) for line in lines)


def say_missing(lines: Iterable[PaperLine]) -> str:
    """«Manque : …», or nothing."""
    said = say_papers(lines)
    return _("Manque\u00a0: %(papers)s", papers=said) if said else ""
