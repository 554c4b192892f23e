"""«J’attends une place»: the line of a full day, being told when there is room, and what is offered to me."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions
from bookings.values import Ask, Slot
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from machines import actions_waiting, queries_cards, queries_waiting, words
from machines.blueprint import bp
from machines.models import Machine
from machines.models_waiting import Waiting


@bp.get("/attente")
@allowed("booking.own")
def waiting() -> ResponseReturnValue:
    """What I wait for: what is offered to me, my place in each line, what I am to be told of."""
    found = queries_waiting.mine(db.session(), me().id, clock.now())
    return render_template(
        "machines/waiting.html",
        offers=[(one, words.full_slot(slot)) for one, _before in found if (slot := _offered(one))],
        lines=[(one, before + 1) for one, before in found if one.in_line and not one.offered_until],
        wishes=[one for one, _before in found if not one.in_line],
    )


@bp.post("/reserver/<code>/attendre")
@allowed("booking.own")
def wait_in_line(code: str) -> ResponseReturnValue:
    """Wait for a place on a day that is full."""
    machine, day = _machine(code), read_day(request.form.get("day", ""))
    if day is None:
        abort(400)
    return _asked(machine, lambda now: actions_waiting.join(me(), machine, day, _minutes(), now))


@bp.post("/reserver/<code>/dire-quand-libre")
@allowed("booking.own")
def tell_of_room(code: str) -> ResponseReturnValue:
    """Be told once when the machine is free for as long as I want."""
    machine = _machine(code)
    return _asked(machine, lambda now: actions_waiting.ask_to_be_told(me(), machine, _minutes(), now))


@bp.post("/attente/<public_id>/accepter")
@allowed("booking.own")
def accept_offer(public_id: str) -> ResponseReturnValue:
    """Take the hour offered to me: an ordinary booking, every rule asked."""
    now, person, found = clock.now(), me(), _mine(public_id)
    slot = _offered(found)
    if slot is None:
        flash(_("Cette heure n’est plus proposée."))
        return redirect(url_for(".waiting"), 303)
    ask = Ask(found.resource_id, slot, holder_id=person.id, key=f"waiting:{public_id}")
    try:
        booking = actions.book(ask, person, now)
    except Refused as refused:
        say_refused(refused)
        return redirect(url_for(".waiting"), 303)
    return redirect(url_for("machines.booking", public_id=booking.public_id), 303)


@bp.post("/attente/<public_id>/quitter")
@allowed("booking.own")
def wait_no_more(public_id: str) -> ResponseReturnValue:
    """Wait no more; what was offered to me goes to the next in line."""
    actions_waiting.leave(_mine(public_id), clock.now())
    flash(_("C’est noté\u00a0: je n’attends plus."))
    return redirect(url_for(".waiting"), 303)


def _asked(machine: Machine, act: Callable[[datetime], None]) -> ResponseReturnValue:
    try:
        act(clock.now())
    except Refused as refused:
        say_refused(refused)
        return redirect(url_for("machines.hours", code=machine.code), 303)
    flash(_("C’est noté\u00a0: on me prévient."))
    return redirect(url_for(".waiting"), 303)


def _machine(code: str) -> Machine:
    return queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now())) or abort(404)


def _minutes() -> int:
    return request.form.get("minutes", 0, type=int)


def _offered(one: Waiting) -> Slot | None:
    """The hour offered to somebody who waits, and not over."""
    if one.offered_start is None:
        return None
    return Slot(one.offered_start, one.offered_start + timedelta(minutes=one.minutes))


def _mine(public_id: str) -> Waiting:
    return queries_waiting.by_public_id(db.session(), public_id, me().id, clock.now()) or abort(404)
