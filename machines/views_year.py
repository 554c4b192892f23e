"""Hours by machine over a school year: the table, and the same as a file for a spreadsheet."""

import csv
from io import StringIO

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from machines import queries_year
from machines.blueprint import bp
from machines.forms import read_year
from machines.values_year import Hours, YearHours

#: what a spreadsheet would take for the beginning of a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@bp.get("/machines/heures")
@allowed("machine.hours")
def year() -> ResponseReturnValue:
    """The machines as rows, what each did in the year as columns."""
    return render_template("machines/year.html", found=_found())


@bp.get("/machines/heures.csv")
@allowed("machine.hours")
def year_file() -> ResponseReturnValue:
    """The same table, one line a machine, no total: a spreadsheet adds up by itself."""
    found = _found()
    text = StringIO()
    lines = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerow(
        [
            _("Code"),
            _("Machine"),
            _("Heures des jeunes"),
            _("Heures des groupes"),
            _("Heures de formation"),
            _("Réservations"),
            _("Venues"),
            _("Manquées"),
            _("Heures hors service"),
        ]
    )
    lines.writerows([_cell(one.code), _cell(one.name), *_figures(one.hours)] for one in found.machines)
    return _as_file(text.getvalue(), found)


def _found() -> YearHours:
    return queries_year.hours_of_year(db.session(), read_year(request.args.get("annee", "")), clock.now())


def _figures(hours: Hours) -> list[str]:
    counts = [str(number) for number in (hours.bookings, hours.came, hours.missed)]
    return [_hours(hours.own), _hours(hours.groups), _hours(hours.training), *counts, _hours(hours.out)]


def _hours(minutes: int) -> str:
    """Hours with a comma, as the spreadsheets of the house read them."""
    return f"{minutes / 60:.2f}".replace(".", ",")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_file(text: str, found: YearHours) -> Response:
    # The mark at the start tells spreadsheets that accents are in UTF-8.
    answer = make_response("\ufeff" + text)
    answer.mimetype = "text/csv"
    name = f"heures-machines-{found.year.begins}-{found.year.begins + 1}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
