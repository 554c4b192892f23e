"""The day at the desk: opened and closed, its log, what is handed over. The board leads here."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import weeks
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions_day, queries_day
from rooms.blueprint import bp
from rooms.forms_day import NoteForm
from rooms.models_desk import DeskNote


@bp.post("/salles-du-jour/ouvrir")
@allowed("room.desk")
def open_day() -> ResponseReturnValue:
    """Open the day; or go on with one that was closed too early."""
    actions_day.open_day(me(), clock.now())
    flash(_("La journée est ouverte."))
    return _to_the_board()


@bp.post("/salles-du-jour/fermer")
@allowed("room.desk")
def close_day() -> ResponseReturnValue:
    """Close the day, once nobody is in a room."""
    try:
        actions_day.close_day(me(), clock.now())
    except Refused as refused:
        say_refused(refused)
        return redirect(url_for("home.closing"), 303)
    say_with_way_back(_("La journée est fermée."), url_for("rooms.open_day"), _("Rouvrir"))
    return _to_the_board()


@bp.route("/salles-du-jour/cahier", methods=["GET", "POST"])
@allowed("room.desk")
def log() -> ResponseReturnValue:
    """The log of a day, and a line more in today's."""
    session, now, form = db.session(), clock.now(), NoteForm()
    today = clock.local_day(now)
    if form.validate_on_submit():
        actions_day.write(form.said.data, me(), now, handover=form.handover.data)
        flash(_("C’est noté."))
        return redirect(url_for(".log"), 303)
    day = min(weeks.read_day(request.args.get("jour", "")) or today, today)
    failed = bool(form.errors)
    page = render_template(
        "rooms/log.html",
        form=form,
        form_errors=failed,
        day=day,
        today=today,
        opened=queries_day.day_at(session, day),
        notes=queries_day.notes_of(session, day),
        before=url_for(".log", jour=(day - timedelta(days=1)).isoformat()),
        after=url_for(".log", jour=(day + timedelta(days=1)).isoformat()) if day < today else None,
    )
    return page, 422 if failed else 200


@bp.post("/salles-du-jour/cahier/<int:note_id>/vu")
@allowed("room.desk")
def see_note(note_id: int) -> ResponseReturnValue:
    """A colleague has seen what was handed over."""
    actions_day.see(_note_or_404(note_id), me(), clock.now())
    say_with_way_back(_("Vu."), url_for(".unsee_note", note_id=note_id))
    return _to_the_board()


@bp.post("/salles-du-jour/cahier/<int:note_id>/pas-vu")
@allowed("room.desk")
def unsee_note(note_id: int) -> ResponseReturnValue:
    """It was ticked by mistake."""
    actions_day.unsee(_note_or_404(note_id), me(), clock.now())
    return _to_the_board()


@bp.post("/salles-du-jour/cahier/<int:note_id>/retirer")
@allowed("room.desk")
def strike_note(note_id: int) -> ResponseReturnValue:
    """Whoever wrote a line takes it away, the same day."""
    try:
        actions_day.strike(_note_or_404(note_id).id, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Note retirée."))
    return redirect(url_for(".log"), 303)


def _note_or_404(note_id: int) -> DeskNote:
    return queries_day.note_of(db.session(), note_id) or abort(404)


def _to_the_board() -> ResponseReturnValue:
    return redirect(url_for("home.day_board"), 303)
