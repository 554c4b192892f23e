"""Papers: the checklist of an enrolment, those that miss some, who keeps the authorisations of a group."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_groups, queries_papers
from pathways.blueprint import bp
from pathways.forms_papers import HeldByForm, ReceiveForm
from pathways.models_groups import Enrolment
from pathways.words_papers import NAMES


@bp.get("/papiers")
@allowed("session.read")
def papers_missing() -> ResponseReturnValue:
    """The enrolments under way whose papers are not all there, those that block first."""
    found, total = queries_papers.lacking(db.session(), clock.local_day(clock.now()))
    return render_template("pathways/papers_missing.html", found=found, total=total, names=NAMES)


@bp.route("/jeunes/<public_id>/parcours/<code>/papiers", methods=["GET", "POST"])
@allowed("group.manage")
def papers(public_id: str, code: str) -> ResponseReturnValue:
    """The papers of one enrolment: those that came, with their day, and those that are missing."""
    session, now = db.session(), clock.now()
    enrolment = _enrolment(public_id, code)
    form = ReceiveForm(received_on=clock.local_day(now))
    if form.validate_on_submit():
        try:
            actions.receive_paper(enrolment, form.paper.data, form.received_on.data, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            name = str(NAMES.get(form.paper.data, form.paper.data))
            back = url_for(".paper_not_received", public_id=public_id, code=code)
            say_with_way_back(_("Noté\u00a0: %(paper)s.", paper=name), back, paper=form.paper.data)
            return redirect(url_for(".papers", public_id=public_id, code=code))
    lines = queries_papers.papers_of(session, [enrolment], clock.local_day(now))[enrolment.id]
    page = render_template(
        "pathways/papers.html",
        enrolment=enrolment,
        lines=lines,
        names=NAMES,
        form=form,
        sent=form.paper.data if request.method == "POST" else None,
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/jeunes/<public_id>/parcours/<code>/papiers/annuler")
@allowed("group.manage")
def paper_not_received(public_id: str, code: str) -> ResponseReturnValue:
    """A paper ticked by mistake is missing again."""
    enrolment, paper = _enrolment(public_id, code), request.form.get("paper", "")
    try:
        actions.paper_not_received(enrolment, paper, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("De nouveau à recevoir\u00a0: %(paper)s.", paper=str(NAMES.get(paper, paper))))
    return redirect(url_for(".papers", public_id=public_id, code=code))


@bp.route("/groupes/<public_id>/autorisations", methods=["GET", "POST"])
@allowed("group.manage")
def held_by(public_id: str) -> ResponseReturnValue:
    """Say which school or body keeps the parental authorisations of a group."""
    group = queries_groups.group_by_public_id(db.session(), public_id)
    if group is None:
        abort(404)
    form = HeldByForm(held_by=group.authorisations_held_by)
    if form.validate_on_submit():
        try:
            actions.say_held_by(group, form.held_by.data or "", me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Enregistré."))
            return redirect(url_for(".group", public_id=public_id))
    page = render_template("pathways/held_by.html", group=group, form=form, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


def _enrolment(public_id: str, code: str) -> Enrolment:
    """What somebody follows of a pathway now, or is referred to."""
    found = queries_groups.open_enrolment(db.session(), public_id, code)
    if found is None:
        abort(404)
    return found
