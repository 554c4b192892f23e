"""What changes for somebody of the team and is felt in every part: their roles, and the end of their mission."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people import entering
from fablab.people.forms import RolesForm
from fablab.people.views_staff import bp, page_of, staff_or_404
from fablab.permissions import Role
from fablab.refusals import Refused
from fablab.toasts import say_with_way_back
from machines import actions_back, actions_team, coverage, queries_shifts
from machines.actions_team import Left

__all__ = ["bp"]


@bp.post("/equipe/<public_id>")
@allowed("staff.manage")
def set_roles(public_id: str) -> ResponseReturnValue:
    """Give and end roles; says what a lost role leaves to others."""
    person, form = staff_or_404(public_id), RolesForm()
    if form.validate_on_submit():
        try:
            left = actions_team.set_roles(person, [Role(role) for role in form.roles.data], entering.me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(" ".join((_("Rôles enregistrés."), *_said(left))))
            return redirect(url_for(".show", public_id=public_id), 303)
    return page_of(person, form)


@bp.route("/equipe/<public_id>/fin", methods=["GET", "POST"])
@allowed("staff.end")
def end(public_id: str) -> ResponseReturnValue:
    """What somebody holds up, shown first; then the end of their mission, today."""
    person, form, now = staff_or_404(public_id), BaseForm(), clock.now()
    if form.validate_on_submit():
        try:
            left = actions_team.end_mission(person, entering.me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            said = " ".join((_("Mission terminée."), *_said(left)))
            if entering.me().may("staff.manage"):
                say_with_way_back(said, url_for(".come_back", public_id=public_id))
            else:
                flash(said)
            return redirect(url_for(".show", public_id=public_id), 303)
    session, failed = db.session(), bool(form.errors)
    shifts = queries_shifts.shifts_to_come(session, person.id, now)
    page = render_template(
        "people/staff_end.html",
        form=form,
        form_errors=failed,
        person=person,
        today=clock.local_day(now),
        shifts=shifts,
        bookings=coverage.would_uncover(session, shifts, now),
        sessions=queries_shifts.sessions_to_lead(session, person.id, now),
    )
    return page, 422 if failed else 200


@bp.post("/equipe/<public_id>/retour")
@allowed("staff.manage")
def come_back(public_id: str) -> ResponseReturnValue:
    """Somebody who left returns; on the same day, with the shifts and sessions they gave up."""
    person = staff_or_404(public_id)
    count = actions_back.come_back(person, entering.me(), clock.now())
    said = [_("Accès rouvert.")]
    if count:
        said.append(ngettext("%(num)s permanence ou séance rendue.", "%(num)s permanences ou séances rendues.", count))
    flash(" ".join(said))
    return redirect(url_for(".show", public_id=public_id), 303)


def _said(left: Left) -> list[str]:
    """What is left to others, in numbers; nothing for none."""
    said = []
    if count := len(left.shifts):
        said.append(ngettext("%(num)s permanence retirée.", "%(num)s permanences retirées.", count))
    if count := len(left.bookings):
        said.append(ngettext("%(num)s réservation à revoir.", "%(num)s réservations à revoir.", count))
    if count := sum(not one.still_led for one in left.sessions):
        said.append(ngettext("%(num)s séance à confier.", "%(num)s séances à confier.", count))
    if count := sum(one.still_led for one in left.sessions):
        said.append(
            ngettext("%(num)s séance avec un animateur de moins.", "%(num)s séances avec un animateur de moins.", count)
        )
    return said
