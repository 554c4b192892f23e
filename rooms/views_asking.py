"""A room for an organisation: found by need, asked for by its contact, by the desk or by the coordination."""

import secrets
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings.values import Ask
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from rooms import actions, queries, queries_finding, queries_money, words
from rooms.blueprint import bp
from rooms.forms import FindForm, LendForm
from rooms.values import Sheet, Tenant
from rooms.values_finding import Found, Need
from rooms.values_money import Terms

#: what a search says to the form of a room
KEPT = ("structure", "people", "day", "starts", "ends")


@bp.get("/salles/trouver")
@allowed("room.ask")
def find() -> ResponseReturnValue:
    """Rooms for a number of people, a day, hours, and what is needed in them."""
    session, now = db.session(), clock.now()
    form = FindForm(request.args if "day" in request.args else None)
    tenants = offer(form, now)
    form.offer_equipment(queries_finding.equipment_of(queries.in_use(session, clock.local_day(now))))
    search = None
    if "day" in request.args and form.validate():
        need = Need(form.people.data, form.equipment.data, form.step_free.data)
        search = queries_finding.find(
            session, need, form.slot, tenants[form.structure.data].id, now, by_coordination=me().may("room.answer")
        )
    page = render_template(
        "rooms/find.html",
        form=form,
        form_errors=bool(form.errors),
        search=search,
        words=words,
        link=lambda one: _link(form, one),
    )
    return page, 422 if form.errors else 200


@bp.route("/salles/<code>/demander", methods=["GET", "POST"])
@allowed("room.ask")
def ask(code: str) -> ResponseReturnValue:
    """Ask for a room: confirmed at once, or waiting for an answer; either way its page says which."""
    now = clock.now()
    sheet = queries.sheet_of(db.session(), code, clock.local_day(now))
    if sheet is None:
        abort(404)
    form, status = LendForm(data=said()), 422
    tenants = offer(form, now)
    if form.validate_on_submit():
        try:
            wanted = ask_of(form, sheet, tenants[form.structure.data])
            made = actions.lend(wanted, me(), now, agreed=form.agreed_cents)
        except Refused as refused:
            form.show(refused.refusals)
            form.key.data = secrets.token_urlsafe(16)
            status = 409 if "taken" in refused.codes else 422
        else:
            flash(_("C’est réservé.") if made.status == "confirmed" else _("La demande est partie."))
            return redirect(url_for("rooms.booking", public_id=made.public_id), 303)
    failed, price = bool(form.errors), _price(form, sheet, tenants)
    page = render_template(
        "rooms/ask.html", room=sheet, form=form, form_errors=failed, words=words, found_url=_found_url(), price=price
    )
    return page, status if failed else 200


def _price(form: LendForm, sheet: Sheet, tenants: Mapping[str, Tenant]) -> str:
    """What the wish of a form costs or is worth, once it says for whom and when; sent with it, that was seen."""
    tenant = tenants.get(form.structure.data or "")
    if tenant is None or not (form.day.data and form.starts.data and form.ends.data):
        return ""
    try:
        minutes = form.slot.minutes
    except ValueError:  # it ends before it starts, or at an hour that the day does not have
        return ""
    return say_price(form, queries_money.terms_of(db.session(), sheet.id, tenant.id), minutes)


def say_price(form: LendForm, terms: Terms | None, minutes: int) -> str:
    """What so many minutes cost or are worth; the form sends that amount with it, as seen."""
    form.agreed.data = str(terms.amount(minutes) or 0) if terms else ""
    return words.amount(terms, minutes)


def offer(form: FindForm | LendForm, now: datetime) -> dict[str, Tenant]:
    """Offer the organisations that the reader may ask for; by the value of each."""
    found = queries_finding.may_ask_for(db.session(), me(), clock.local_day(now))
    form.offer((one.public_id, name) for one, name in found)
    return {one.public_id: one for one, _name in found}


def _link(form: FindForm, found: Found) -> str:
    """The form that asks for a room that was found, with what the search said."""
    start, end = clock.to_local(found.slot.start), clock.to_local(found.slot.end)
    hours = {"starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}"}
    asked = {"structure": form.structure.data, "people": form.people.data, "day": start.date().isoformat(), **hours}
    return url_for("rooms.ask", code=found.room.code, **asked)


def said() -> dict[str, Any]:
    """What a search said is in the form of a room already; what it did not, or not well, is left to be said."""
    people = request.args.get("people", "")
    return {
        "structure": request.args.get("structure", "")[:40],
        "people": int(people) if people.isascii() and people.isdigit() and len(people) < 5 else None,
        "day": read_day(request.args.get("day", "")),
        "starts": _hour(request.args.get("starts", "")),
        "ends": _hour(request.args.get("ends", "")),
        "key": secrets.token_urlsafe(16),
    }


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def ask_of(form: LendForm, sheet: Sheet, tenant: Tenant) -> Ask:
    """What a valid form asks for."""
    return Ask(
        sheet.id,
        form.slot,
        kind="rental",
        structure_id=tenant.id,
        headcount=form.people.data,
        override=form.override.data or None,
        key=form.key.data,
        purpose=form.purpose.data or None,
    )


def _found_url() -> str:
    """The search that led here, or an empty one."""
    kept = {name: request.values.get(name, "")[:40] for name in KEPT}
    return url_for("rooms.find", **{name: value for name, value in kept.items() if value})  # type: ignore[arg-type]  # a query
