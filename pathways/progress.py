"""Where somebody stands in a pathway and what comes next: pure, in the words of young people ("je", twelve words)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from fablab.i18n import _, ngettext
from pathways.values_badges import Gap

StageState = Literal["done", "here", "todo"]


def stage_states(earned: Sequence[bool]) -> list[StageState]:
    """How each stage is drawn, from whether its badge was earned: the first that was not is where one is."""
    here = next((number for number, done in enumerate(earned) if not done), None)
    return ["done" if done else "here" if number == here else "todo" for number, done in enumerate(earned)]


def next_gap(gaps: Mapping[str, Gap], held: Collection[str], aimed: Sequence[str]) -> Gap | None:
    """The safety badge that comes next: one that the pathway aims at, then the one with the least missing.

    What asks for another badge first, or for an older age, is not next. ``gaps`` by code, ``held`` the codes
    that hold today.
    """
    open_gaps = [gap for code, gap in gaps.items() if code not in held and not gap.badges and not gap.too_young]
    return min(open_gaps, key=lambda gap: (gap.badge.code not in aimed, gap.size), default=None)


def missing_words(gap: Gap) -> str:
    """«Il me manque 2 choses.», or that it only remains to be handed over."""
    if gap.ready:
        return _("J’ai tout. Un animateur me le remet.")
    return ngettext("Il me manque %(num)s chose.", "Il me manque %(num)s choses.", gap.size)


def renewal_words(gap: Gap) -> str:
    """How to get a badge again that was held before, in one sentence or two."""
    if gap.badge.renewal_minutes:
        return _(
            "Pour le reprendre, je demande à un animateur. Ça prend %(minutes)s minutes.",
            minutes=gap.badge.renewal_minutes,
        )
    return _("Pour le reprendre, je demande à un animateur.")


def attendance_words(came: int, needed: int) -> str:
    """«J’ai fait 3 séances. Il en faut 5 pour finir.»: never a percentage."""
    said = ngettext("J’ai fait %(num)s séance.", "J’ai fait %(num)s séances.", came)
    return said if came >= needed else f"{said} " + _("Il en faut %(needed)s pour finir.", needed=needed)


def hours_words(came: int, needed: int) -> str:
    """«J’ai fait 12 heures. Il en faut 21 pour finir.», at one's own pace."""
    said = ngettext("J’ai fait %(num)s heure.", "J’ai fait %(num)s heures.", came)
    return said if came >= needed else f"{said} " + _("Il en faut %(needed)s pour finir.", needed=needed)
