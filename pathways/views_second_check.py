"""Which competencies two people must see, set by the coordination."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from pathways import actions_second_check, queries_requests
from pathways.blueprint import bp
from pathways.models_pathways import Competency


@bp.get("/double-validation")
@allowed("validation.right")
def second_check() -> ResponseReturnValue:
    """Every competency, and whether a second person must see it."""
    return render_template("pathways/second_check.html", competencies=queries_requests.every_competency(db.session()))


@bp.post("/double-validation/<int:competency_id>/a-deux")
@allowed("validation.right")
def ask_for_two(competency_id: int) -> ResponseReturnValue:
    """From now on two people."""
    found = actions_second_check.ask_for_two(db.get_or_404(Competency, competency_id), me(), clock.now())
    flash(_("À deux désormais\u00a0: %(title)s.", title=found.title))
    return redirect(url_for(".second_check"), 303)


@bp.post("/double-validation/<int:competency_id>/seul")
@allowed("validation.right")
def one_is_enough(competency_id: int) -> ResponseReturnValue:
    """From now on one person."""
    found = actions_second_check.one_is_enough(db.get_or_404(Competency, competency_id), me(), clock.now())
    flash(_("Une personne suffit désormais\u00a0: %(title)s.", title=found.title))
    return redirect(url_for(".second_check"), 303)
