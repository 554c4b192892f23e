"""Absences, for the team: who is suspended and until when; one is excused with a reason, or counts again."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bookings import actions_back
from bookings import queries as engine
from bookings.forms import ReasonForm
from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import queries_absences
from machines.blueprint import bp


@bp.get("/equipe/absences")
@allowed("machine.book_for")
def absences() -> ResponseReturnValue:
    """Who missed what they booked, those suspended first."""
    return render_template("machines/absences.html", absent=queries_absences.absent(db.session(), clock.now()))


@bp.route("/equipe/reservations/<public_id>/excuser", methods=["GET", "POST"])
@allowed("machine.book_for")
def excuse(public_id: str) -> ResponseReturnValue:
    """An absence does not count, for a reason. Asked again: the list."""
    booking, form = _booking(public_id), ReasonForm()
    if booking.excused is not None:
        return redirect(url_for(".absences"), 303)
    if form.validate_on_submit():
        try:
            actions_back.excuse(booking, form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("Cette absence ne compte plus."), url_for(".count_again", public_id=public_id))
            return redirect(url_for(".absences"), 303)
    failed = bool(form.errors)
    page = render_template("machines/excuse.html", form=form, form_errors=failed, booking=booking)
    return page, 422 if failed else 200


@bp.post("/equipe/reservations/<public_id>/compter")
@allowed("machine.book_for")
def count_again(public_id: str) -> ResponseReturnValue:
    """An absence excused by mistake counts again."""
    try:
        actions_back.count_again(_booking(public_id), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Cette absence compte de nouveau."))
    return redirect(url_for(".absences"), 303)


def _booking(public_id: str) -> Booking:
    found = engine.booking_by_public_id(db.session(), public_id)
    if found is None or found.kind != "own":
        abort(404)
    return found
