"""What young people ask about their data, for the coordination: the list, the photos to delete, the answer."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.home.my_data_sections import REQUEST_WORDS
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import actions_rights, queries_rights
from fablab.people.entering import me
from fablab.people.forms_rights import AnswerForm
from fablab.refusals import Refused
from pathways import queries_validations

bp = Blueprint("data_requests", __name__)

#: GDPR, article 12.3: an answer within a month
ANSWER_WITHIN = timedelta(days=30)


@bp.get("/demandes")
@allowed("data.answer")
def index() -> ResponseReturnValue:
    """What waits for an answer, the oldest first."""
    found = queries_rights.waiting(db.session())
    due = {one.id: clock.local_day(one.asked_at + ANSWER_WITHIN) for one in found}
    today = clock.local_day(clock.now())
    return render_template("people/requests.html", found=found, due=due, today=today, words=REQUEST_WORDS)


@bp.route("/demandes/<public_id>", methods=["GET", "POST"])
@allowed("data.answer")
def show(public_id: str) -> ResponseReturnValue:
    """One request: what is asked, the photos to delete, the answer."""
    session = db.session()
    found = queries_rights.request_by_public_id(session, public_id)
    if found is None:
        abort(404)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            actions_rights.answer(found, form.text.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Réponse envoyée."))
            return redirect(url_for(".index"))
    photos = queries_validations.photos_of(session, found.person_id) if found.kind == "photos" else []
    failed = bool(form.errors)
    page = render_template(
        "people/request.html", form=form, form_errors=failed, found=found, photos=photos, words=REQUEST_WORDS
    )
    return page, 422 if failed else 200
