"""Several machines closed in one act: what it touches is shown first; opened again in one act too."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused, for_team
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_block, queries_block, queries_cards, rules_block
from machines.blueprint import bp
from machines.forms_block import BlockForm


@bp.route("/machines/fermer", methods=["GET", "POST"])
@allowed("closure.manage")
def block() -> ResponseReturnValue:
    """Which machines, when, why; then what that touches; then it is done."""
    session, now, form = db.session(), clock.now(), BlockForm()
    machines = queries_cards.machines_in_use(session, clock.local_day(now))
    form.offer((one.code, in_french(one.simple_name)) for one in machines)
    touched: list[Booking] | None = None
    if form.validate_on_submit():
        chosen = [one for one in machines if one.code in form.machines.data]
        try:
            if form.seen.data:
                seen = int(form.seen.data)
                laid = actions_block.block(chosen, form.slot, form.reason.data, seen, me(), now)
                undo = url_for("machines.unblock", closure_id=laid[0].closure.id)
                say_with_way_back(_closed(len(laid), sum(len(one.suspended) for one in laid)), undo)
                return redirect(url_for("machines.week", semaine=clock.local_day(form.slot.start).isoformat()), 303)
            if found := rules_block.block_refusals(form.slot, now):
                raise Refused(found)
        except Refused as refused:
            form.show(for_team(refused.refusals))
        if not form.errors or form.seen.data:
            touched = queries_block.touched(session, [one.id for one in chosen], form.slot, now)
            form.seen.data = str(len(touched))
    failed = bool(form.errors)
    page = render_template("machines/block.html", form=form, form_errors=failed, touched=touched)
    return page, 422 if failed else 200


@bp.post("/machines/fermer/<int:closure_id>/rouvrir")
@allowed("closure.manage")
def unblock(closure_id: int) -> ResponseReturnValue:
    """All the machines closed with this one open again."""
    closure = queries_block.closure_by_id(db.session(), closure_id, clock.now()) or abort(404)
    try:
        lifted = actions_block.open_again(closure, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        back = sum(len(one.back) for one in lifted)
        said = ngettext("%(num)s machine rouverte.", "%(num)s machines rouvertes.", len(lifted))
        flash(said + " " + ngettext("%(num)s réservation revient.", "%(num)s réservations reviennent.", back))
    return redirect(url_for("machines.week", semaine=clock.local_day(closure.starts_at).isoformat()), 303)


def _closed(machines: int, waiting: int) -> str:
    said = ngettext("%(num)s machine fermée.", "%(num)s machines fermées.", machines)
    if not waiting:
        return said + " " + _("Aucune réservation n’est touchée.")
    return (
        said
        + " "
        + ngettext(
            "%(num)s réservation en attente\u00a0: la personne est prévenue.",
            "%(num)s réservations en attente\u00a0: les personnes sont prévenues.",
            waiting,
        )
    )
