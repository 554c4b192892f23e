"""The stock of materials, for the team: how much is there, what moves, what it costs. Nothing is sold."""

from datetime import date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings.values import Slot
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_supplies, queries_supplies, words_supplies
from machines.blueprint import bp
from machines.forms_supplies import MoveForm, SupplyForm
from machines.models_supplies import Supply
from machines.values_year import SchoolYear
from pathways.sent_pieces import new_key


@bp.get("/matieres")
@allowed("supply.manage")
def supplies() -> ResponseReturnValue:
    """Every material, how much is there, and what is low."""
    return render_template("machines/supplies.html", stocks=queries_supplies.stocks(db.session()), words=words_supplies)


@bp.route("/matieres/nouvelle", methods=["GET", "POST"])
@allowed("supply.manage")
def new_supply() -> ResponseReturnValue:
    """A material to count from now on."""
    form = SupplyForm()
    if form.validate_on_submit():
        try:
            supply = actions_supplies.make(form.wish, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Matière ajoutée\u00a0: dire combien il y en a."))
            return _to(supply)
    return _supply_form(form, None)


@bp.route("/matieres/<public_id>/changer", methods=["GET", "POST"])
@allowed("supply.manage")
def change_supply(public_id: str) -> ResponseReturnValue:
    """Its name, its unit, the level under which the coordination is told."""
    supply = _supply(public_id)
    form = SupplyForm(obj=supply)
    if form.validate_on_submit():
        try:
            actions_supplies.change(supply, form.wish, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("C’est changé."))
            return _to(supply)
    return _supply_form(form, supply)


@bp.route("/matieres/<public_id>", methods=["GET", "POST"])
@allowed("supply.manage")
def supply(public_id: str) -> ResponseReturnValue:
    """A material: how much is there, what moved; saying that some came, went, or was counted."""
    found, form = _supply(public_id), MoveForm(data={"key": new_key()})
    if form.validate_on_submit():
        try:
            made = actions_supplies.move(found, form.move, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("C’est noté."), url_for("machines.take_back_move", public_id=made.public_id))
            return _to(found)
    session, failed = db.session(), bool(form.errors)
    moves, today = queries_supplies.moves_of(session, found.id), clock.local_day(clock.now())
    page = render_template(
        "machines/supply.html",
        stock=queries_supplies.Stock(found, queries_supplies.level_of(session, found.id)),
        moves=moves,
        fresh={one.id for one in moves if clock.local_day(one.moved_at) == today},
        amounts=words_supplies,
        form=form,
        form_errors=failed,
    )
    return page, 422 if failed else 200


@bp.post("/matieres/<public_id>/retirer")
@allowed("supply.manage")
def retire_supply(public_id: str) -> ResponseReturnValue:
    """It is used no more."""
    found = _supply(public_id)
    try:
        actions_supplies.retire(found, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        undo = url_for("machines.bring_back_supply", public_id=public_id)
        say_with_way_back(_("Cette matière ne sert plus. Ce qui a bougé reste."), undo)
    return _to(found)


@bp.post("/matieres/<public_id>/remettre")
@allowed("supply.manage")
def bring_back_supply(public_id: str) -> ResponseReturnValue:
    """It is used again."""
    found = _supply(public_id)
    try:
        actions_supplies.bring_back(found, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Cette matière sert de nouveau."))
    return _to(found)


@bp.post("/matieres/mouvements/<public_id>/reprendre")
@allowed("supply.manage")
def take_back_move(public_id: str) -> ResponseReturnValue:
    """A movement was a mistake."""
    made = queries_supplies.move_by_public_id(db.session(), public_id) or abort(404)
    try:
        actions_supplies.take_back(made, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Mouvement repris."))
    return _to(made.supply)


@bp.get("/matieres/couts")
@allowed("supply.manage")
def supply_costs() -> ResponseReturnValue:
    """What materials cost from a day to a day, the school year so far when none is said."""
    first, last = _period(clock.now())
    found = queries_supplies.costs(db.session(), Slot(clock.day_bounds(first)[0], clock.day_bounds(last)[1]))
    return render_template(
        "machines/supply_costs.html",
        costs=found,
        words=words_supplies,
        first=first,
        last=last,
        paid=sum(one.paid for one in found),
        went=sum(one.went_cents or 0 for one in found),
    )


def _period(now: datetime) -> tuple[date, date]:
    """The days asked for; turned round when they are the wrong way."""
    today = clock.local_day(now)
    first = read_day(request.args.get("du", "")) or SchoolYear.of(today).first
    last = read_day(request.args.get("au", "")) or today
    return min(first, last), max(first, last)


def _supply_form(form: SupplyForm, supply: Supply | None) -> ResponseReturnValue:
    failed = bool(form.errors)
    page = render_template("machines/supply_form.html", form=form, form_errors=failed, supply=supply)
    return page, 422 if failed else 200


def _to(supply: Supply) -> ResponseReturnValue:
    return redirect(url_for("machines.supply", public_id=supply.public_id), 303)


def _supply(public_id: str) -> Supply:
    return queries_supplies.by_public_id(db.session(), public_id) or abort(404)
