"""The figures of the house for whoever coordinates, and the lines behind each."""

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.pages import allowed
from reports import asked, charts, lines, queries_figures, queries_rows, views_closing, views_funder
from reports.asked import Asked
from reports.blueprint import bp
from reports.queries_figures import Figures
from reports.values_indicators import BY_CODE, FAMILIES, INDICATORS, Indicator
from reports.values_public import OF_PEOPLE
from reports.words import PERIODS, QUESTIONS, say_period, say_share, say_value

__all__ = ["bp", "views_closing", "views_funder"]


@bp.get("/pilotage")
@allowed("coordination.read")
def dashboard() -> ResponseReturnValue:
    """Every indicator over a period, the period before beside it, each with its definition and its list."""
    session, now = db.session(), clock.now()
    chosen = asked.read(session, request.args, clock.local_day(now))
    figures = queries_figures.figures(session, chosen.period, chosen.filters, now)
    before = queries_figures.figures(session, chosen.period.before, chosen.filters, now)
    return render_template(
        "reports/dashboard.html",
        asked=chosen,
        period=say_period(chosen.period),
        before=say_period(chosen.period.before),
        periods=PERIODS,
        questions=QUESTIONS,
        address=asked.ADDRESS,
        families=[(FAMILIES[code], _figures_of(code, chosen, figures, before)) for code in FAMILIES],
        people=figures.values["people"],
        splits=[(QUESTIONS[name], _split(name, chosen, figures)) for name in OF_PEOPLE],
        months=charts.months(figures.months, chosen),
        women_unknown=say_value(BY_CODE["women"], figures.women_unknown) if figures.women_unknown else "",
    )


def _figures_of(family: str, chosen: Asked, figures: Figures, before: Figures) -> list[dict[str, Any]]:
    return [
        {
            "indicator": one,
            "value": say_value(one, figures.of(one)),
            "before": say_value(one, before.of(one)),
            "listed": one.code in queries_rows.WITH_ROWS,
        }
        for one in INDICATORS
        if one.family == family
    ]


def _split(name: str, chosen: Asked, figures: Figures) -> list[tuple[str, int, str]]:
    """Each answer in words, how many gave it, and their share; an answer that nobody gave is left out."""
    counts, words = figures.splits[name], chosen.offered[name]
    whole = sum(counts.values())
    order = [*(code for code in words if code in counts), *(code for code in counts if code not in words)]
    return [(words.get(code, code), counts[code], say_share(counts[code], whole)) for code in order]


@bp.get("/pilotage/<code>")
@allowed("person.follow")
def behind(code: str) -> ResponseReturnValue:
    """The lines behind one figure, latest first: as many as it says."""
    session, now = db.session(), clock.now()
    indicator = _listed(code)
    chosen = asked.read(session, request.args, clock.local_day(now))
    page = request.args.get("page", 1, int)
    if not 1 <= page <= MOST_PAGES:
        abort(404)
    found = queries_rows.listed(session, indicator, chosen.period, chosen.filters, now, page=page)
    return render_template(
        "reports/behind.html",
        asked=chosen,
        indicator=indicator,
        found=found,
        lines=[lines.say(indicator, one) for one in found.lines],
        total=say_value(indicator, found.total) if indicator.unit != "rate" else None,
        period=say_period(chosen.period),
        page=page,
        pages=max(1, -(-found.count // queries_rows.LENGTH)),
    )


#: no list is longer than a database counts rows
MOST_PAGES = 1_000_000


def _listed(code: str) -> Indicator:
    if code not in queries_rows.WITH_ROWS:
        abort(404)
    return BY_CODE[code]
