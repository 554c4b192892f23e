"""A pathway at one's own pace, as the catalogue's file says it: hours, choices, badges among which to choose."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.pathways.year.facts import Course, Lesson, Line, end_after, local, local_day
from tests.pathways.year.safety import SafetyBadges

#: how the page of choices calls that of badges
BADGES = "BADGES"
Stay = tuple[datetime, datetime]


@dataclass
class OwnPace(SafetyBadges):
    """The part of the reckoning about people without a group."""

    lines: dict[str, dict[str, list[Line]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    inside: dict[str, datetime] = field(default_factory=dict)
    stays: dict[str, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    helped: dict[str, list[Lesson]] = field(default_factory=lambda: defaultdict(list))
    chosen: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))

    def stretches(self, course: Course) -> dict[date, list[Stay]]:
        """When somebody was there and for how long, by day since they were enrolled."""
        found: dict[date, list[Stay]] = defaultdict(list)
        stays = [
            *self.stays[course.who],
            *((one.start, one.end) for one in self.helped[course.who] if not one.cancelled),
        ]
        for start, end in stays:
            if local_day(start) >= course.since:
                found[local_day(start)].append((start, end))
        return found

    def seen_on(self, course: Course) -> set[date]:
        """The days on which something was validated in the open lab."""
        lines = [one for mine in self.lines[course.who].values() for one in mine]
        days = {local_day(one.at) for one in lines if one.lesson is None and not one.mends}
        return {day for day in days if day >= course.since}

    def hours(self, course: Course) -> int:
        """Full hours until the last month is over; a day of which nobody said how long is a usual session."""
        asked = self.pathways[course.pathway]["sessions"]
        last = local_day(end_after(local(course.since, "12:00"), asked["pace"]["max_months"]) - timedelta(seconds=1))
        known = self.stretches(course)
        seen = {day for day in self.seen_on(course) if day not in known}
        minutes = sum(_minutes(stays) for day, stays in known.items() if day <= last)
        usual: int = asked["hours"] * 60
        return (minutes + usual * sum(day <= last for day in seen)) // 60

    def choice(self, course: Course, offer: str, among: Collection[str], count: int) -> tuple[Collection[str], int]:
        """Among what, and how many: once so many are chosen on the page, those alone."""
        mine = self.chosen[course.who, course.pathway].get(offer, [])
        return (mine if len(mine) == count else among), count

    def chose_well(self, course: Course) -> bool:
        """Whether the badges that a pathway lets choose were earned; one that ended by itself was earned."""
        asked = self.pathways[course.pathway].get("chosen_badges")
        if asked is None:
            return True
        among, count = self.choice(course, BADGES, asked["among"], asked["count"])
        return sum(self.earned(course.who, badge) for badge in among) >= count

    def earned(self, who: str, badge: str) -> bool:
        """Whether a safety badge was given and not taken back, or renewed after that."""
        mine = [one for one in self.held[who] if one.badge == badge and not one.undone]
        return len(mine) > 1 or any(one.ended is None for one in mine)


def _minutes(stays: Iterable[Stay]) -> int:
    """Minutes in these stretches, those in common once."""
    moments = {start + timedelta(minutes=at) for start, end in stays for at in range(int((end - start).seconds) // 60)}
    return len(moments)
