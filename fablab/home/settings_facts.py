"""Settings in words: facts that the house says of itself, a page of them at a time.

Each has its default and what it does; an emptied one goes back to its default. What two people change at once is
never overwritten silently: whoever comes second is shown both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bookings import queries
from bookings.catalogue import HOUSE
from bookings.models import Place
from fablab import house, identity, journal
from fablab.db import transaction
from fablab.home.settings_actions import OWN_WORD
from fablab.house import HouseSetting
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.seen import meanwhile, stamp

NAME = "house.name"


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Fact:
    """One fact: where it is kept, its words, and what may be written. Texts are lazy.

    ``kind`` is line, email, phone, yes_no, choice or many; ``default`` says in words what holds while nothing is
    said; ``choices`` are (value, words), the first of a choice is its default.
    """

    key: str
    label: Any
    meaning: Any
    kind: str = "line"
    most: int = 200
    default: Callable[[], str] = _nothing
    required: bool = False
    choices: Sequence[tuple[str, Any]] = ()

    @property
    def code(self) -> str:
        """Its name in a form."""
        return self.key.replace(".", "_").replace("-", "_")

    def read(self, typed: Any) -> Any:
        """The value of what was typed; None: the default."""
        if self.kind == "yes_no":
            return True if typed == "yes" else None
        if self.kind == "choice":
            return None if typed == self.choices[0][0] else typed
        if self.kind == "many":
            return sorted(typed) or None
        return typed or None

    def typed(self, value: Any) -> Any:
        """What stands in the form for a value."""
        if self.kind == "yes_no":
            return "yes" if value else "no"
        if self.kind == "choice":
            return self.choices[0][0] if value is None else value
        return list(value or ()) if self.kind == "many" else value or ""

    def said(self, value: Any) -> str:
        """A value in words."""
        if self.kind == "yes_no":
            return str(_("oui") if value else _("non"))
        if self.kind in ("choice", "many"):
            words = dict(self.choices)
            codes = value or [] if self.kind == "many" else [self.typed(value)]
            return ", ".join(str(words.get(code, code)) for code in codes) or _("aucun")
        return str(value or self.default()) or _("rien")


@dataclass(frozen=True)
class Group:
    """The facts of one page, in sections."""

    code: str
    title: Any
    context: Any
    sections: Sequence[tuple[Any, Sequence[Fact]]] = field(default_factory=tuple)

    @property
    def facts(self) -> list[Fact]:
        """All of them, in order."""
        return [fact for _title, facts in self.sections for fact in facts]


def held(session: Session, facts: Sequence[Fact]) -> dict[str, Any]:
    """What the house has said, by key; None where it has not."""
    found = house.read(session, *(fact.key for fact in facts))
    return {fact.key: found.get(fact.key) or None for fact in facts}


def invented(session: Session, facts: Sequence[Fact]) -> list[Fact]:
    """Those whose value is still marked as invented."""
    marked = select(HouseSetting.key).where(
        HouseSetting.key.in_([fact.key for fact in facts]), HouseSetting.data_status == "invented"
    )
    keys = set(session.scalars(marked))
    return [fact for fact in facts if fact.key in keys]


def set_facts(
    facts: Sequence[Fact], wanted: Mapping[str, Any], seen: Mapping[str, str], by: Person, now: datetime
) -> int:
    """Say these facts otherwise; only what differs from what was ``seen`` (stamps by key) is changed. How many were.

    Raises Refused: changed_meanwhile, beside each fact that somebody else changed since.
    """
    with transaction() as session:
        queries.lock_house(session)
        before = held(session, facts)
        mine = [one for one in facts if stamp(wanted[one.key]) != seen.get(one.key, stamp(before[one.key]))]
        if refusals := [
            meanwhile(one.said(before[one.key]), field=one.code) for one in mine if _crosses(one, before, wanted, seen)
        ]:
            raise Refused(refusals)
        changed = [one for one in mine if wanted[one.key] != before[one.key]]
        for one in changed:
            _write(session, one, before[one.key], wanted[one.key], by, now)
        identity.forget(session)
    return len(changed)


def confirm(facts: Sequence[Fact], by: Person, now: datetime) -> None:
    """What was invented about these facts is true: their marks go, in the journal."""
    with transaction() as session:
        queries.lock_house(session)
        for one in invented(session, facts):
            changing = update(HouseSetting).where(HouseSetting.key == one.key)
            session.execute(changing.values(data_status=OWN_WORD))
            journal.note(session, "setting.confirm", "house_setting", None, by=by, now=now, key=one.key)


def _crosses(fact: Fact, before: Mapping[str, Any], wanted: Mapping[str, Any], seen: Mapping[str, str]) -> bool:
    """Whether somebody else changed it since, to something else than what is wanted."""
    now_held = before[fact.key]
    return stamp(now_held) != seen.get(fact.key, stamp(now_held)) and now_held != wanted[fact.key]


def _write(session: Session, fact: Fact, before: Any, after: Any, by: Person, now: datetime) -> None:
    if after is None:
        session.delete(session.get_one(HouseSetting, fact.key))
    else:
        house.write(session, fact.key, after, data_status=OWN_WORD)
    if fact.key == NAME:
        session.execute(update(Place).where(Place.code == HOUSE).values(name=after))
    said: dict[str, Any] = {"key": fact.key, "before": fact.said(before), "after": fact.said(after)}
    journal.note(session, "setting.change", "house_setting", None, by=by, now=now, **said)
    session.flush()
