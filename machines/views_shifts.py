"""The team's shifts: a week of them, add, withdraw with what it leaves uncovered shown before."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import weeks
from bookings.values import Slot
from bookings.weeks import day_of_week_shown
from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions, actions_back, coverage, queries_shifts, words
from machines.blueprint import bp
from machines.forms import EmptyForm, ShiftForm
from machines.models import Shift
from machines.rules_shifts import Wish


@dataclass(frozen=True)
class ShiftDay:
    """A day of the week of shifts."""

    day: date
    shifts: tuple[Shift, ...]


@bp.route("/equipe/permanences", methods=["GET", "POST"])
@allowed("shift.manage")
def shifts() -> ResponseReturnValue:
    """A week of shifts, and the form to add one."""
    now = clock.now()
    form = _form()
    if form.validate_on_submit():
        try:
            wish = Wish(int(form.person.data), int(form.place.data), form.slot, form.until.data)
            added = actions.add_shift(wish, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(ngettext("Une permanence ajoutée.", "%(num)s permanences ajoutées.", len(added)))
            return redirect(url_for("machines.shifts", semaine=clock.local_day(added[0].starts_at).isoformat()), 303)
    monday = clock.week_of(day_of_week_shown(request.args.get("semaine", ""), now))
    page = render_template(
        "machines/shifts.html",
        form=form,
        form_errors=bool(form.errors),
        week=weeks.week_links("machines.shifts", monday, now),
        days=_days(monday),
        now=now,
    )
    return page, 422 if form.errors else 200


@bp.route("/equipe/permanences/<public_id>/retirer", methods=["GET", "POST"])
@allowed("shift.manage")
def withdraw_shift(public_id: str) -> ResponseReturnValue:
    """What would be left uncovered, then withdrawn."""
    now, form = clock.now(), EmptyForm()
    shift = queries_shifts.shift_by_public_id(db.session(), public_id)
    if shift is None:
        abort(404)
    if form.validate_on_submit():
        try:
            left = actions.withdraw_shift(shift, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            back = url_for("machines.restore_shift", public_id=public_id)
            say_with_way_back(_said(len(left.bookings)), back, _("Remettre"))
            return redirect(url_for("machines.shifts", semaine=clock.local_day(shift.starts_at).isoformat()), 303)
    slot = Slot(shift.starts_at, shift.ends_at)
    page = render_template(
        "machines/withdraw_shift.html",
        form=form,
        form_errors=bool(form.errors),
        shift=shift,
        when=words.full_slot(slot),
        gone=shift.withdrawn_at is not None,
        bookings=coverage.would_uncover(db.session(), [shift], now) if shift.withdrawn_at is None else [],
        sessions=queries_shifts.sessions_led(db.session(), shift.person_id, slot),
    )
    return page, 422 if form.errors else 200


@bp.post("/equipe/permanences/<public_id>/remettre")
@allowed("shift.manage")
def restore_shift(public_id: str) -> ResponseReturnValue:
    """Put a withdrawn shift back."""
    shift = queries_shifts.shift_by_public_id(db.session(), public_id)
    if shift is None:
        abort(404)
    try:
        actions_back.restore_shift(shift, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Permanence remise."))
    return redirect(url_for("machines.shifts", semaine=clock.local_day(shift.starts_at).isoformat()), 303)


def _form() -> ShiftForm:
    form = ShiftForm()
    form.person.choices = [(str(one.id), one.full_name) for one in queries_shifts.team(db.session())]
    places = queries_shifts.places_of_machines(db.session())
    form.place.choices = [
        (str(one.id), _("Dans la salle") if one.parent_id else _("Dans la maison seulement")) for one in places
    ]
    return form


def _days(monday: date) -> list[ShiftDay]:
    week = [monday + timedelta(days=number) for number in range(7)]
    span = Slot(clock.day_bounds(week[0])[0], clock.day_bounds(week[-1])[1])
    found = queries_shifts.shifts_in(db.session(), span)
    days = [ShiftDay(day, tuple(one for one in found if clock.local_day(one.starts_at) == day)) for day in week]
    # The house rests on Sundays: that day is shown when somebody comes all the same.
    return days if days[-1].shifts else days[:-1]


def _said(uncovered: int) -> str:
    if not uncovered:
        return _("Permanence retirée. Tout reste encadré.")
    return ngettext(
        "Permanence retirée. %(num)s réservation à revoir : la personne est prévenue.",
        "Permanence retirée. %(num)s réservations à revoir : les personnes sont prévenues.",
        uncovered,
    )
