"""Words that several pages of rooms say alike."""

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
NOISES = {"low": lazy("faible"), "medium": lazy("moyen"), "loud": lazy("fort")}


def floor(number: int) -> str:
    """«rez-de-chaussée», «étage 1», «sous-sol»."""
    if number == 0:
        return _("rez-de-chaussée")
    return _("étage %(num)s", num=number) if number > 0 else _("sous-sol")
