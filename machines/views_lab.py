"""Adults who come to the open lab without an account: one tap each, taken back by another."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.toasts import say_with_way_back
from machines import actions_lab
from machines.blueprint import bp
from machines.models_lab import BANDS, AdultVisit


@bp.post("/open-lab/adultes")
@allowed("machine.book_for")
def count_adult() -> ResponseReturnValue:
    """One adult more, of an age band."""
    band = request.form.get("band", "")
    if band not in BANDS:
        abort(404)
    visit = actions_lab.count_adult(band, me(), clock.now())
    say_with_way_back(_("Un adulte de plus."), url_for(".take_back_adult", visit_id=visit.id))
    return redirect(url_for("home.open_lab_board"), 303)


@bp.post("/open-lab/adultes/<int:visit_id>/effacer")
@allowed("machine.book_for")
def take_back_adult(visit_id: int) -> ResponseReturnValue:
    """An adult counted by mistake."""
    visit = db.session().get(AdultVisit, visit_id)
    if visit is None:
        abort(404)
    actions_lab.take_back_adult(visit, me(), clock.now())
    flash(_("C’est effacé."))
    return redirect(url_for("home.open_lab_board"), 303)
