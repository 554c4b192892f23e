"""Who follows a young person: for the coordination, inviting a referent, ending a follow-up."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import actions_referents, queries_file
from fablab.people.actions_referents import NewReferent
from fablab.people.entering import me
from fablab.people.forms_file import ReferentForm
from fablab.people.models import Person
from fablab.people.views_young import young_or_404
from fablab.refusals import Refused

bp = Blueprint("referents", __name__)


@bp.route("/jeunes/<public_id>/referents", methods=["GET", "POST"])
@allowed("person.follow")
def index(public_id: str) -> ResponseReturnValue:
    """Who follows and followed this young person; inviting somebody."""
    person, session = young_or_404(public_id), db.session()
    form = ReferentForm()
    form.offer(queries_file.prescribers_for(session, me()))
    if form.validate_on_submit():
        asked = NewReferent(form.email.data, form.structure.data or None, form.last_day.data)
        try:
            actions_referents.follow(person, asked, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Suivi ouvert."))
            return redirect(url_for(".index", public_id=public_id))
    failed, today = bool(form.errors), clock.local_day(clock.now())
    links = queries_file.followers_of(session, person.id)
    page = render_template(
        "people/referents.html", form=form, form_errors=failed, person=person, links=links, today=today
    )
    return page, 422 if failed else 200


@bp.post("/jeunes/<public_id>/referents/<int:link_id>/fin")
@allowed("person.follow")
def stop(public_id: str, link_id: int) -> ResponseReturnValue:
    """End a follow-up: from now on nothing is read."""
    return _done(public_id, _("Suivi terminé."), lambda who, now: actions_referents.stop(who, link_id, me(), now))


@bp.post("/jeunes/<public_id>/referents/<int:link_id>/lien")
@allowed("person.follow")
def invite_again(public_id: str, link_id: int) -> ResponseReturnValue:
    """Send the invitation again."""
    return _done(
        public_id, _("Invitation envoyée."), lambda who, now: actions_referents.invite_again(who, link_id, me(), now)
    )


def _done(public_id: str, said: str, act: Callable[[Person, datetime], None]) -> ResponseReturnValue:
    try:
        act(young_or_404(public_id), clock.now())
    except Refused as refused:
        if "unknown" in refused.codes:
            abort(404)
        said = " ".join(refusal.sentence for refusal in refused.refusals)
    flash(said)
    return redirect(url_for(".index", public_id=public_id))
