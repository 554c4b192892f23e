"""What is asked of an organisation: its papers, each with the last day it covers, and conditions without a paper."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rooms.values import Tenant, Terms

KINDS = ("convention", "insurance", "statutes")
#: those that end on a day written on them; the others last until they change
DATED = ("convention", "insurance")
#: conditions that no paper proves: somebody looked, and says how
CONDITIONS = ("general_interest", "seat_in_town", "committee_agreement")
#: so many days before a paper ends, its organisation is told (rooms.yaml, ``papers``)
REMINDERS = (60, 30, 7)
#: so long after the insurance ended, dates may be suspended by somebody's decision
GRACE = timedelta(days=30)
#: sent: somebody must look; said: told at the first load, nobody saw the paper yet
State = Literal["sent", "missing", "over", "later", "soon", "said", "valid"]


def asked_of(tenant: Tenant, terms: Terms) -> tuple[str, ...]:
    """The papers that the house asks of an organisation, in its order."""
    asked = {"convention": "convention" in terms.conditions, "insurance": tenant.insurance_required}
    return tuple(kind for kind in KINDS if asked.get(kind))


def until_of(tenant: Tenant, kind: str) -> date | None:
    """The last day that a paper is known to cover; None: none is, or it says no day."""
    return {"convention": tenant.convention_until, "insurance": tenant.insurance_until}.get(kind)


def covers(tenant: Tenant, kind: str, day: date) -> bool:
    """Whether what is asked of an organisation is there on a day."""
    return tenant.convention_on(day) if kind == "convention" else tenant.insured_on(day)


@dataclass(frozen=True)
class Standing:
    """Where one paper of an organisation stands; ``uncovered``: its dates to come on which it is not there."""

    kind: str
    state: State
    until: date | None
    uncovered: int = 0

    @property
    def settled(self) -> bool:
        """Whether nobody has anything to do about it."""
        return self.state in ("valid", "said") and not self.uncovered


def standing(
    tenant: Tenant, kind: str, today: date, days: Collection[date] = (), *, sent: bool = False, seen: bool = False
) -> Standing:
    """Where a paper stands today; ``days``: of dates to come, ``sent``: one is to look at, ``seen``: one was."""
    until = until_of(tenant, kind)
    uncovered = sum(not covers(tenant, kind, day) for day in days)
    state: State = "valid" if seen else "said"
    if sent:
        state = "sent"
    elif not covers(tenant, kind, today):
        state = "missing" if until is None else "over" if until < today else "later"
    elif until is not None and until <= today + timedelta(days=REMINDERS[0]):
        state = "soon"
    return Standing(kind, state, until, uncovered)


def reminder(until: date, today: date) -> int | None:
    """How many days before the end is said today, of those at which it is said; None: it is not time, or too late."""
    left = (until - today).days
    return min((one for one in REMINDERS if 0 <= left <= one), default=None)
