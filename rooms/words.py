"""Words that several pages of rooms say alike."""

from collections.abc import Iterable

from fablab.i18n import _, lazy, say_euros, say_length
from rooms.values_money import Terms

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
COMPETING = lazy("Plusieurs structures peuvent demander la même heure\u00a0: une seule l’aura.")
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


def amount(terms: Terms | None, minutes: int) -> str:
    """«48,00 € : 2 h à 24,00 € l’heure», «gratuit (vaut 48,00 €)»; nothing where the house says no price."""
    if terms is None or terms.hour_cents is None:
        return ""
    total = say_euros(terms.amount(minutes) or 0)
    if not terms.charged:
        return _("gratuit (vaut %(amount)s)", amount=total)
    said = {"amount": total, "length": say_length(minutes), "hour": say_euros(terms.hour_cents)}
    return _("%(amount)s\u00a0: %(length)s à %(hour)s l’heure", **said)
