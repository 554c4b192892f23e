"""A machine that goes on past closing: I ask for it, a facilitator answers, and looks at its end."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions as engine
from bookings.models import Booking
from bookings.values import Slot
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _, say_length
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused, for_team
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_past_closing, queries_cards, queries_past_closing, queries_supplies
from machines.blueprint import bp
from machines.forms_past_closing import NoForm, PastClosingForm
from machines.forms_use import EndForm
from machines.models import Machine
from machines.rules_past_closing import SHUT
from machines.views_slots import form_key
from machines.views_use import booking_here, team_page


@bp.route("/reserver/<code>/apres-fermeture", methods=["GET", "POST"])
@allowed("booking.own")
def ask_past_closing(code: str) -> ResponseReturnValue:
    """I ask that the machine goes on when the Fablab closes."""
    now, machine = clock.now(), queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now()))
    if machine is None or machine.past_closing != "on_agreement":
        abort(404)
    day = read_day(request.args.get("jour", "")) or clock.local_day(now)
    longest = machine.max_minutes
    form = PastClosingForm(data={"key": form_key(), "day": day, "minutes": longest})
    lengths = range(machine.step_minutes, longest + 1, machine.step_minutes)
    form.minutes.choices = [(one, say_length(one)) for one in lengths if one >= machine.min_minutes]
    status = 422
    if form.validate_on_submit():
        try:
            made = actions_past_closing.ask(machine, form.slot, _key(form), me(), now)
        except Refused as refused:
            form.show(refused.refusals)
            status = 409 if "taken" in refused.codes else 422
        else:
            flash(_("C’est demandé. Un animateur répond."))
            return redirect(url_for("machines.booking", public_id=made.public_id), 303)
    failed = bool(form.errors)
    page = render_template("machines/ask_past_closing.html", machine=machine, form=form, form_errors=failed)
    return page, status if failed else 200


def _key(form: PastClosingForm) -> str:
    # One page may ask for two different times (back, another hour): only the same wish sent twice is one request.
    return f"{form.key.data[:30]}:{int(form.slot.start.timestamp())}:{form.minutes.data}"


def way_past_closing(
    machine: Machine, person: Person, now: datetime, refusals: Sequence[Refusal] = (), chosen: Slot | None = None
) -> str | None:
    """Where I ask that the machine goes on past closing; None where it never does, or where it would be refused too."""
    if machine.past_closing != "on_agreement":
        return None
    if chosen is None or not any(one.code in SHUT for one in refusals):
        return url_for("machines.ask_past_closing", code=machine.code)
    if not queries_past_closing.could_be_asked(db.session(), machine, chosen, person.id, now):
        return None
    return url_for("machines.ask_past_closing", code=machine.code, jour=clock.local_day(chosen.start).isoformat())


@bp.get("/machines/apres-fermeture")
@allowed("machine.read")
def past_closing() -> ResponseReturnValue:
    """What waits for an answer, what was agreed, what is to be looked at."""
    found = queries_past_closing.past_closing(db.session(), clock.now())
    return render_template("machines/past_closing.html", found=found)


@bp.get("/machines/apres-fermeture/<public_id>")
@allowed("machine.read")
def past_closing_one(public_id: str) -> ResponseReturnValue:
    """One of them: who, what, until when; for who decides, yes and no."""
    return _one_page(_running_on(public_id), NoForm(formdata=None))


@bp.route("/machines/apres-fermeture/<public_id>/refuser", methods=["GET", "POST"])
@allowed("machine.state")
def refuse_past_closing(public_id: str) -> ResponseReturnValue:
    """No, with a reason of the list; its page again until one is chosen."""
    booking, form = _running_on(public_id), NoForm()
    if form.validate_on_submit():
        try:
            engine.refuse_request(booking, form.why, me(), clock.now())
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            flash(_("C’est refusé. La personne est prévenue."))
            return redirect(url_for("machines.past_closing"), 303)
    return _one_page(booking, form)


def _one_page(booking: Booking, form: NoForm) -> ResponseReturnValue:
    failed, session = bool(form.errors), db.session()
    page = render_template(
        "machines/past_closing_one.html",
        booking=booking,
        form=form,
        form_errors=failed,
        answer=booking.status == "requested" and booking.starts_at > clock.now(),
        unsay=booking.status == "confirmed" and booking.starts_at > clock.now(),
        opening=queries_past_closing.next_opening(session, booking.place_id, booking.ends_at),
    )
    return page, 422 if failed else 200


@bp.post("/machines/apres-fermeture/<public_id>/accepter")
@allowed("machine.state")
def agree_past_closing(public_id: str) -> ResponseReturnValue:
    """Yes: I look at its end at the next opening."""
    return _do(
        public_id, lambda one, now: engine.approve(one, me(), now), _("C’est accepté. La personne est prévenue.")
    )


@bp.post("/machines/apres-fermeture/<public_id>/reprendre")
@allowed("machine.state")
def unsay_past_closing(public_id: str) -> ResponseReturnValue:
    """It was agreed by mistake."""
    said = _("Accord repris\u00a0: à décider. La personne est prévenue.")
    return _do(public_id, lambda one, now: actions_past_closing.unsay(one, me(), now), said)


@bp.route("/machines/apres-fermeture/<public_id>/relever", methods=["GET", "POST"])
@allowed("machine.book_for")
def look_past_closing(public_id: str) -> ResponseReturnValue:
    """It ran to its end: how the machine was found."""
    booking, form = _running_on(public_id), EndForm()
    form.offer(queries_supplies.counted_in(db.session(), booking.id))
    if form.validate_on_submit():
        try:
            actions_past_closing.look(booking, form.left, me(), clock.now())
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            say_with_way_back(_("La fin est notée."), url_for("machines.look_again", public_id=public_id))
            return redirect(team_page(booking), 303)
    failed = bool(form.errors)
    page = render_template("machines/look_past_closing.html", booking=booking, form=form, form_errors=failed)
    return page, 422 if failed else 200


@bp.post("/machines/apres-fermeture/<public_id>/relever-encore")
@allowed("machine.book_for")
def look_again(public_id: str) -> ResponseReturnValue:
    """Its end was noted by mistake."""
    return _do(public_id, lambda one, now: actions_past_closing.look_again(one, me(), now), _("La fin reste à voir."))


def _do(public_id: str, act: Callable[[Booking, datetime], object], done: str) -> ResponseReturnValue:
    try:
        act(_running_on(public_id), clock.now())
    except Refused as refused:
        say_refused(Refused(for_team(refused.refusals)))
    else:
        flash(done)
    return redirect(url_for("machines.past_closing_one", public_id=public_id), 303)


def _running_on(public_id: str) -> Booking:
    booking = booking_here(public_id)
    if booking.there_until is None or not isinstance(booking.resource, Machine):
        abort(404)
    return booking
