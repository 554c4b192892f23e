"""Who is at the open lab: one tap to arrive, one to leave, each taken back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import queries as people_queries
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_own_pace_list
from pathways.blueprint import bp
from pathways.forms_own_pace import FindForm
from pathways.models_own_pace import Visit
from pathways.queries_crowd import crowd
from pathways.views_words import nobody_found


@bp.route("/presents", methods=["GET", "POST"])
@allowed("session.lead")
def present() -> ResponseReturnValue:
    """Who is at the open lab now, who came today, and finding who has just come."""
    session, now = db.session(), clock.now()
    form, people = FindForm(), list[Person]()
    if form.validate_on_submit():
        people = list(people_queries.search(session, form.who.data))
        if not people:
            form.who.errors = [nobody_found(form.who.data)]
    visits = queries_own_pace_list.visits_of_day(session, now)
    page = render_template(
        "pathways/present.html",
        here=[one for one in visits if one.left_at is None],
        gone=[one for one in visits if one.left_at is not None],
        to_arrive=queries_own_pace_list.to_arrive(session, visits),
        crowd=crowd(session, now),
        form=form,
        found=people,
        now=now,
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/presents/arrivee")
@allowed("session.lead")
def arrive() -> ResponseReturnValue:
    """Somebody comes to the open lab."""
    person = people_queries.young_person(db.session(), request.form.get("person", ""))
    if person is None:
        abort(404)
    try:
        visit = actions.arrive(person, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        said = _("Arrivé\u00a0: %(name)s.", name=person.short_name)
        say_with_way_back(said, url_for(".not_there", visit_id=visit.id))
    return redirect(url_for(".present"))


@bp.post("/presents/<int:visit_id>/parti")
@allowed("session.lead")
def leave_lab(visit_id: int) -> ResponseReturnValue:
    """Somebody leaves the open lab."""
    visit = _visit(visit_id)
    actions.leave_lab(visit, me(), clock.now())
    said = _("Parti\u00a0: %(name)s.", name=visit.person.short_name)
    say_with_way_back(said, url_for(".stay", visit_id=visit_id))
    return redirect(url_for(".present"))


@bp.post("/presents/<int:visit_id>/rester")
@allowed("session.lead")
def stay(visit_id: int) -> ResponseReturnValue:
    """Somebody noted as gone is still there."""
    visit = _visit(visit_id)
    try:
        actions.stay(visit, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Toujours là\u00a0: %(name)s.", name=visit.person.short_name))
    return redirect(url_for(".present"))


@bp.post("/presents/<int:visit_id>/pas-venu")
@allowed("session.lead")
def not_there(visit_id: int) -> ResponseReturnValue:
    """An arrival noted by mistake."""
    visit = _visit(visit_id)
    actions.not_there(visit, me(), clock.now())
    flash(_("Effacé\u00a0: %(name)s n’était pas là.", name=visit.person.short_name))
    return redirect(url_for(".present"))


def _visit(visit_id: int) -> Visit:
    found = queries_own_pace_list.visit_by_id(db.session(), visit_id)
    if found is None:
        abort(404)
    return found
