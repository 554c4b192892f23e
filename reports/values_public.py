"""Pure: who is counted. Ages in bands, and what a reader may choose among."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

UNKNOWN = "unknown"
#: (code, youngest, oldest), full years on the last day of the period
BANDS = (("11-14", 11, 14), ("15-17", 15, 17), ("18-20", 18, 20), ("21-25", 21, 25))
#: what is asked of training by its id
OF_TRAINING = ("pathway", "group", "funder")
#: what depends on the person, not on the pathway
OF_PEOPLE = ("gender", "band", "district", "situation", "sender")


@dataclass(frozen=True)
class Filters:
    """What is kept of a house; empty: all of it. Pathway, group and funder (a scheme that pays) are ids, as text."""

    pathway: str = ""
    group: str = ""
    funder: str = ""
    gender: str = ""
    band: str = ""
    district: str = ""
    situation: str = ""
    sender: str = ""

    @property
    def names(self) -> frozenset[str]:
        """What is asked for."""
        return frozenset(one.name for one in fields(self) if getattr(self, one.name))

    @property
    def values(self) -> dict[str, str]:
        """What is asked for, with its value."""
        return {name: getattr(self, name) for name in sorted(self.names)}


def read_filters(asked: Mapping[str, str], offered: Mapping[str, Mapping[str, str]]) -> Filters:
    """What an address asks for; a value that is not offered is asked for by nobody."""
    return Filters(
        **{name: asked[name] for name, choices in offered.items() if asked.get(name, "") in choices and asked[name]}
    )


def latest_birthday(day: date, age: int) -> date:
    """The latest day on which one can be born to have lived so many full years on a day."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # 29 February, in a year without one
        return date(day.year - age, 2, 28)
