"""Words that several pages of machines say alike."""

from collections.abc import Sequence
from datetime import datetime

from bookings.values import Slot
from fablab import clock
from fablab.i18n import _, lazy, ngettext, say_capital, say_day, say_hour
from machines.queries_helpers import Helpers
from machines.values_repair import Trouble

#: two words why an hour is not possible, by code, for its box
SHORT = {
    "taken": lazy("pris"),
    "kept_for_line": lazy("proposé à quelqu’un"),
    "too_soon": lazy("trop tôt"),
    "past": lazy("passé"),
    "too_far": lazy("trop loin"),
    "too_short": lazy("trop court"),
    "outside_hours": lazy("trop court"),
    "closed": lazy("fermé"),
    "out_of_service": lazy("en panne"),
    "place_full": lazy("salle pleine"),
    "too_many_minors": lazy("salle pleine"),
    "supervision_missing": lazy("sans animateur"),
    "two_adults": lazy("sans animateur"),
    "week_hours_all": lazy("assez d’heures"),
    "week_hours_machine": lazy("assez d’heures"),
    "suspended_for_absences": lazy("plus tard"),
    "too_many_bookings": lazy("déjà assez"),
    "two_places": lazy("déjà pris ailleurs"),
}


def near_when(moment: datetime, now: datetime) -> str:
    """«mercredi à 16 h» within six days, else «mardi 1er décembre à 16 h»."""
    day = say_day(moment)
    if (clock.local_day(moment) - clock.local_day(now)).days < 7:
        day = day.split()[0]
    return _("%(day)s à %(hour)s", day=day, hour=say_hour(moment))


def any_of(names: Sequence[str]) -> str:
    """«Samir», «Samir ou Chloé»: somebody among these."""
    return _(" ou ").join(names)


def full_slot(slot: Slot) -> str:
    """«Jeudi 26 novembre, de 18 h à 19 h»."""
    return say_capital(
        _(
            "%(day)s, de %(start)s à %(end)s",
            day=say_day(slot.start),
            start=say_hour(slot.start),
            end=say_hour(slot.end),
        )
    )


def told(suspended: int, sessions: int) -> str:
    """What taking a machine out of use did: bookings that wait, sessions that only used it."""
    if not suspended and not sessions:
        return _("Hors service. Aucune réservation n’est touchée.")
    said = [_("Hors service.")]
    if suspended:
        said.append(
            ngettext(
                "%(num)s réservation en attente : la personne est prévenue.",
                "%(num)s réservations en attente : les personnes sont prévenues.",
                suspended,
            )
        )
    if sessions:
        said.append(
            ngettext(
                "%(num)s séance la prévoyait : ses animateurs sont prévenus.",
                "%(num)s séances la prévoyaient : leurs animateurs sont prévenus.",
                sessions,
            )
        )
    return " ".join(said)


def given_back(waiting: int) -> str:
    """What putting a machine back leaves to do."""
    if not waiting:
        return _("En service.")
    return ngettext(
        "En service. %(num)s réservation à remettre.", "En service. %(num)s réservations à remettre.", waiting
    )


def trouble(found: Trouble) -> str:
    """What a machine has, or when it comes back."""
    return _("retour %(day)s", day=say_day(found.back_on)) if found.back_on else found.words


def whom_to_ask(helpers: Helpers | None, now: datetime) -> str:
    """«Je demande à Samir, mercredi à 13 h 30.»: who stands by the machines now or next, and when."""
    if helpers is None:
        return _("J’en parle à un animateur.")
    names = any_of(helpers.names)
    if helpers.slot.start <= now:
        return _("Je demande à %(names)s, jusqu’à %(hour)s.", names=names, hour=say_hour(helpers.slot.end))
    return _("Je demande à %(names)s, %(when)s.", names=names, when=near_when(helpers.slot.start, now))
