"""Dates of a room that come back: every date shown with what would become of it, then asked for in one act."""

import secrets
from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings.values import Ask
from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext, say_when
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from rooms import actions_repeating, queries, queries_money, queries_repeating, words
from rooms.blueprint import bp
from rooms.forms_repeating import RepeatForm
from rooms.values_repeating import Dated
from rooms.views_asking import ask_of, offer, said, say_price


@bp.route("/salles/<code>/plusieurs-dates", methods=["GET", "POST"])
@allowed("room.ask")
def repeat(code: str) -> ResponseReturnValue:
    """First the dates are shown; sent again with «send», those that are possible are asked for."""
    session, now = db.session(), clock.now()
    sheet = queries.sheet_of(session, code, clock.local_day(now))
    if sheet is None:
        abort(404)
    form = RepeatForm(data=said())
    dates: list[Dated] = []
    asks: list[Ask] = []
    tenants = offer(form, now)
    if form.validate_on_submit():
        ask = ask_of(form, sheet, tenants[form.structure.data])
        dates = queries_repeating.preview(session, ask, form.repeat, now, may_pass=me().may("machine.override"))
        asks = queries_repeating.asks_of(ask, dates)
        if asks and request.form.get("act") == "send":
            try:
                lent = actions_repeating.lend_dates(asks, me(), now, agreed=form.agreed_cents)
            except Refused as refused:
                form.show(refused.refusals)
                form.key.data = secrets.token_urlsafe(16)
            else:
                _say(lent)
                return redirect(url_for("rooms.room", code=code, semaine=form.day.data.isoformat()), 303)
    failed, price = bool(form.errors), ""
    if asks:
        terms = queries_money.terms_of(session, sheet.id, asks[0].structure_id)
        price = say_price(form, terms, sum(one.slot.minutes for one in asks))
    page = render_template(
        "rooms/repeat.html",
        room=sheet,
        form=form,
        form_errors=failed,
        words=words,
        dates=dates,
        count=_possible(dates),
        price=price,
    )
    return page, 422 if failed else 200


def _possible(dates: Sequence[Dated]) -> int:
    return sum(one.state == "possible" for one in dates)


def _say(lent: actions_repeating.Lent) -> None:
    """How many dates are booked or asked for, and why each that somebody took meanwhile is not."""
    if count := len(lent.made):
        if lent.made[0].status == "requested":
            flash(ngettext("%(num)s date demandée.", "%(num)s dates demandées.", count))
        else:
            flash(ngettext("%(num)s date réservée.", "%(num)s dates réservées.", count))
    for ask, refused in lent.refused:
        why = " ".join(refusal.sentence for refusal in refused.refusals)
        flash(_("%(when)s\u00a0: pas possible. %(why)s", when=say_when(ask.slot.start), why=why))
