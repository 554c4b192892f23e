"""Words that several pages of rooms say alike."""

from collections.abc import Iterable

from fablab.i18n import _, lazy

CATEGORIES = {
    "great_hall": lazy("grande salle"),
    "dance": lazy("danse"),
    "activities": lazy("activités"),
    "training": lazy("formation"),
    "computers": lazy("informatique"),
    "meeting": lazy("réunion"),
    "music": lazy("musique"),
    "office": lazy("bureau"),
    "kitchen": lazy("cuisine"),
}
APPROVALS = {
    "coordination": lazy("La coordination répond à chaque demande."),
    "automatic_with_convention": lazy("Confirmée tout de suite quand la convention est signée."),
}
#: what a room has not of a need
LACKS = {
    "small": lazy("un peu petite"),
    "equipment": lazy("sans l’équipement demandé"),
    "steps": lazy("avec des marches"),
}
#: what a booking waits for before it is confirmed
WAITS = {
    "coordination": lazy("la réponse de la coordination"),
    "convention": lazy("la convention signée"),
    "committee": lazy("l’accord du comité"),
}
NOISES = {"low": lazy("faible"), "medium": lazy("moyen"), "loud": lazy("fort")}


def floor(number: int) -> str:
    """«rez-de-chaussée», «étage 1», «sous-sol»."""
    if number == 0:
        return _("rez-de-chaussée")
    return _("étage %(num)s", num=number) if number > 0 else _("sous-sol")


def lacking(lacks: Iterable[str]) -> str:
    """«un peu petite, avec des marches»; nothing for nothing."""
    return ", ".join(str(LACKS[one]) for one in lacks)


def waiting(waits: Iterable[str]) -> str:
    """«la convention signée, l’accord du comité»; nothing for nothing."""
    return ", ".join(str(WAITS[one]) for one in waits)
