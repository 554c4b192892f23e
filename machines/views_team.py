"""The team at the machines: each one's page, out of service and back, book for somebody."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions as engine_actions
from bookings.rules_back import breakdown_undo_refusals
from bookings.values import Ask
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext, say_length
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused, for_team
from fablab.toasts import say_refused
from machines import (
    actions,
    queries_cards,
    queries_care,
    queries_docs,
    queries_repair,
    queries_shifts,
    queries_slots,
    queries_week,
    words,
    words_care,
)
from machines.blueprint import bp
from machines.forms import BookForForm
from machines.models import Machine
from machines.views_people import candidates


@dataclass(frozen=True)
class MachineLine:
    """A machine of the list, with its state and the upkeep for which it is time."""

    machine: Machine
    state: str
    detail: str
    due: tuple[str, ...]


@bp.get("/machines")
@allowed("machine.read")
def index() -> ResponseReturnValue:
    """All machines with their state."""
    session, now = db.session(), clock.now()
    found = queries_cards.machines_in_use(session, clock.local_day(now))
    wrong = queries_repair.troubles(session, [one.id for one in found], now)
    due: dict[int, tuple[str, ...]] = {}
    for care in queries_care.all_due(session, now):
        due[care.machine_id] = (*due.get(care.machine_id, ()), care.name)
    lines = [
        MachineLine(
            one,
            wrong[one.id].state if one.id in wrong else "free",
            words.trouble(wrong[one.id]) if one.id in wrong else "",
            due.get(one.id, ()),
        )
        for one in found
    ]
    return render_template("machines/index.html", lines=lines)


@bp.get("/machines/<code>")
@allowed("machine.read")
def machine(code: str) -> ResponseReturnValue:
    """One machine: its state, its bookings to come, what the team can do."""
    return _machine_page(_machine(code))


@bp.post("/machines/<code>/hors-service/annuler")
@allowed("machine.state")
def undo_out_of_service(code: str) -> ResponseReturnValue:
    """It was a mistake, minutes ago: as if it had never been, the people are told."""
    try:
        lifted = actions.undo_out_of_service(_machine(code), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_back_at_once(len(lifted.back)))
    return redirect(url_for("machines.machine", code=code), 303)


@bp.post("/machines/<code>/en-service")
@allowed("machine.state")
def in_service(code: str) -> ResponseReturnValue:
    """It works again; bookings it suspended wait for somebody to give them back."""
    try:
        lifted = actions.back_in_service(_machine(code), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(words.given_back(len(lifted.waiting)))
    return redirect(url_for("machines.machine", code=code), 303)


@bp.route("/machines/<code>/reserver", methods=["GET", "POST"])
@allowed("machine.book_for")
def book_for(code: str) -> ResponseReturnValue:
    """Book a machine for somebody; soft rules may be passed with a written reason."""
    found, now = _machine(code), clock.now()
    form = _book_form(found, now)
    found_people: list[Person] = []
    if form.validate_on_submit():
        found_people = candidates(form)
        if len(found_people) == 1:
            try:
                ask = Ask(
                    found.id,
                    form.slot,
                    holder_id=found_people[0].id,
                    override=form.override.data or None,
                    key=form.key.data,
                )
                made = engine_actions.book(ask, me(), now)
            except Refused as refused:
                form.show(for_team(refused.refusals))
                form.key.data = secrets.token_urlsafe(16)
            else:
                flash(_("Réservé."))
                return redirect(url_for("bookings.show", public_id=made.public_id), 303)
    failed = bool(form.errors) or len(found_people) > 1
    page = render_template(
        "machines/book_for.html", machine=found, form=form, form_errors=failed, candidates=found_people
    )
    return page, 422 if failed else 200


def _machine(code: str) -> Machine:
    found = queries_cards.machine_for_team(db.session(), code)
    if found is None:
        abort(404)
    return found


def _machine_page(found: Machine) -> str:
    session, now = db.session(), clock.now()
    bookings = queries_week.bookings_to_come(session, found.id, now)
    breakdown = queries_shifts.breakdown_of(session, found.id, now)
    planned = queries_care.planned(session, [found.id], now)
    tickets = queries_repair.tickets_of(session, found.id)
    return render_template(
        "machines/machine.html",
        machine=found,
        breakdown=breakdown,
        undoable=breakdown is not None
        and sum(one.closure_id == breakdown.id and one.closed_at is None for one in tickets) <= 1
        and not breakdown_undo_refusals(breakdown.made_by_id, breakdown.made_at, me().id, now),
        bookings=bookings,
        used=next((one for one in bookings if one.status == "checked_in"), None),
        tickets=tickets,
        troubled=any(one.closed_at is None for one in tickets),
        docs=queries_docs.docs_of(session, found.id),
        planned=planned,
        stopped_for=next((one.care for one in planned if one.care.closed_now(now)), None),
        log=queries_care.lines_of(session, found.id, queries_care.A_FEW),
        words=words_care,
        names=queries_week.holders(session, {one.holder_id for one in bookings if one.holder_id is not None}),
        today=clock.local_day(now),
    )


def _book_form(found: Machine, now: datetime) -> BookForForm:
    form = BookForForm()
    lengths = queries_slots.lengths_of(found)
    form.minutes.choices = [(minutes, say_length(minutes)) for minutes in lengths]
    if request.method == "GET":
        form.key.data = secrets.token_urlsafe(16)
        form.minutes.data = queries_cards.usual_minutes(found)
        form.day.data = read_day(request.args.get("jour", "")) or clock.local_day(now)
        form.person.data = request.args.get("pour", "")[:80]
    return form


def _back_at_once(back: int) -> str:
    if not back:
        return _("En service.")
    return ngettext(
        "En service. %(num)s réservation revient : la personne est prévenue.",
        "En service. %(num)s réservations reviennent : les personnes sont prévenues.",
        back,
    )
