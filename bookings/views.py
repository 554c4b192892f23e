"""Pages of the engine for the team: somebody's booking, what is suspended, and closures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions, actions_back, kinds, queries, queries_back, queries_closures, rules
from bookings.forms import CancelForm, CloseForm, MoveForm, ReasonForm
from bookings.models import Booking, Closure
from bookings.values import Over, Slot
from fablab import clock, reasons
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _, lazy, ngettext, say_day, say_when
from fablab.journal import JournalEntry
from fablab.journal_words import SAID
from fablab.pages import allowed, local_address
from fablab.people.entering import me
from fablab.refusals import Refusal, Refused, for_team
from fablab.toasts import say_refused, say_with_way_back

bp = Blueprint("bookings", __name__, url_prefix="/equipe")

#: level of supervision -> who watches over the person, in the words of the team
SUPERVISION = {
    "beside": lazy("un animateur à côté"),
    "in_room": lazy("un animateur dans la salle"),
    "autonomous": lazy("un adulte dans la maison"),
}


@bp.get("/reservations/<public_id>")
@allowed("machine.read")
def show(public_id: str) -> ResponseReturnValue:
    """A booking with its history, and what the team may do with it; of a room, its own page knows what to say."""
    booking = _booking(public_id)
    if booking.kind == "rental" and (page := _page_of(booking)):
        return redirect(page)
    return _show(booking)


@bp.route("/reservations/<public_id>/annuler", methods=["GET", "POST"])
@allowed("machine.book_for")
def cancel(public_id: str) -> ResponseReturnValue:
    """Cancel for a reason of the list; the person is told. Asked again (back, sent twice): what it became."""
    booking, form = _own_kind(public_id), CancelForm()
    if booking.status == "cancelled":
        return redirect(url_for(".show", public_id=public_id), 303)
    if form.validate_on_submit():
        try:
            actions.cancel(booking, form.why, me(), clock.now())
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            say_with_way_back(_("Réservation annulée."), url_for(".restore", public_id=public_id), _("Remettre"))
            return redirect(url_for(".show", public_id=public_id), 303)
    return _page("bookings/cancel.html", form, booking=booking)


@bp.route("/reservations/<public_id>/deplacer", methods=["GET", "POST"])
@allowed("machine.book_for")
def move(public_id: str) -> ResponseReturnValue:
    """Another day or hour for the same length; the person is told."""
    booking = _own_kind(public_id)
    if booking.status == "cancelled":
        return redirect(url_for(".show", public_id=public_id), 303)
    lasts, start = Slot(booking.starts_at, booking.ends_at), clock.to_local(booking.starts_at)
    form = MoveForm(data={"day": start.date(), "start": start.time()})
    status = 422
    if form.validate_on_submit():
        slot = Slot(form.moment, form.moment + (booking.ends_at - booking.starts_at))
        try:
            actions.move(booking, slot, me(), clock.now(), override=form.override.data or None)
        except Refused as refused:
            form.show(for_team(refused.refusals))
            status = 409 if "taken" in refused.codes else 422
        else:
            flash(_("Réservation déplacée."))
            return redirect(url_for(".show", public_id=public_id), 303)
    return _page("bookings/move.html", form, status, booking=booking, minutes=lasts.minutes)


@bp.post("/reservations/<public_id>/remettre")
@allowed("machine.book_for")
def restore(public_id: str) -> ResponseReturnValue:
    """Put a cancelled booking back where it was, if its time is free and every rule accepts."""
    return _do(public_id, lambda one: actions_back.restore(one, me(), clock.now()), _("Réservation remise."))


@bp.route("/reservations/<public_id>/absence", methods=["GET", "POST"])
@allowed("machine.book_for")
def correct_no_show(public_id: str) -> ResponseReturnValue:
    """The person had come after all: why it was noted otherwise. Asked again (back, sent twice): what it became."""
    booking, form = _own_kind(public_id), ReasonForm()
    if booking.status != "no_show":
        return redirect(url_for(".show", public_id=public_id), 303)
    if form.validate_on_submit():
        try:
            actions_back.correct_no_show(booking, form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(for_team(refused.refusals))
        else:
            flash(_("Absence corrigée."))
            return redirect(url_for(".show", public_id=public_id), 303)
    return _page("bookings/correct_no_show.html", form, booking=booking)


@bp.post("/reservations/<public_id>/pointer")
@allowed("machine.book_for")
def check_in(public_id: str) -> ResponseReturnValue:
    """The person is there; where one begins by saying more, on the page that asks it."""
    steps = _steps(_own_kind(public_id))
    if steps is not None:
        return redirect(steps.begin or url_for(".show", public_id=public_id), 303)
    return _do(public_id, lambda booking: actions.check_in(booking, me(), clock.now()), _("Arrivée pointée."))


@bp.post("/reservations/<public_id>/rendre")
@allowed("machine.state")
def give_back(public_id: str) -> ResponseReturnValue:
    """After a repair, let a suspended booking come back."""
    return _do(public_id, lambda booking: actions.give_back(booking, me(), clock.now()), _("Réservation rendue."))


@bp.get("/suspendues")
@allowed("machine.read")
def suspended() -> ResponseReturnValue:
    """Bookings of the next weeks that a closure or a breakdown suspends: whom to tell, what to give back."""
    now = clock.now()
    found = queries.suspended_during(db.session(), Slot(now, now + timedelta(weeks=8)))
    return render_template("bookings/suspended.html", bookings=found)


@bp.route("/fermetures", methods=["GET", "POST"])
@allowed("closure.manage")
def closures() -> ResponseReturnValue:
    """The closures to come, and a form to close the house, a place or a resource."""
    form, now = CloseForm(), clock.now()
    form.offer(queries_closures.closable(db.session(), now))
    if form.validate_on_submit():
        laid = actions.close(_over(form), me(), now)
        count = len(laid.suspended)
        said = ngettext("%(num)s réservation suspendue.", "%(num)s réservations suspendues.", count)
        say_with_way_back(said, url_for(".lift", closure_id=laid.closure.id))
        return redirect(url_for(".closures"), 303)
    return _page(
        "bookings/closures.html",
        form,
        closures=queries_closures.closures_to_come(db.session(), now),
        lifted=queries_back.lifted_today(db.session(), now),
        closed_when=_closed_when,
    )


@bp.post("/fermetures/<int:closure_id>/lever")
@allowed("closure.manage")
def lift(closure_id: int) -> ResponseReturnValue:
    """End a closure; what it suspended comes back where nothing stands in the way."""
    closure = db.session().get(Closure, closure_id)
    if closure is None:
        abort(404)
    lifted = actions.lift(closure, me(), clock.now())
    back, waiting = len(lifted.back), len(lifted.waiting)
    said = ngettext("%(num)s réservation rendue.", "%(num)s réservations rendues.", back)
    if waiting:
        said += " " + ngettext("%(num)s attend encore.", "%(num)s attendent encore.", waiting)
    say_with_way_back(said, url_for(".close_again", closure_id=closure_id), _("Remettre"))
    return redirect(url_for(".closures"), 303)


@bp.post("/fermetures/<int:closure_id>/remettre")
@allowed("closure.manage")
def close_again(closure_id: int) -> ResponseReturnValue:
    """Lay a closure lifted by mistake again, the same day."""
    closure = db.session().get(Closure, closure_id)
    if closure is None or closure.kind != "closure":
        abort(404)
    try:
        laid = actions_back.close_again(closure, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        count = len(laid.suspended)
        said = ngettext("%(num)s réservation suspendue.", "%(num)s réservations suspendues.", count)
        say_with_way_back(said, url_for(".lift", closure_id=laid.closure.id))
    return redirect(url_for(".closures"), 303)


def _booking(public_id: str) -> Booking:
    booking = queries.booking_by_public_id(db.session(), public_id)
    if booking is None:
        abort(404)
    return booking


def _own_kind(public_id: str) -> Booking:
    """Somebody's own booking: sessions are changed where they are planned."""
    booking = _booking(public_id)
    if booking.kind != "own":
        abort(404)
    return booking


def _do(public_id: str, act: Callable[[Booking], object], done: str) -> ResponseReturnValue:
    """An act of one button on a booking: said where it was pressed, or refused on the booking's page."""
    booking = _own_kind(public_id)
    try:
        act(booking)
    except Refused as refused:
        return _show(booking, for_team(refused.refusals)), 422
    flash(done)
    return redirect(local_address(request.form.get("next")) or url_for(".show", public_id=public_id), 303)


def _steps(booking: Booking) -> kinds.Steps | None:
    """How it is begun and ended, as the kind of its resource says; None: one tap is enough."""
    found = (kind.steps(db.session(), booking, clock.now()) for kind in kinds.of([booking.resource.kind]))
    return next((one for one in found if one), None)


def _show(booking: Booking, refusals: Sequence[Refusal] = ()) -> str:
    now, open_still = clock.now(), booking.status in ("requested", "confirmed")
    written, steps = booking.written_reasons, _steps(booking)
    return render_template(
        "bookings/show.html",
        booking=booking,
        lines=_lines(booking, list(written.values())) + list(steps.lines if steps else ()),
        steps=steps,
        history=queries.history_of(db.session(), booking),
        said=SAID,
        more_of=lambda entry: _more_of(entry, written),
        ahead=booking.kind == "own" and open_still and booking.ends_at > now,
        restorable=booking.kind == "own" and booking.status == "cancelled" and booking.starts_at > now,
        soon=not rules.too_early_to_check_in(Slot(booking.starts_at, booking.ends_at), now),
        refusals=refusals,
        page=_page_of(booking),
    )


def _page_of(booking: Booking) -> str | None:
    """Where a booking, or what it is a part of, has a page of its own."""
    return next(filter(None, (kind.page(db.session(), booking) for kind in kinds.every())), None)


def _lines(booking: Booking, passed: Sequence[str]) -> list[tuple[str, object]]:
    """What is known of a booking beside whom it is for: label and words."""
    lines: list[tuple[str, object]] = []
    if booking.supervision:
        lines.append((_("Encadrement"), SUPERVISION[booking.supervision]))
    if booking.headcount > 1:
        lines.append((_("Personnes"), booking.headcount))
    if booking.purpose:
        lines.append((_("Pour faire"), booking.purpose))
    if why := reasons.say(booking.reasons, team=True) or booking.reason:
        lines.append((_("Raison"), why))
    return lines + [(_("Règle passée"), said) for said in passed]


def _more_of(entry: JournalEntry, written: Mapping[datetime, str]) -> str:
    """Under a line of what happened: from when to when it was moved, and the reason written for it."""
    said = []
    if entry.verb == "booking.moved" and {"from", "to"} <= entry.details.keys():
        before, after = (datetime.fromisoformat(entry.details[end].partition("/")[0]) for end in ("from", "to"))
        said.append(_("Du %(before)s au %(after)s.", before=say_when(before), after=say_when(after)))
    if entry.at in written:
        said.append(_("Raison\u00a0: %(why)s", why=written[entry.at]))
    return " ".join(said)


def _closed_when(closure: Closure) -> str:
    """«Du lundi 2 août au dimanche 22 août», with hours where it is not whole days; or the day it should work again."""
    start, end = closure.starts_at, closure.ends_at
    if end is None and closure.expected_back:
        return _("Du %(from)s, retour %(day)s", **{"from": say_when(start), "day": say_day(closure.expected_back)})
    first, last = clock.local_day(start), clock.local_day(end - timedelta(seconds=1)) if end else None
    whole = start == clock.day_bounds(first)[0] and (last is None or end == clock.day_bounds(last)[1])
    if end is None or last is None:
        return _("Du %(from)s jusqu’à nouvel ordre", **{"from": say_when(start)})
    if not whole:
        return _("Du %(from)s au %(until)s", **{"from": say_when(start), "until": say_when(end)})
    if first == last:
        return _("Le %(day)s, toute la journée", day=say_day(first))
    return _("Du %(from)s au %(until)s", **{"from": say_day(first), "until": say_day(last)})


def _over(form: CloseForm) -> Over:
    kind, _colon, id_ = form.what.data.partition(":")
    return Over(
        form.reason.data,
        form.starts_at,
        form.ends_at,
        place_id=int(id_) if kind == "place" else None,
        resource_id=int(id_) if kind == "resource" else None,
    )


def _page(template: str, form: BaseForm, status: int = 422, **context: object) -> ResponseReturnValue:
    failed = bool(form.errors)
    return render_template(template, form=form, form_errors=failed, **context), status if failed else 200
