"""What is still to mend before a quarter is closed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.home import merging_pairs
from fablab.i18n import lazy
from fablab.pages import allowed
from reports.blueprint import bp
from reports.queries_closing import CHECKS, SHOWN, Flaw, flaws
from reports.values_indicators import EXIT_STEPS
from reports.values_periods import read_period
from reports.words import say_period

#: check -> its title, and what to do about each line
WORDS: Mapping[str, tuple[Any, Any]] = {
    "not_called": (lazy("Séances sans appel"), lazy("Faire l’appel")),
    "never_came": (lazy("Inscrits jamais venus"), lazy("Dire comment ça finit")),
    "no_funder": (lazy("Groupes sans financeur dit"), lazy("Dire qui paie")),
    **{
        f"after_{step}": (lazy("Situations %(moment)s à noter", moment=moment), lazy("Noter"))
        for step, moment in EXIT_STEPS.items()
    },
    "gender": (lazy("Genre pas connu"), lazy("Compléter")),
    "district": (lazy("Quartier pas connu"), lazy("Compléter")),
}


@bp.get("/pilotage/avant-de-clore")
@allowed("person.follow")
def closing() -> ResponseReturnValue:
    """Every list of things to mend in a quarter, each line with the page where it is mended."""
    session, now = db.session(), clock.now()
    today = clock.local_day(now)
    period = read_period("term", request.args.get("du", ""), "", today)
    found = flaws(session, period, now)
    _pairs, alike = merging_pairs.likely(session)
    lists = [
        (*WORDS[check], found[check].count, [(one, _where(check, one)) for one in found[check].shown])
        for check in CHECKS
        if found[check].count
    ]
    return render_template(
        "reports/closing.html",
        period=say_period(period),
        lists=lists,
        alike=alike,
        shown=SHOWN,
        before=period.before.first.isoformat(),
        after=(period.last + timedelta(days=1)).isoformat() if period.last < today else None,
    )


def _where(check: str, one: Flaw) -> str:
    if check == "not_called":
        return url_for("pathways.attendance", public_id=one.public_id)
    if check == "never_came":
        return url_for("pathways.leave", public_id=one.public_id, code=one.code)
    if check == "no_funder":
        return url_for("pathways.frame", public_id=one.public_id)
    if one.on_day:
        return url_for("pathways.exit_check", public_id=one.public_id, code=one.code, day=one.on_day)
    return url_for("file.follow_up", public_id=one.public_id)
