"""Which accounts may be one person, and when two may be made one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fablab.i18n import _
from fablab.people.names import fold
from fablab.permissions import Role
from fablab.refusals import Refusal

#: how long a merge can be undone
UNDO_FOR = timedelta(days=30)
#: letters that differ between two spellings of one name, at most; in a name this short, none
SLIPS, SHORT_NAME = 2, 6


@dataclass(frozen=True)
class Known:
    """What is compared of an account."""

    id: int
    first_name: str
    last_name: str
    birth: date | None
    phone: str | None


def likeness(one: Known, other: Known) -> list[str]:
    """Why two accounts may be one person: "month", "spelling", "names", "phone"; empty: nothing says so."""
    first, second = fold(one.first_name), fold(other.first_name)
    whole, whole_other = (
        sorted(f"{first} {fold(one.last_name)}".split()),
        sorted(f"{second} {fold(other.last_name)}".split()),
    )
    found = []
    if first == second and one.birth and other.birth and month(one.birth) == month(other.birth):
        found.append("month")
    if whole == whole_other:
        found.append("names")
    elif one.birth is not None and one.birth == other.birth and near(" ".join(whole), " ".join(whole_other)):
        found.append("spelling")
    if one.phone and one.phone == other.phone:
        found.append("phone")
    return found


def month(day: date) -> tuple[int, int]:
    """The year and month of a birth."""
    return day.year, day.month


def near(one: str, other: str) -> bool:
    """Whether two texts differ by a slip or two: letters more, less, or others. Short ones must be the same."""
    if abs(len(one) - len(other)) > SLIPS or min(len(one), len(other)) < SHORT_NAME:
        return False
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != against)))
        before = now
    return before[-1] <= SLIPS


def pairs_among(people: Sequence[Known], apart: Iterable[tuple[int, int]]) -> list[tuple[Known, Known, list[str]]]:
    """The likely pairs, by names, those said to be two people left out.

    Only who shares something is compared: a first name and month, a day of birth, both names, a phone.
    """
    shelves: dict[object, list[Known]] = {}
    for one in people:
        first = fold(one.first_name)
        names = " ".join(sorted(f"{first} {fold(one.last_name)}".split()))
        marks: list[object] = [("names", names)]
        if one.birth:
            marks += [("day", one.birth), ("month", first, month(one.birth))]
        if one.phone:
            marks.append(("phone", one.phone))
        for mark in marks:
            shelves.setdefault(mark, []).append(one)
    said, found = set(apart), {}
    for shelf in shelves.values():
        for place, one in enumerate(shelf):
            for other in shelf[place + 1 :]:
                low, high = (one, other) if one.id < other.id else (other, one)
                if (low.id, high.id) in said or (low.id, high.id) in found:
                    continue
                if why := likeness(low, high):
                    found[low.id, high.id] = (low, high, why)
    return sorted(found.values(), key=lambda pair: (fold(pair[0].first_name), fold(pair[0].last_name), pair[0].id))


def merge_refusals(same: bool, roles: Iterable[Iterable[str]], merged: bool) -> list[Refusal]:
    """Why two accounts cannot be made one: it is the same one, one is or was of the team, one was merged already."""
    found = []
    if same:
        found.append(Refusal("same", _("C’est deux fois le même compte.")))
    if any(set(held) != {Role.YOUNG} for held in roles):
        found.append(Refusal("team", _("Un compte de l’équipe, d’aujourd’hui ou d’avant, ne se réunit pas.")))
    if merged:
        found.append(Refusal("merged", _("L’un de ces comptes est déjà réuni avec un autre.")))
    return found


def undo_refusals(at: datetime, now: datetime, *, undone: bool, later: bool, erased: bool) -> list[Refusal]:
    """Why a merge cannot be undone: done already, erased since, too late, or another one came on top of it."""
    if erased:
        return [Refusal("erased", _("Ce compte est effacé\u00a0: rien ne le ramène."))]
    if undone:
        return [Refusal("undone", _("Cette fusion est déjà défaite."))]
    if now >= at + UNDO_FOR:
        return [Refusal("too_late", _("Une fusion se défait pendant 30 jours."))]
    if later:
        return [Refusal("later", _("Une autre fusion est venue après\u00a0: la défaire d’abord."))]
    return []
