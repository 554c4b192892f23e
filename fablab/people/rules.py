"""Rules of people, pure: the three ages (three rules, never one "minor"), authorisations, secrets chosen."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from fablab.i18n import _
from fablab.refusals import Refusal

#: may consent alone to optional uses of their data (French data act, art. 45)
CONSENT_AGE = 15
#: may enter the Mission Locale or the Contrat d'engagement jeune
MISSION_LOCALE_AGE = 16
#: needs no parental authorisation any more, for taking part, machines or image
MAJORITY = 18
#: ages of the pathways, with room for a younger visitor and for who stays a little longer
YOUNGEST, OLDEST = 8, 30


class Agreement(Protocol):
    """What these rules read of an authorisation; ``withdrawn_on`` is a local day."""

    @property
    def kind(self) -> str:
        """What it allows: participation, machines…"""

    @property
    def signed_on(self) -> date:
        """The first day it covers."""

    @property
    def valid_until(self) -> date | None:
        """The last day it covers; None: until withdrawn."""

    @property
    def withdrawn_on(self) -> date | None:
        """The local day from which it covers nothing; None: not withdrawn."""


def age_on(birth: date, day: date) -> int:
    """Full years lived on a day (the day of the slot, not today).

    Born on 29 February: a year older on 1 March of other years, so that the protection of the
    younger age lasts to the full day.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def may_consent_alone(birth: date | None, day: date) -> bool:
    """From 15: optional uses of one's data without a parent. Without a birth date: no."""
    return birth is not None and age_on(birth, day) >= CONSENT_AGE


def may_be_followed_by_mission_locale(birth: date | None, day: date) -> bool:
    """From 16: the entry age of Mission Locale and CEJ. Without a birth date: no."""
    return birth is not None and age_on(birth, day) >= MISSION_LOCALE_AGE


def needs_parental_authorisation(birth: date | None, day: date) -> bool:
    """Under 18 on that day. Without a birth date: yes."""
    return birth is None or age_on(birth, day) < MAJORITY


def covered(agreements: Iterable[Agreement], kind: str, day: date) -> bool:
    """Whether an authorisation of this kind, seen and not withdrawn, covers a day."""
    return any(
        agreement.kind == kind
        and agreement.signed_on <= day
        and (agreement.valid_until is None or day <= agreement.valid_until)
        and (agreement.withdrawn_on is None or day < agreement.withdrawn_on)
        for agreement in agreements
    )


def may_take_part(birth: date | None, agreements: Iterable[Agreement], kind: str, day: date) -> bool:
    """Whether age or a parental authorisation of this kind ("participation", "machines") allows a day."""
    return not needs_parental_authorisation(birth, day) or covered(agreements, kind, day)


def plausible_birth(birth: date, today: date) -> list[Refusal]:
    """Why a birth date cannot be a young person's of the house: 8 to 30 years on the day of the form."""
    if birth > today:
        return [Refusal("birth_future", _("Cette date est dans le futur."), field="birth")]
    if not YOUNGEST <= age_on(birth, today) <= OLDEST:
        sentence = _(
            "Cette date donne %(age)s ans : la maison accueille de %(youngest)s à %(oldest)s ans.",
            age=age_on(birth, today),
            youngest=YOUNGEST,
            oldest=OLDEST,
        )
        return [Refusal("birth_age", sentence, field="birth")]
    return []
