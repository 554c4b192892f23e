"""Safety badges that expire soon, for the team: whose, which, and their last day."""

from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.pages import allowed
from pathways import queries_numbers
from pathways.blueprint import bp
from pathways.models_badges import Award
from pathways.values import last_day

PAGE_LENGTH = 30


@dataclass(frozen=True)
class Line:
    """A badge and the last day on which it holds."""

    award: Award
    last_day: date | None


@bp.get("/badges-qui-expirent")
@allowed("badge.award")
def badges_expiring() -> ResponseReturnValue:
    """Badges whose last day comes within 30 days, the first to end first, page by page."""
    session, now, number = db.session(), clock.now(), request.args.get("page", 1, type=int)
    total = queries_numbers.badges_ending(session, now)
    pages = max(1, -(-total // PAGE_LENGTH))
    if not 1 <= number <= pages:
        abort(404)
    awards = queries_numbers.awards_ending(session, now, page=number, length=PAGE_LENGTH)
    lines = [Line(award, last_day(award.expires_at)) for award in awards]
    return render_template("pathways/badges_expiring.html", lines=lines, total=total, number=number, pages=pages)
