"""The desk on the day: who comes, who leaves, how many; another room, or one on the spot. The board leads here."""

import secrets
from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions_desk, queries, queries_desk, queries_finding
from rooms.blueprint import bp
from rooms.forms import EmptyForm
from rooms.forms_desk import HeadsForm, OnTheSpotForm
from rooms.reading import reader_of
from rooms.values import tell
from rooms.views_changing import booking_or_404


@bp.post("/salles/reservations/<public_id>/la")
@allowed("room.desk")
def arrive(public_id: str) -> ResponseReturnValue:
    """An organisation is there."""
    return _act(public_id, actions_desk.arrive, _("Arrivée notée."), "rooms.not_arrived")


@bp.post("/salles/reservations/<public_id>/pas-la")
@allowed("room.desk")
def not_arrived(public_id: str) -> ResponseReturnValue:
    """It was noted by mistake."""
    return _act(public_id, actions_desk.not_arrived, _("Arrivée reprise."), None)


@bp.post("/salles/reservations/<public_id>/venus")
@allowed("room.desk")
def came(public_id: str) -> ResponseReturnValue:
    """They came, it is noted afterwards."""
    return _act(public_id, actions_desk.came, _("Venue notée."), "rooms.not_arrived")


@bp.post("/salles/reservations/<public_id>/sortis")
@allowed("room.desk")
def leave(public_id: str) -> ResponseReturnValue:
    """An organisation leaves: the rest of its time is free."""
    return _act(public_id, actions_desk.leave, _("Sortie notée."), "rooms.still_there")


@bp.post("/salles/reservations/<public_id>/encore-la")
@allowed("room.desk")
def still_there(public_id: str) -> ResponseReturnValue:
    """It had not left."""
    return _act(public_id, actions_desk.still_there, _("Sortie reprise."), None)


@bp.post("/salles/reservations/<public_id>/personne")
@allowed("room.desk")
def missing(public_id: str) -> ResponseReturnValue:
    """Nobody of an organisation came; here all the same later, it takes its time again."""
    return _act(public_id, actions_desk.missing, _("Absence notée."), "rooms.arrive")


@bp.route("/salles/reservations/<public_id>/compter", methods=["GET", "POST"])
@allowed("room.desk")
def count(public_id: str) -> ResponseReturnValue:
    """How many really came."""
    booking, form = booking_or_404(public_id), HeadsForm()
    if form.validate_on_submit():
        try:
            actions_desk.count(booking, form.people.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Compté."))
            return _to_the_board()
    elif request.method == "GET":
        form.people.data = booking.headcount
    failed = bool(form.errors)
    page = render_template(
        "rooms/count.html",
        booking=booking,
        over=booking.ends_at <= clock.now(),
        form=form,
        form_errors=failed,
        use=queries_desk.use_of(db.session(), booking),
    )
    return page, 422 if failed else 200


@bp.route("/salles/reservations/<public_id>/autre-salle", methods=["GET", "POST"])
@allowed("room.desk")
def other_room(public_id: str) -> ResponseReturnValue:
    """Rooms that are free for the same time, or for what is left of it: one tap moves it there."""
    session, booking, now, form = db.session(), booking_or_404(public_id), clock.now(), EmptyForm()
    rooms = {one.code: one for one in queries.in_use(session, clock.local_day(now))}
    status = 200
    if form.validate_on_submit():
        room = rooms.get(request.form.get("room", "")) or abort(400)
        try:
            moved = actions_desk.change_room(booking, room, me(), now)
        except Refused as refused:
            say_refused(refused)
            status = 409
        else:
            flash(_("C’est maintenant\u00a0: %(room)s.", room=moved.resource.name))
            return _to_the_board()
    found = queries_desk.other_rooms(session, booking, me(), now)
    page = render_template(
        "rooms/other_room.html", booking=booking, slot=Slot(booking.starts_at, booking.ends_at), found=found, now=now
    )
    return page, status


@bp.route("/salles/tout-de-suite", methods=["GET", "POST"])
@allowed("room.desk")
def on_the_spot() -> ResponseReturnValue:
    """A room from now on, for an organisation that is there: the free ones are shown, one tap takes one."""
    session, now = db.session(), clock.now()
    if closed := queries_desk.closed_now(session, now):
        page = render_template("rooms/on_the_spot.html", form=None, form_errors=False, found=[], closed=closed)
        return page, 409 if request.method == "POST" else 200
    form = OnTheSpotForm(data={"key": secrets.token_urlsafe(16)}).at(now)
    tenants = {one.public_id: (one, name) for one, name in
               queries_finding.may_ask_for(session, me(), clock.local_day(now))}  # fmt: skip
    form.offer((id_, name) for id_, (_tenant, name) in tenants.items())
    found: list[queries_desk.Free] = []
    if form.validate_on_submit():
        tenant, _name = tenants[form.structure.data]
        wish = Ask(0, form.slot, kind="rental", structure_id=tenant.id, headcount=form.people.data,
                   override=form.why.data, key=form.key.data, at_once=True)  # fmt: skip
        found = queries_desk.free_now(session, wish, me(), now)
        chosen = next((one.room for one in found if one.room.code == request.form.get("room")), None)
        if chosen is not None:
            try:
                made = actions_desk.walk_in(queries_desk.ask_for(wish, chosen.id), me(), now)
            except Refused as refused:
                form.show(refused.refusals)
            else:
                flash(_("%(room)s\u00a0: c’est pris.", room=made.resource.name))
                return _to_the_board()
    failed = bool(form.errors)
    page = render_template("rooms/on_the_spot.html", form=form, form_errors=failed, found=found, closed=[])
    return page, 422 if failed else 200


def _act(public_id: str, act: Callable[..., Booking], said: str, way_back: str | None) -> ResponseReturnValue:
    """One tap on the board: done, or said why not; the toast takes it back."""
    booking, now = booking_or_404(public_id), clock.now()
    try:
        act(booking, me(), now)
    except Refused as refused:
        say_refused(refused)
        return _to_the_board()
    told = tell(
        queries.tenants(db.session()).get(booking.structure_id or 0),
        None,
        reader_of(db.session(), me(), clock.local_day(now)),
    )
    words = _("%(who)s\u00a0: %(what)s", who=told.who or booking.resource.name, what=said)
    if way_back:
        say_with_way_back(words, url_for(way_back, public_id=public_id))
    else:
        flash(words)
    return _to_the_board()


def _to_the_board() -> ResponseReturnValue:
    return redirect(url_for("home.day_board"), 303)
