"""Beginning and ending at a machine: the team on its tablet, or the person at the kiosk of the Fablab."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bookings import queries as engine
from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import entering
from fablab.people.entering import me
from fablab.refusals import Refused, for_team
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_use, queries_supplies, queries_use
from machines.blueprint import bp
from machines.forms_use import EndForm, LateEndForm, StartForm
from machines.models import Machine
from machines.rules_use import place_refusals


@bp.route("/equipe/reservations/<public_id>/commencer", methods=["GET", "POST"])
@allowed("machine.book_for")
def start_for(public_id: str) -> ResponseReturnValue:
    """The person is there: material, protections and checks, then they begin. Asked again: what it became."""
    booking = booking_here(public_id)
    if booking.status == "checked_in":
        return redirect(team_page(booking), 303)
    form = _start_form(booking)
    if form.validate_on_submit():
        try:
            actions_use.check_in(booking, form.start, me(), clock.now())
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            undo = url_for(".not_started_for", public_id=public_id)
            say_with_way_back(_("Commencé\u00a0: %(name)s.", name=_name_of(booking)), undo)
            return redirect(url_for("home.front"), 303)
    return _page("machines/start_for.html", form, booking)


@bp.post("/equipe/reservations/<public_id>/pas-commence")
@allowed("machine.book_for")
def not_started_for(public_id: str) -> ResponseReturnValue:
    """It was begun by mistake."""
    booking = booking_here(public_id)
    return _do(lambda now: actions_use.take_back_check_in(booking, me(), now), _("Arrivée reprise."), booking)


@bp.route("/equipe/reservations/<public_id>/terminer", methods=["GET", "POST"])
@allowed("machine.book_for")
def finish_for(public_id: str) -> ResponseReturnValue:
    """The person has finished: how the machine is left; the rest of the time is free again."""
    booking, form = booking_here(public_id), EndForm()
    form.offer(queries_supplies.counted_in(db.session(), booking.id))
    if booking.status != "checked_in":
        return redirect(team_page(booking), 303)
    if form.validate_on_submit():
        try:
            actions_use.check_out(booking, form.left, me(), clock.now())
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            undo = url_for(".go_on_for", public_id=public_id)
            say_with_way_back(_("Fini\u00a0: %(name)s.", name=_name_of(booking)), undo)
            return redirect(team_page(booking), 303)
    return _page("machines/finish_for.html", form, booking)


@bp.post("/equipe/reservations/<public_id>/reprendre")
@allowed("machine.book_for")
def go_on_for(public_id: str) -> ResponseReturnValue:
    """It was ended by mistake."""
    booking = booking_here(public_id)
    return _do(lambda now: actions_use.go_on(booking, me(), now), _("Toujours en cours."), booking)


@bp.route("/equipe/reservations/<public_id>/fin", methods=["GET", "POST"])
@allowed("machine.book_for")
def correct_end(public_id: str) -> ResponseReturnValue:
    """Nobody checked out: when it really ended, and why it is written now."""
    booking = booking_here(public_id)
    use = queries_use.use_of(db.session(), booking.id)
    if use is None or use.ended_at is not None or booking.status != "done":
        return redirect(team_page(booking), 303)
    form = LateEndForm(data={"hour": clock.to_local(booking.ends_at).time()})
    form.offer(queries_supplies.counted(db.session(), use.material))
    if form.validate_on_submit():
        try:
            ended_at = clock.at(clock.local_day(use.started_at), form.ended_at)
            actions_use.correct_end(booking, form.left, ended_at, form.reason.data, me(), clock.now())
        except clock.NoSuchTime:
            form.hour.errors = [_("Cette heure n’existe pas ce jour-là.")]
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            flash(_("Fin corrigée."))
            return redirect(team_page(booking), 303)
    return _page("machines/correct_end.html", form, booking)


@bp.route("/reservations/<public_id>/commencer", methods=["GET", "POST"])
@allowed("booking.own")
def start(public_id: str) -> ResponseReturnValue:
    """I begin, at the kiosk of the Fablab. Asked again: what it became."""
    booking = my_booking(public_id)
    if booking.status == "checked_in":
        return redirect(url_for(".booking", public_id=public_id), 303)
    form = _start_form(booking)
    if form.validate_on_submit():
        try:
            require_kiosk()
            actions_use.check_in(booking, form.start, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("J’ai commencé."), url_for(".not_started", public_id=public_id))
            return redirect(url_for(".booking", public_id=public_id), 303)
    return _page("machines/start.html", form, booking, here=at_kiosk())


@bp.post("/reservations/<public_id>/pas-commence")
@allowed("booking.own")
def not_started(public_id: str) -> ResponseReturnValue:
    """I began by mistake."""
    booking = my_booking(public_id)
    return _do_mine(lambda now: actions_use.take_back_check_in(booking, me(), now), _("C’est repris."), booking)


@bp.route("/reservations/<public_id>/terminer", methods=["GET", "POST"])
@allowed("booking.own")
def finish(public_id: str) -> ResponseReturnValue:
    """I have finished, at the kiosk: how I leave the machine."""
    booking, form = my_booking(public_id), EndForm()
    form.offer(queries_supplies.counted_in(db.session(), booking.id))
    if booking.status != "checked_in":
        return redirect(url_for(".booking", public_id=public_id), 303)
    if form.validate_on_submit():
        try:
            require_kiosk()
            actions_use.check_out(booking, form.left, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("J’ai fini."), url_for(".go_on", public_id=public_id))
            return redirect(url_for(".booking", public_id=public_id), 303)
    return _page("machines/finish.html", form, booking, here=at_kiosk())


@bp.post("/reservations/<public_id>/reprendre")
@allowed("booking.own")
def go_on(public_id: str) -> ResponseReturnValue:
    """I had not finished."""
    booking = my_booking(public_id)
    return _do_mine(lambda now: actions_use.go_on(booking, me(), now), _("Je continue."), booking)


def at_kiosk() -> bool:
    """Whether this browser is a kiosk of the Fablab that everybody shares: who is at it is there."""
    shared = entering.kiosk()
    return shared is not None and not shared.for_team


def require_kiosk() -> None:
    """Raise Refused away from the kiosk: nobody begins from home."""
    if found := place_refusals(at_kiosk=at_kiosk()):
        raise Refused(found)


def booking_here(public_id: str) -> Booking:
    """Somebody's own booking of a machine; 404 for any other."""
    found = engine.booking_by_public_id(db.session(), public_id)
    if found is None or found.kind != "own" or not isinstance(found.resource, Machine):
        abort(404)
    return found


def my_booking(public_id: str) -> Booking:
    """The same, of whoever looks."""
    found = booking_here(public_id)
    if found.holder_id != me().id:
        abort(404)
    return found


def _start_form(booking: Booking) -> StartForm:
    form = StartForm()
    if isinstance(booking.resource, Machine):
        form.offer(queries_use.handling_of(booking.resource))
    return form


def _do(act: Callable[[datetime], object], done: str, booking: Booking) -> ResponseReturnValue:
    """An act of one button for the team: said on the booking's page, or refused there."""
    try:
        act(clock.now())
    except Refused as refused:
        say_refused(Refused(for_team(refused.refusals)))
    else:
        flash(done)
    return redirect(team_page(booking), 303)


def _do_mine(act: Callable[[datetime], object], done: str, booking: Booking) -> ResponseReturnValue:
    try:
        require_kiosk()
        act(clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(done)
    return redirect(url_for(".booking", public_id=booking.public_id), 303)


def team_page(booking: Booking) -> str:
    """Where the team sees a booking."""
    return url_for("bookings.show", public_id=booking.public_id)


def _name_of(booking: Booking) -> str:
    return booking.holder.short_name if booking.holder else ""


def _page(template: str, form: BaseForm, booking: Booking, **context: object) -> ResponseReturnValue:
    failed = bool(form.errors)
    page = render_template(template, form=form, form_errors=failed, booking=booking, **context)
    return page, 422 if failed else 200
