"""The report of a period, for a funder or for the house: two pages to print, and a workbook."""

from flask import Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.home.settings_funders import schemes
from fablab.pages import allowed
from fablab.people.models import Scheme
from fablab.workbook import written
from reports import asked, charts, funder
from reports.blueprint import bp
from reports.forms import WordsForm
from reports.values_indicators import FAMILIES, INDICATORS
from reports.values_public import OF_PEOPLE
from reports.words import HIDDEN, PERIODS, QUESTIONS, say_period

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/pilotage/bilan", methods=["GET", "POST"])
@allowed("person.follow")
def report() -> ResponseReturnValue:
    """The report on two pages: figures, drawings, and the coordination's own words, printed and kept nowhere."""
    session, now = db.session(), clock.now()
    offered = schemes(session)
    one = _asked(session, offered)
    form = WordsForm()
    form.validate_on_submit()
    page = render_template(
        "reports/report.html",
        one=one,
        asked=one.asked,
        form=form,
        form_errors=bool(form.errors),
        words=form.words.data if not form.errors else "",
        address={**one.asked.address, **_more(one)},
        names=asked.ADDRESS,
        periods=PERIODS,
        questions=QUESTIONS,
        schemes=offered,
        printed=funder.printed(session, one.scheme) if one.scheme else None,
        period=say_period(one.asked.period),
        before=say_period(one.asked.period.before),
        today=clock.local_day(now),
        hidden=HIDDEN,
        families=[
            (
                FAMILIES[code],
                [
                    (item, one.said(item, one.figures), one.said(item, one.before))
                    for item in INDICATORS
                    if item.family == code
                ],
            )
            for code in FAMILIES
        ],
        people=one.figures.values["people"],
        splits=[(QUESTIONS[name], one.split(name)) for name in OF_PEOPLE],
        months=None if one.leaves else charts.months(one.figures.months, one.asked),
    )
    return page, 422 if form.errors else 200


@bp.get("/pilotage/bilan.xlsx")
@allowed("person.follow")
def report_file() -> Response:
    """The same as a workbook, with lines by code unless it is shared."""
    session, now = db.session(), clock.now()
    one = _asked(session, [])
    found = funder.sheets(session, one, str(current_app.secret_key), now)
    answer = make_response(written(found, say_period(one.asked.period)))
    answer.mimetype = XLSX
    name = f"bilan-{one.asked.period.first:%Y-%m-%d}-{one.asked.period.last:%Y-%m-%d}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(session: Session, offered: list[Scheme]) -> funder.Report:
    now = clock.now()
    chosen = asked.read(session, request.args, clock.local_day(now))
    scheme = next((one for one in offered if one.code == request.args.get("financeur")), None)
    return funder.report(session, chosen, scheme, now, leaves="partage" in request.args)


def _more(one: funder.Report) -> dict[str, str]:
    return {**({"financeur": one.scheme.code} if one.scheme else {}), **({"partage": "1"} if one.leaves else {})}
