"""A young person's own booking: what was booked, cancel it, change its hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions, actions_back, queries_back
from bookings import queries as engine
from bookings.models import Booking
from bookings.rules import may_begin
from bookings.rules_back import restore_refusals
from bookings.values import Slot
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refusal, Refused
from fablab.toasts import say_with_way_back
from machines import queries, queries_slots, words
from machines.blueprint import bp
from machines.forms import EmptyForm, SlotForm
from machines.models import Machine
from machines.views_slots import form_key, free_until, page_of, taken_page


@bp.get("/reservations/<public_id>")
@allowed("booking.own")
def booking(public_id: str) -> ResponseReturnValue:
    """What I booked, until when I may cancel, and how."""
    return _show(_mine(public_id))


def _show(mine: Booking, refusals: Sequence[Refusal] = ()) -> str:
    now, slot = clock.now(), Slot(mine.starts_at, mine.ends_at)
    cancelled = mine.status == "cancelled"
    past = queries_back.past_of(db.session(), mine) if cancelled else None
    limits = queries.rules_of(db.session())
    return render_template(
        "machines/booking.html",
        booking=mine,
        when=words.full_slot(slot),
        just_made=mine.created_at > now - timedelta(minutes=10),
        refusals=refusals,
        restorable=past is not None
        and not restore_refusals(slot, now, by_holder=True, team_cancelled=past.cancelled_by not in (None, me().id)),
        begin=may_begin(mine.status, slot, now, suspended=mine.suspended),
        ahead=mine.status in ("requested", "confirmed") and mine.starts_at > now,
        until=free_until(slot, limits.free_cancellation_hours, now),
    )


@bp.route("/reservations/<public_id>/annuler", methods=["GET", "POST"])
@allowed("booking.own")
def cancel(public_id: str) -> ResponseReturnValue:
    """Asked once, in words; then cancelled. Asked again (back, sent twice): what it became."""
    now, mine, form = clock.now(), _mine(public_id), EmptyForm()
    if mine.status == "cancelled":
        return redirect(url_for(".booking", public_id=public_id), 303)
    if form.validate_on_submit():
        try:
            actions.cancel(mine, "", me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("C’est annulé."), url_for(".restore", public_id=public_id), _("Remettre"))
            return redirect(url_for("machines.choose"), 303)
    when = words.full_slot(Slot(mine.starts_at, mine.ends_at))
    page = render_template("machines/cancel.html", form=form, booking=mine, when=when, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.post("/reservations/<public_id>/remettre")
@allowed("booking.own")
def restore(public_id: str) -> ResponseReturnValue:
    """Put what I cancelled back, if the hour is still free and every rule accepts; else say why."""
    mine = _mine(public_id)
    try:
        actions_back.restore(mine, me(), clock.now())
    except Refused as refused:
        return _show(mine, refused.refusals), 409 if "taken" in refused.codes else 422
    flash(_("C’est remis."))
    return redirect(url_for(".booking", public_id=public_id), 303)


@bp.route("/reservations/<public_id>/deplacer", methods=["GET", "POST"])
@allowed("booking.own")
def move(public_id: str) -> ResponseReturnValue:
    """Choose another hour for the same length."""
    now, mine = clock.now(), _mine(public_id)
    if mine.status == "cancelled":
        return redirect(url_for(".booking", public_id=public_id), 303)
    if request.method == "GET":
        return _show_hours(mine, SlotForm(formdata=None), now)
    form = SlotForm()
    if not form.validate():
        return _show_hours(mine, form, now), 422
    try:
        actions.move(mine, form.slot, me(), now)
    except Refused as refused:
        return _refused(mine, form, refused, now), 409 if "taken" in refused.codes else 422
    flash(_("C’est changé."))
    return redirect(url_for("machines.booking", public_id=public_id), 303)


def _mine(public_id: str) -> Booking:
    found = engine.booking_by_public_id(db.session(), public_id)
    if found is None or found.holder_id != me().id or not isinstance(found.resource, Machine):
        abort(404)
    return found


def _refused(mine: Booking, form: SlotForm, refused: Refused, now: datetime) -> str:
    if page := taken_page(_machine_of(mine), form.slot, refused.refusals, moving=mine.public_id):
        return render_template("machines/taken.html", page=page, form=form, key=form_key(), form_errors=True)
    form.show(refused.refusals)
    return _show_hours(mine, form, now, form.slot)


def _show_hours(mine: Booking, form: SlotForm, now: datetime, chosen: Slot | None = None) -> str:
    minutes = Slot(mine.starts_at, mine.ends_at).minutes
    day = read_day(request.args.get("jour", "")) or clock.local_day(chosen.start if chosen else mine.starts_at)
    found = queries_slots.choices(db.session(), _machine_of(mine), me().id, minutes, day, now, moving=mine.id)
    others = [one for one in engine.upcoming_for(db.session(), me().id, now) if one.id != mine.id]
    page = page_of(_machine_of(mine), found, now, others, chosen=chosen, moving=mine.public_id)
    failed = bool(form.errors)
    return render_template("machines/hours.html", page=page, form=form, key=form_key(), form_errors=failed)


def _machine_of(mine: Booking) -> Machine:
    if not isinstance(mine.resource, Machine):
        abort(404)
    return mine.resource
