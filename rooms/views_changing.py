"""What becomes of a booking of a room: given up or kept in part by its organisation, moved or cancelled by us."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bookings import actions as engine_actions
from bookings import actions_back
from bookings import queries as engine
from bookings.models import Booking
from bookings.values import Slot
from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions, queries, rules_changing
from rooms.blueprint import bp
from rooms.forms import CancelRoomForm, ChangeForm, EmptyForm, ShrinkForm
from rooms.reading import reader_of


@dataclass(frozen=True)
class May:
    """What a reader may do with a booking of a room."""

    give_up: bool = False
    change: bool = False
    restore: bool = False
    answer: bool = False
    money: bool = False


def may_do(booking: Booking, now: datetime, *, own: bool) -> May:
    """What may be done now; the action asks again, and says why not."""
    house, ahead = me().may("room.lend"), booking.starts_at > now
    if not (house or own):
        return May()
    open_still = booking.status in ("requested", "confirmed") and ahead
    waits = open_still and booking.status == "requested"
    return May(
        give_up=open_still and not house,
        change=open_still and house,
        restore=booking.status == "cancelled" and ahead,
        answer=waits and me().may("room.answer"),
        money=me().may("room.deposit") and booking.status not in ("cancelled", "refused"),
    )


@bp.route("/salles/reservations/<public_id>/annuler", methods=["GET", "POST"])
@allowed("room.ask")
def cancel(public_id: str) -> ResponseReturnValue:
    """An organisation gives a date up; the house takes it back, with a reason. Asked again: what it became."""
    booking, now = booking_or_404(public_id), clock.now()
    house = me().may("room.lend")
    form: BaseForm = CancelRoomForm() if house else EmptyForm()
    if booking.status == "cancelled":
        return redirect(url_for("rooms.booking", public_id=public_id), 303)
    if form.validate_on_submit():
        try:
            if isinstance(form, CancelRoomForm):
                engine_actions.cancel(booking, form.why, me(), now)
            else:
                actions.give_up(booking, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("Réservation annulée."), url_for("rooms.restore", public_id=public_id), _("Remettre"))
            return redirect(url_for("rooms.booking", public_id=public_id), 303)
    hours = queries.rules_of(db.session()).free_cancellation_hours
    late = rules_changing.is_late(Slot(booking.starts_at, booking.ends_at), hours, now)
    return _page("rooms/cancel.html", form, booking=booking, house_acts=house, late_hours=hours if late else None)


@bp.post("/salles/reservations/<public_id>/remettre")
@allowed("room.ask")
def restore(public_id: str) -> ResponseReturnValue:
    """Put back what was cancelled, if its time is free and every rule accepts."""
    booking = booking_or_404(public_id)
    try:
        actions_back.restore(booking, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Réservation remise."))
    return redirect(url_for("rooms.booking", public_id=public_id), 303)


@bp.route("/salles/reservations/<public_id>/raccourcir", methods=["GET", "POST"])
@allowed("room.ask")
def shrink(public_id: str) -> ResponseReturnValue:
    """Keep a part of the time, or come fewer."""
    booking = booking_or_404(public_id)
    form = ShrinkForm(data=_as_it_is(booking))
    if form.validate_on_submit():
        try:
            actions.shrink(booking, form.slot, form.people.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Réservation changée."))
            return redirect(url_for("rooms.booking", public_id=public_id), 303)
    return _page("rooms/shrink.html", form, booking=booking)


@bp.route("/salles/reservations/<public_id>/deplacer", methods=["GET", "POST"])
@allowed("room.lend")
def move(public_id: str) -> ResponseReturnValue:
    """Another room, day, hour or number of people; the organisation is told."""
    booking, now, status = booking_or_404(public_id), clock.now(), 422
    rooms = {one.code: one for one in queries.in_use(db.session(), clock.local_day(now))}
    form = ChangeForm(data={**_as_it_is(booking), "room": booking.resource.code})
    form.offer((code, one.name) for code, one in rooms.items())
    if form.validate_on_submit():
        wanted = actions.Change(rooms[form.room.data].id, form.slot, form.people.data)
        try:
            actions.change(booking, wanted, me(), now, override=form.override.data or None)
        except Refused as refused:
            form.show(refused.refusals)
            status = 409 if "taken" in refused.codes else 422
        else:
            flash(_("Réservation déplacée."))
            return redirect(url_for("rooms.booking", public_id=public_id), 303)
    return _page("rooms/move.html", form, status, booking=booking)


def booking_or_404(public_id: str) -> Booking:
    """A booking of a room that the reader may know of; 404 for any other."""
    session = db.session()
    found = engine.booking_by_public_id(session, public_id)
    reader = reader_of(session, me(), clock.local_day(clock.now()))
    if found is None or found.kind != "rental" or not reader.knows(found.structure_id):
        abort(404)
    return found


def _as_it_is(booking: Booking) -> dict[str, object]:
    """A booking as its forms show it first."""
    start, end = clock.to_local(booking.starts_at), clock.to_local(booking.ends_at)
    return {"day": start.date(), "starts": start.time(), "ends": end.time(), "people": booking.headcount}


def _page(template: str, form: BaseForm, status: int = 422, **context: object) -> ResponseReturnValue:
    failed = bool(form.errors)
    return render_template(template, form=form, form_errors=failed, **context), status if failed else 200
