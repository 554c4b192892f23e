"""My own pace: what I choose, the charter I accept, the sessions I help in."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from pathways import actions, queries_helpers, queries_own_pace, queries_own_pace_list, queries_papers
from pathways.actions_own_pace import CHARTER
from pathways.blueprint import bp
from pathways.forms_own_pace import choice_form
from pathways.models_groups import Enrolment


@bp.route("/mon-parcours/<code>/choix", methods=["GET", "POST"])
@allowed("pathway.own")
def my_choices(code: str) -> ResponseReturnValue:
    """What I choose in my pathway: so many of each list; I change until it is validated."""
    session = db.session()
    enrolment = _mine(code)
    offers = queries_own_pace.offers_of(session, enrolment)
    if not offers:
        abort(404)
    form = choice_form(offers)
    if form.validate_on_submit():
        chosen = {offer.code: form[offer.code].data or [] for offer in offers}
        try:
            actions.choose(enrolment, chosen, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Mes choix sont notés."))
            return redirect(url_for(".my_path"))
    page = render_template(
        "pathways/my_choices.html", enrolment=enrolment, offers=offers, form=form, form_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200


@bp.route("/mon-parcours/<code>/charte", methods=["GET", "POST"])
@allowed("pathway.own")
def my_charter(code: str) -> ResponseReturnValue:
    """The charter of my pathway: I read it, and accept it."""
    enrolment = _mine(code)
    if not enrolment.version.charter:
        abort(404)
    form = BaseForm()
    if form.validate_on_submit():
        try:
            actions.accept_charter(enrolment, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("J’ai accepté la charte."))
            return redirect(url_for(".my_path"))
    lines = queries_papers.papers_of(db.session(), [enrolment], clock.local_day(clock.now()))[enrolment.id]
    page = render_template(
        "pathways/my_charter.html",
        enrolment=enrolment,
        accepted=next((line for line in lines if line.code == CHARTER and not line.missing), None),
        form=form,
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.get("/seances-ou-j-aide/<public_id>")
@allowed("pathway.own")
def helped_session(public_id: str) -> ResponseReturnValue:
    """A session in which I help: when, what, and the first names of those who come; nothing else of them."""
    lesson = queries_helpers.my_helped_session(db.session(), public_id, me().id)
    if lesson is None:
        abort(404)
    return render_template(
        "pathways/helped_session.html",
        lesson=lesson,
        names=queries_helpers.first_names_in(db.session(), lesson),
        leads=", ".join(lead.person.first_name for lead in lesson.leads),
    )


def _mine(code: str) -> Enrolment:
    found = queries_own_pace_list.my_enrolment(db.session(), me().id, code)
    if found is None:
        abort(404)
    return found
