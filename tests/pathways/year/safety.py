"""Safety badges as the catalogue's file says them: who is ready, until when they hold, what ended them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.pathways.year.facts import PARIS, Held, Lesson, age_on, end_after, local_day, read_catalogue

NEVER = datetime.max.replace(tzinfo=PARIS) - timedelta(days=2)


@dataclass
class SafetyBadges:
    """The part of the reckoning about badges that expire."""

    births: dict[str, date] = field(default_factory=dict)
    held: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    attended: dict[str, list[Lesson]] = field(default_factory=lambda: defaultdict(list))
    trainings: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        files = read_catalogue("pathways", "pathways.yaml")
        self.pathways: dict[str, Any] = {one["code"]: one for one in files["pathways"]}
        self.safety: dict[str, Any] = {one["code"]: one for one in files["safety_badges"]}
        self.stage_code: str = files["skill_badges"]["stage_code"]
        self.pathway_code: str = files["skill_badges"]["pathway_code"]

    def level(self, who: str, competency: str) -> int:
        """The level that counts."""
        raise NotImplementedError

    def lacks(self, who: str, badge: str) -> list[tuple[str, int]]:
        """The levels that a safety badge asks and somebody has not."""
        asked = self.safety[badge]["competencies"]
        return [(one["code"], one["level"]) for one in asked if self.level(who, one["code"]) < one["level"]]

    def ready(self, who: str, badge: str, at: datetime) -> bool:
        """Whether it can be handed over: levels, badges before it, age, and not held well already."""
        asked = self.safety[badge]
        return (
            not self.lacks(who, badge)
            and all(self.valid(who, code, at) for code in asked["prerequisites"])
            and age_on(self.births[who], local_day(at)) >= asked["min_age"]
            and self.state(who, badge, at) != "valid"
        )

    def chain(self, who: str, badge: str, at: datetime) -> list[str]:
        """What a training hands over: the badges before it that do not hold, then itself."""
        before = [one for code in self.safety[badge]["prerequisites"] for one in self.chain(who, code, at)]
        missing = [code for code in dict.fromkeys(before) if not self.valid(who, code, at)]
        return [*missing, badge]

    def give(self, who: str, badge: str, at: datetime) -> None:
        """It is handed over; who had asked to be trained for it has their answer."""
        self.held[who].append(Held(who, badge, at, end_after(at, self.safety[badge]["valid_months"])))
        if self.trainings.get((who, badge)) in ("waiting", "planned"):
            self.trainings[who, badge] = "done"

    def revoke(self, who: str, badge: str, at: datetime) -> None:
        """It is taken back: whatever of it has not expired."""
        for one in self.held[who]:
            if one.badge == badge and one.ended is None and one.until is not None and one.until > at:
                one.ended = at

    def undo(self, who: str, badge: str, at: datetime) -> None:
        """The last one was given by mistake: it was never held."""
        last = [one for one in self.held[who] if one.badge == badge][-1]
        last.ended, last.undone = at, True

    def latest(self, who: str, badge: str) -> Held | None:
        """The one that goes furthest among those not taken back, else the last taken back."""
        mine = [one for one in self.held[who] if one.badge == badge and not one.undone]
        return max(mine, key=lambda one: (one.ended is None, self.holds_until(one), one.at), default=None)

    def holds_until(self, held: Held) -> datetime:
        """When it ends: its last day, too long a silence before, or taken back."""
        return min(held.until or NEVER, self.silent_at(held), held.ended or NEVER)

    def silent_at(self, held: Held) -> datetime:
        """When it lapses, if it does: so many months without a machine that it opens."""
        asked: Mapping[str, Any] = self.safety[held.badge]
        months = asked["lapses_unused_months"]
        if months is None:
            return NEVER
        end = end_after(held.at, months)
        uses = [
            one.start for one in self.attended[held.who] if one.came(held.who) and {*one.machines} & {*asked["opens"]}
        ]
        for used in sorted(used for used in uses if used > held.at):
            if used >= end:
                break
            end = end_after(used, months)
        return end

    def state(self, who: str, badge: str, at: datetime) -> str | None:
        """How a safety badge stands; None: never had."""
        held = self.latest(who, badge)
        if held is None:
            return None
        if held.ended is not None:
            return "revoked"
        end = self.holds_until(held)
        if end <= at:
            return "expired" if end == held.until else "lapsed"
        return "expires_soon" if end <= at + timedelta(days=30) else "valid"

    def valid(self, who: str, badge: str, at: datetime) -> bool:
        """Whether it opens something: it stands, and so does all that it needs first."""
        needed = [badge, *self.safety[badge]["prerequisites"]]
        return all(self.state(who, code, at) in ("valid", "expires_soon") for code in needed)
