"""What an address asks for: a period, filters; and the address that asks for the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from fablab.i18n import in_french
from reports import queries_choices
from reports.values_periods import Period, read_period
from reports.values_public import OF_PEOPLE, Filters, read_filters
from reports.words import answers_to

#: filter -> its name in the address
ADDRESS = {
    "pathway": "parcours",
    "group": "groupe",
    "funder": "paye-par",
    "gender": "genre",
    "band": "age",
    "district": "quartier",
    "situation": "situation",
    "sender": "envoi",
}


@dataclass(frozen=True)
class Asked:
    """A period and filters, with what could have been chosen: filter -> value -> words."""

    period: Period
    filters: Filters
    offered: Mapping[str, Mapping[str, str]]
    colours: Mapping[str, str]

    @property
    def address(self) -> dict[str, str]:
        """The parts of an address that asks for the same."""
        period = self.period
        last = {"au": period.last.isoformat()} if period.kind == "free" else {}
        chosen = {ADDRESS[name]: value for name, value in self.filters.values.items()}
        return {"periode": period.kind, "du": period.first.isoformat(), **last, **chosen}

    @property
    def said(self) -> list[str]:
        """The filters asked for, in words; the names of pathways are French in any language."""
        words = [(name, self.offered[name][value]) for name, value in self.filters.values.items()]
        return [in_french(said) if name in ("pathway", "funder") else said for name, said in words]


def read(session: Session, args: Mapping[str, str], today: date) -> Asked:
    """What the address asks for; what cannot be understood is asked for by nobody. Two statements."""
    pathways = queries_choices.pathways(session)
    groups, funders = queries_choices.groups(session)
    offered: dict[str, Mapping[str, str]] = {
        "pathway": {id_: name for id_, (name, _colour) in pathways.items()},
        "group": groups,
        "funder": funders,
        **{name: answers_to(name) for name in OF_PEOPLE},
    }
    period = read_period(args.get("periode", ""), args.get("du", ""), args.get("au", ""), today)
    filters = read_filters({name: args.get(said, "") for name, said in ADDRESS.items()}, offered)
    return Asked(period, filters, offered, {id_: colour for id_, (_name, colour) in pathways.items()})
