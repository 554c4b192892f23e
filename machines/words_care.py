"""How often a machine is looked after and when it is time again, in words."""

from fablab.i18n import _, joined, ngettext, say_day, say_length
from machines.models_care import Care
from machines.values_care import Due


def how_often(care: Care) -> str:
    """«Tous les 30 jours, ou toutes les 50 heures de marche»."""
    said = []
    if care.every_days:
        said.append(ngettext("chaque jour", "tous les %(num)s jours", care.every_days))
    if care.every_hours:
        said.append(ngettext("à chaque heure de marche", "toutes les %(num)s heures de marche", care.every_hours))
    return _(" ou ").join(said)


def when_due(due: Due) -> str:
    """«À faire», or the day and the hours of use that are left."""
    if due.state == "due":
        return _("à faire maintenant")
    said = [say_day(due.on)] if due.on else []
    if due.minutes_left is not None:
        said.append(_("dans %(length)s de marche", length=say_length(due.minutes_left)))
    return joined(said, _(" ou "))
