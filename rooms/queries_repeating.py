"""Every date of a repeat, with what would become of it: weighed by the rules that will be asked, from one reading."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings import asking, rules
from bookings.queries_house import house_of
from bookings.values import Ask
from fablab import clock
from fablab.refusals import Refusal
from rooms import queries_finding, queries_money
from rooms import rules as room_rules
from rooms.values_money import Season, season_of
from rooms.values_repeating import Dated, Repeat


def preview(session: Session, ask: Ask, repeat: Repeat, now: datetime, *, may_pass: bool) -> list[Dated]:
    """What would become of each date of a repeat, in order; ``ask`` is the wish, whatever its time.

    ``may_pass``: whoever asks passes soft rules with the reason written in the wish.
    """
    house = house_of(session)
    days = [day for day in repeat.days() if repeat.in_holidays or house.season(day) == "school"]
    slots = {day: slot for day in days if (slot := repeat.slot_on(day))}
    asks = {day: replace(ask, slot=slot) for day, slot in slots.items()}
    answers = asking.weigh(session, list(asks.values()), now)
    reason = ask.override if may_pass else None
    taken: dict[Season, int] = defaultdict(int)
    quotas = queries_money.used_by(session, list(asks.values()))
    facts = queries_finding.facts_of(session, ask)

    def over_quota(wish: Ask) -> list[Refusal]:
        season = season_of(clock.local_day(wish.slot.start))
        if facts is None or season not in quotas:
            return []
        quota = replace(quotas[season], used=quotas[season].used + taken[season])
        return room_rules.quota_used(wish, replace(facts, quota=quota))

    def dated(day: date) -> Dated:
        slot = slots.get(day)
        if slot is None:
            return Dated(day, None, "refused" if day in days else "holidays")
        standing = tuple(rules.not_passed(answers[asks[day]].refusals, reason))
        if not standing:
            # Each date was weighed alone: the dates before it in this repeat take hours of the season too.
            standing = tuple(rules.not_passed(over_quota(asks[day]), reason))
        if not standing:
            taken[season_of(day)] += slot.minutes
        return Dated(day, slot, "refused" if standing else "possible", standing)

    return [dated(day) for day in repeat.days()]


def asks_of(ask: Ask, dates: Sequence[Dated]) -> list[Ask]:
    """The asks of the dates that are possible, each with a key of its own: a form sent twice asks once."""
    possible = [(one.day, one.slot) for one in dates if one.state == "possible" and one.slot is not None]
    return [replace(ask, slot=slot, key=f"{ask.key}:{day.isoformat()}" if ask.key else None) for day, slot in possible]
