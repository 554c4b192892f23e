"""Enrolling somebody who was referred: what the rules say is shown before it is sent."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from pathways import actions, queries_enrolling, queries_papers
from pathways.blueprint import bp
from pathways.forms import AdmitForm
from pathways.models_groups import Enrolment
from pathways.words_papers import NAMES


@bp.route("/jeunes/<public_id>/parcours/<code>/inscription", methods=["GET", "POST"])
@allowed("group.manage")
def admit(public_id: str, code: str) -> ResponseReturnValue:
    """Somebody who was referred is enrolled; the page says every reason against it first."""
    enrolment = queries_enrolling.referral(db.session(), public_id, code)
    if enrolment is None:
        abort(404)
    form = AdmitForm()
    if form.validate_on_submit():
        try:
            actions.admit(enrolment, me(), clock.now(), reason=form.reason.data or None)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Inscription faite\u00a0: %(name)s.", name=enrolment.person.short_name))
            if enrolment.group is not None:
                return redirect(url_for(".group", public_id=enrolment.group.public_id))
            return redirect(url_for("person.show", public_id=public_id))
    return _page(enrolment, form), 422 if form.errors else 200


def _page(enrolment: Enrolment, form: AdmitForm) -> str:
    """What the rules and the papers say of an enrolment, then the form."""
    session, person, now = db.session(), enrolment.person, clock.now()
    checks = queries_enrolling.checks(session, [person], enrolment.version, enrolment.group, now, apart=enrolment.id)
    return render_template(
        "pathways/admit.html",
        enrolment=enrolment,
        checks=checks[person.id],
        to_bring=queries_papers.missing_of(session, [enrolment], clock.local_day(now))[enrolment.id],
        paper_names=NAMES,
        form=form,
        form_errors=bool(form.errors),
    )
