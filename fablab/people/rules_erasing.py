"""When somebody may be erased, and what is kept of their birth. Pure.

Erasing is asked by the person (GDPR, article 17) or by time (article 5.1.e): who it was is forgotten, what is counted
for funders stays without a name (recital 26).
"""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fablab.i18n import _, ngettext
from fablab.people.rules import age_on
from fablab.refusals import Refusal


@dataclass(frozen=True)
class ErasingFacts:
    """What is looked at before an account is erased: its roles, and what is still under way."""

    only_young: bool
    erased: bool
    merged: bool
    enrolments: int
    bookings: int


def erase_refusals(facts: ErasingFacts) -> list[Refusal]:
    """Why an account cannot be erased: it is of the team, gone already, or something of it is not over."""
    if facts.erased or facts.merged:
        return [Refusal("erased", _("Ce compte est déjà effacé, ou réuni avec un autre."))]
    found = []
    if not facts.only_young:
        found.append(Refusal("team", _("Un compte de l’équipe ne s’efface pas\u00a0: ses actes gardent son nom.")))
    if facts.enrolments:
        sentence = ngettext(
            "Une inscription est en cours\u00a0: la finir d’abord.",
            "%(num)s inscriptions sont en cours\u00a0: les finir d’abord.",
            facts.enrolments,
        )
        found.append(Refusal("enrolled", sentence))
    if facts.bookings:
        sentence = ngettext(
            "Une réservation est à venir\u00a0: l’annuler d’abord.",
            "%(num)s réservations sont à venir\u00a0: les annuler d’abord.",
            facts.bookings,
        )
        found.append(Refusal("booked", sentence))
    return found


def blurred_birth(birth: date | None, counted_on: Collection[date]) -> date | None:
    """Another day of the same year that says the same age on every day on which the person is counted.

    The first or last day of the year where one does, else of the month of birth, never the birth itself.
    """
    if birth is None:
        return None
    month_end = calendar.monthrange(birth.year, birth.month)[1]
    tried = (
        date(birth.year, 1, 1),
        date(birth.year, 12, 31),
        birth.replace(day=1),
        birth.replace(day=month_end),
    )
    for one in tried:
        if one != birth and all(age_on(one, day) == age_on(birth, day) for day in counted_on):
            return one
    return birth.replace(day=15 if birth.day != 15 else 16)


def read_on(day: date) -> tuple[date, date, date]:
    """The last days of the month and of the school year in which a day falls: reports say ages on them, and on it.

    On 31 December every birth of a year says the same age.
    """
    month_end = calendar.monthrange(day.year, day.month)[1]
    return day, day.replace(day=month_end), date(day.year + (day.month > 8), 8, 31)
