"""Every indicator equals what somebody finds who counts the rows one by one, for each period and filter."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import Model
from fablab.people.models import Scheme
from pathways.models import Group, Pathway
from reports import queries_figures, queries_rows
from reports.queries_rows import WITH_ROWS
from reports.values_indicators import INDICATORS
from reports.values_periods import Period, period_of
from reports.values_public import Filters
from tests.conftest import Statements
from tests.make import make_young
from tests.make_pathways import enrol, make_group, make_pathway
from tests.make_year import make_year
from tests.reports import by_hand
from tests.reports.by_hand import Registers, worth

TODAY = date(2026, 11, 24)
PERIODS = [
    period_of("school_year", TODAY),
    period_of("school_year", TODAY).before,
    period_of("civil_year", TODAY),
    period_of("term", TODAY),
    period_of("term", TODAY).before,
    period_of("month", TODAY),
    Period("free", date(2026, 8, 31), date(2026, 10, 1)),
    Period("free", date(2026, 9, 1), date(2026, 9, 1)),
]
FILTERS = [
    {},
    {"gender": "female"},
    {"gender": "unknown"},
    {"band": "15-17"},
    {"band": "other"},
    {"district": "yes"},
    {"district": "unknown"},
    {"situation": "dropped_out"},
    {"sender": "school"},
    {"sender": "unknown"},
    {"pathway": "REBOND"},
    {"group": "Groupe 1"},
    {"funder": "DI-10"},
    {"funder": "DI-10", "gender": "female", "pathway": "REBOND"},
    {"pathway": "DECLIC", "gender": "male"},
    {"pathway": "REBOND", "band": "18-20", "situation": "integration"},
]


def chosen(session: Session, asked: dict[str, str]) -> Filters:
    """The filters, with the ids of what they name."""
    by_name = {f"pathway {one.code}": one.id for one in session.query(Pathway)}
    by_name |= {f"group {one.name}": one.id for one in session.query(Group)}
    by_name |= {f"funder {one.code}": one.id for one in session.query(Scheme)}
    return Filters(**{name: str(by_name.get(f"{name} {value}", value)) for name, value in asked.items()})


def shares(rows: by_hand.Rows) -> dict[str, tuple[int, int]]:
    ended = sum(worth(rows, name) for name in ("finished", "dropped", "interrupted"))
    after = {}
    for step in ("w0", "w4", "m6"):
        good, out = worth(rows, f"positive_{step}"), worth(rows, f"not_counted_{step}")
        after[f"positive_known_{step}"] = (good, worth(rows, f"known_{step}") - out)
        after[f"positive_all_{step}"] = (good, worth(rows, "exits") - out)
    return after | {
        "completion": (worth(rows, "finished"), ended),
        "attendance": (worth(rows, "present"), worth(rows, "attendances")),
        "women": (worth(rows, "women"), worth(rows, "gender_known")),
    }


def test_every_indicator_equals_a_count_of_the_rows(session: Session) -> None:
    make_year()
    seen: set[str] = set()
    books: dict[type[Model], list[Any]] = {}
    for period in PERIODS:
        for asked in FILTERS:
            filters = chosen(session, asked)
            found = queries_figures.figures(session, period, filters, clock.now())
            hand = Registers(session, period, filters, clock.now(), books)
            rows = by_hand.rows(hand)
            for one in INDICATORS:
                if one.unit != "rate":
                    assert found.of(one) == worth(rows, one.code), (one.code, period, asked)
                    seen |= {one.code} if found.of(one) else set()
            for code, (part, whole) in shares(rows).items():
                assert found.values[code] == (part / whole if whole else None), (code, period, asked)
                seen |= {code} if whole else set()
            assert found.women_unknown == (
                worth(rows, "gender_unknown") / worth(rows, "bookings") if rows["bookings"] else None
            )
            for name, split in found.splits.items():
                assert dict(split) == by_hand.split(hand, name), (name, period, asked)
                assert sum(split.values()) == found.values["people"]
    # Something was there to count: an indicator that is always nought proves nothing.
    told = {one.code for one in INDICATORS} - {"badges_stage", "badges_pathway", "occupancy"}
    assert told <= seen


def test_places_by_month_and_pathway_add_up_to_the_places(session: Session) -> None:
    make_year()
    found = queries_figures.figures(session, PERIODS[2], Filters(), clock.now())
    assert sum(found.months.values()) == found.values["places"]
    assert {month for month, _pathway in found.months} <= {f"2026-{number:02d}" for number in range(1, 13)}


def test_who_follows_two_pathways_is_one_person_and_two_places(session: Session) -> None:
    young, day = make_young(), TODAY - timedelta(days=5)
    enrol(young, make_group(), status="under_way", first_attended_on=day, situation_at_entry="integration")
    enrol(young, version=make_pathway("REBOND"), status="under_way", first_attended_on=day)
    found = queries_figures.figures(session, period_of("month", TODAY), Filters(), clock.now()).values
    assert (found["people"], found["new_people"], found["places"]) == (1, 1, 2)


def test_the_situation_that_counts_is_that_of_the_entry(session: Session) -> None:
    young = make_young(situation="in_school")
    enrol(young, make_group(), status="under_way", first_attended_on=TODAY, situation_at_entry="integration")
    found = queries_figures.figures(session, period_of("month", TODAY), Filters(), clock.now())
    assert found.splits["situation"] == {"integration": 1}


@pytest.mark.parametrize("filters", [Filters(), Filters(pathway="1", gender="female", sender="school")])
def test_two_statements_tell_everything_however_much_there_is(
    session: Session, count_statements: Statements, filters: Filters
) -> None:
    make_year(8)
    group, counts = make_group(make_pathway("PASSEUR"), "À part"), []
    for _time in range(2):
        queries_figures.figures(session, PERIODS[0], filters, clock.now())  # what the house keeps is read once
        count_statements.clear()
        queries_figures.figures(session, PERIODS[0], filters, clock.now())
        counts.append(len(count_statements))
        for _number in range(20):
            enrol(make_young(), group, status="under_way", first_attended_on=TODAY)
    assert counts == [2, 2]


@pytest.mark.parametrize("period", PERIODS[:2] + PERIODS[3:4] + PERIODS[6:])
def test_the_list_behind_a_figure_adds_up_to_it(session: Session, period: Period) -> None:
    make_year()
    books: dict[type[Model], list[Any]] = {}
    for asked in ({}, {"gender": "female"}, {"pathway": "REBOND", "situation": "integration"}, {"group": "Groupe 2"}):
        filters = chosen(session, asked)
        found = queries_figures.figures(session, period, filters, clock.now())
        rows = by_hand.rows(Registers(session, period, filters, clock.now(), books))
        for one in INDICATORS:
            if one.code not in WITH_ROWS:
                assert one.unit == "rate"
                continue
            lines = rows["attendances" if one.code == "attendance" else one.code]
            listed = queries_rows.listed(session, one, period, filters, clock.now(), page=1)
            assert (listed.count, len(listed.lines)) == (len(lines), min(len(lines), queries_rows.LENGTH)), one.code
            if one.unit != "rate":
                assert listed.total == found.of(one), one.code


def test_a_funder_that_counts_an_exit_otherwise_changes_the_shares_alone(session: Session) -> None:
    make_year()
    period = period_of("civil_year", TODAY)
    house = queries_figures.figures(session, period, Filters(), clock.now()).values
    kinds = {code: kind.positive for code, kind in queries_figures.exit_kinds(session).items()}
    own = queries_figures.figures(session, period, Filters(), clock.now(), positive=kinds).values
    assert own == house
    strict = kinds | {"permanent_contract": None, "no_solution": True}
    told = queries_figures.figures(session, period, Filters(), clock.now(), positive=strict).values
    changed = {code for code in house if told[code] != house[code]}
    assert {"positive_known_w0", "positive_all_w0"} <= changed
    assert all(code.startswith(("positive_", "not_counted_")) for code in changed)
