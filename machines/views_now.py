"""A machine on the spot: the team for a person, or the person at the kiosk; begun at once, or longer than booked."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import db
from fablab.i18n import _, say_hour
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused, for_team
from fablab.toasts import say_with_way_back
from machines import actions_now, queries_cards, queries_slots, queries_use
from machines.blueprint import bp
from machines.forms_use import LongerForm, NowForForm, NowForm
from machines.models import Machine
from machines.views_people import candidates
from machines.views_use import at_kiosk, booking_here, my_booking, require_kiosk, team_page


@bp.route("/machines/<code>/tout-de-suite", methods=["GET", "POST"])
@allowed("machine.book_for")
def use_now_for(code: str) -> ResponseReturnValue:
    """Somebody takes a free machine and begins."""
    machine, now, form = _machine(code), clock.now(), NowForForm()
    _offer(form, machine)
    if request.method == "GET":
        form.person.data = request.args.get("pour", "")[:80]
    found_people, status = list[Person](), 422
    if form.validate_on_submit():
        found_people = candidates(form)
        if len(found_people) == 1:
            ask = _ask(form, machine, found_people[0], now)
            try:
                made = actions_now.use_now(ask, form.start, me(), now)
            except Refused as refused:
                form.show(for_team(refused.refusals))
                status = 409 if "taken" in refused.codes else 422
            else:
                said = _("Commencé\u00a0: %(name)s.", name=found_people[0].short_name)
                say_with_way_back(said, url_for(".not_started_for", public_id=made.public_id))
                return redirect(url_for("home.front"), 303)
    failed = bool(form.errors) or len(found_people) > 1
    page = render_template(
        "machines/use_now_for.html", machine=machine, form=form, form_errors=failed, candidates=found_people
    )
    return page, status if failed else 200


@bp.route("/reserver/<code>/tout-de-suite", methods=["GET", "POST"])
@allowed("booking.own")
def use_now(code: str) -> ResponseReturnValue:
    """I take a free machine and begin, at the kiosk of the Fablab."""
    machine, now, form, status = _machine(code), clock.now(), NowForm(), 422
    _offer(form, machine)
    if form.validate_on_submit():
        try:
            require_kiosk()
            made = actions_now.use_now(_ask(form, machine, me(), now), form.start, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
            status = 409 if "taken" in refused.codes else 422
        else:
            say_with_way_back(_("J’ai commencé."), url_for(".not_started", public_id=made.public_id))
            return redirect(url_for(".booking", public_id=made.public_id), 303)
    failed = bool(form.errors)
    page = render_template("machines/use_now.html", machine=machine, form=form, form_errors=failed, here=at_kiosk())
    return page, status if failed else 200


@bp.route("/equipe/reservations/<public_id>/prolonger", methods=["GET", "POST"])
@allowed("machine.book_for")
def extend_for(public_id: str) -> ResponseReturnValue:
    """Somebody goes on longer, if nobody else is expected."""
    booking, now = booking_here(public_id), clock.now()
    if booking.status != "checked_in":
        return redirect(team_page(booking), 303)
    form, why = _longer(booking, now)
    if form.validate_on_submit():
        try:
            actions_now.extend(booking, form.end, me(), now)
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            flash(_("Prolongé jusqu’à %(hour)s.", hour=say_hour(booking.ends_at)))
            return redirect(team_page(booking), 303)
    return _longer_page("machines/extend_for.html", form, booking, for_team(why))


@bp.route("/reservations/<public_id>/prolonger", methods=["GET", "POST"])
@allowed("booking.own")
def extend(public_id: str) -> ResponseReturnValue:
    """I go on longer, at the kiosk of the Fablab."""
    booking, now = my_booking(public_id), clock.now()
    if booking.status != "checked_in":
        return redirect(url_for(".booking", public_id=public_id), 303)
    form, why = _longer(booking, now)
    if form.validate_on_submit():
        try:
            require_kiosk()
            actions_now.extend(booking, form.end, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Je continue jusqu’à %(hour)s.", hour=say_hour(booking.ends_at)))
            return redirect(url_for(".booking", public_id=public_id), 303)
    return _longer_page("machines/extend.html", form, booking, why)


def _machine(code: str) -> Machine:
    found = queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now()))
    if found is None:
        abort(404)
    return found


def _offer(form: NowForm, machine: Machine) -> None:
    form.offer(queries_use.handling_of(machine))
    form.offer_lengths(queries_slots.lengths_of(machine))
    if request.method == "GET":
        form.minutes.data = queries_cards.usual_minutes(machine)
        form.key.data = secrets.token_urlsafe(16)


def _ask(form: NowForm, machine: Machine, person: Person, now: datetime) -> Ask:
    start = now.replace(second=0, microsecond=0)
    slot = Slot(start, start + timedelta(minutes=form.minutes.data))
    return Ask(machine.id, slot, holder_id=person.id, key=form.key.data, at_once=True)


def _longer(booking: Booking, now: datetime) -> tuple[LongerForm, Sequence[Refusal]]:
    ends, why = queries_use.ends_offered(db.session(), booking, now)
    form = LongerForm()
    form.offer(ends)
    return form, why


def _longer_page(template: str, form: LongerForm, booking: Booking, why: Sequence[Refusal]) -> ResponseReturnValue:
    failed = bool(form.errors)
    page = render_template(template, form=form, form_errors=failed, booking=booking, why=why, here=at_kiosk())
    return page, 422 if failed else 200
