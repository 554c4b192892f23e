"""What the administration changes in the house: its rules for machines, its hours. Each change is in the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from bookings import queries, upkeep_again
from bookings.models import LIVE, Booking, OpeningRule, Place
from fablab import house, journal
from fablab.db import transaction
from fablab.home.letter_examples import Preview
from fablab.home.settings_words import Setting
from fablab.i18n import _
from fablab.outbox import Letter
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.seen import meanwhile, stamp

#: the mark of what the house itself has said
OWN_WORD = "source"
_DATED = or_(OpeningRule.valid_from.is_not(None), OpeningRule.valid_until.is_not(None))


@dataclass(frozen=True)
class Window:
    """A time of a weekday, in wall time, for a use (open, open_lab, group); nth: weeks of the month, empty: all."""

    opens: time
    closes: time
    use: str
    nth: tuple[int, ...] = ()

    def said(self) -> str:
        """For the journal: «14:00-18:00 open_lab 1,3»."""
        weeks = f" {','.join(map(str, self.nth))}" if self.nth else ""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M} {self.use}{weeks}"


def set_rule(setting: Setting, value: int, by: Person, now: datetime, *, seen: str | None = None) -> None:
    """Another value for a rule of the house; bookings to come are asked again under it.

    ``seen`` is the stamp of the value that was shown. Raises Refused: out_of_range, changed_meanwhile.
    """
    if not setting.least <= value <= setting.most:
        sentence = _("Entre %(least)s et %(most)s.", least=setting.least, most=setting.most)
        raise Refused([Refusal("out_of_range", sentence, field="value")])
    with transaction() as session:
        queries.lock_house(session)
        before = house.read(session, setting.key).get(setting.key, setting.default)
        if seen is not None and before != value and stamp(before) != seen:
            raise Refused([meanwhile(str(before), field="value")])
        house.write(session, setting.key, value, data_status=OWN_WORD)
        _note_rule(session, setting, before, value, by, now)


def set_hours(
    place: Place,
    season: str,
    weekday: int,
    windows: Sequence[Window],
    by: Person,
    now: datetime,
    *,
    seen: str | None = None,
) -> None:
    """Other hours for a weekday of a season; those that hold between dates stay.

    ``seen`` is the stamp of the hours that were shown. Raises Refused: ends_first, windows_cross, changed_meanwhile.
    """
    place_id = place.id
    if refusals := _refusals(windows):
        raise Refused(refusals)
    with transaction() as session:
        queries.lock_house(session)
        held = windows_of(session, place_id, season, weekday)
        before, after = [one.said() for one in held], [one.said() for one in windows]
        if seen is not None and before != after and stamp_of(held) != seen:
            raise Refused([meanwhile(", ".join(before) or _("fermé"), field="")])
        session.execute(delete(OpeningRule).where(*_of_day(place_id, season, weekday), ~_DATED))
        day: dict[str, Any] = {"place_id": place_id, "season": season, "weekday": weekday, "data_status": OWN_WORD}
        for one in windows:
            session.add(OpeningRule(**day, opens=one.opens, closes=one.closes, use=one.use, nth=list(one.nth)))
        said: dict[str, Any] = {"place": place.name, "season": season, "weekday": weekday}
        said |= {"before": before, "after": after}
        journal.note(session, "hours.change", "place", place_id, by=by, now=now, **said)
        session.flush()
        ask_again(session, now)


def back_to_default(setting: Setting, by: Person, now: datetime) -> None:
    """The default of a rule again; bookings to come are asked again under it."""
    with transaction() as session:
        queries.lock_house(session)
        before = house.read(session, setting.key).get(setting.key, setting.default)
        house.write(session, setting.key, setting.default, data_status=OWN_WORD)
        _note_rule(session, setting, before, setting.default, by, now)


def send_a_try(shown: Preview, by: Person, chance: str, now: datetime) -> None:
    """A letter of the example to one's own address; ``chance`` makes each try a letter of its own."""
    with transaction() as session:
        told = {
            "subject": shown.subject[:200],
            "body": shown.body + "\n",
            "to_address": by.email,
            "language": shown.language,
        }
        session.add(Letter(key=f"try:{chance}", person_id=by.id, written_at=now, due_at=now, **told))


def stamp_of(windows: Sequence[Window]) -> str:
    """A short mark of the hours of a day: says whether they are still those that were shown."""
    return stamp([window.said() for window in windows])


def windows_of(session: Session, place_id: int, season: str, weekday: int) -> list[Window]:
    """The hours of a weekday, in order, without those that hold between dates."""
    here = (*_of_day(place_id, season, weekday), ~_DATED)
    rules = session.scalars(select(OpeningRule).where(*here).order_by(OpeningRule.opens, OpeningRule.id))
    return [Window(rule.opens, rule.closes, rule.use, tuple(rule.nth)) for rule in rules]


def dated_of(session: Session, place_id: int, season: str, weekday: int) -> list[OpeningRule]:
    """The hours of a weekday that hold from a day on, or until one, in order."""
    here = (*_of_day(place_id, season, weekday), _DATED)
    return list(session.scalars(select(OpeningRule).where(*here).order_by(OpeningRule.opens, OpeningRule.id)))


def _note_rule(session: Session, setting: Setting, before: int, after: int, by: Person, now: datetime) -> None:
    said: dict[str, Any] = {"key": setting.key, "before": before, "after": after}
    journal.note(session, "setting.change", "house_setting", None, by=by, now=now, **said)
    ask_again(session, now)


def _of_day(place_id: int, season: str, weekday: int) -> tuple[ColumnElement[bool], ...]:
    return OpeningRule.place_id == place_id, OpeningRule.season == season, OpeningRule.weekday == weekday


def _refusals(windows: Sequence[Window]) -> list[Refusal]:
    found = []
    for number, window in enumerate(windows, 1):
        if window.closes <= window.opens:
            found.append(Refusal("ends_first", _("La fin vient après le début."), field=f"closes_{number}"))
    if not found and any(_cross(one, other) for one, other in combinations(windows, 2)):
        found.append(Refusal("windows_cross", _("Deux plages se croisent.")))
    return found


def _cross(one: Window, other: Window) -> bool:
    same_weeks = not one.nth or not other.nth or bool(set(one.nth) & set(other.nth))
    return same_weeks and one.opens < other.closes and other.opens < one.closes


def ask_again(session: Session, now: datetime) -> None:
    """Ask every booking to come again, because a fact of the house changed under it."""
    coming = select(Booking).where(Booking.status.in_(LIVE), Booking.ends_at > now)
    upkeep_again.ask_again(session, session.scalars(coming), now)
