"""The page of readers: enrolling one, revoking one, and what they said last."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, lazy
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from machines import actions_readers, queries_cards, queries_readers
from machines.blueprint import bp
from machines.forms_readers import ReaderForm

#: what a reader said, in the words of the team
EVENT_WORDS = {
    "start": lazy("Courant mis"),
    "stop": lazy("Courant coupé"),
    "refused": lazy("Carte refusée"),
}


@bp.route("/lecteurs", methods=["GET", "POST"])
@allowed("reader.manage")
def readers() -> ResponseReturnValue:
    """The readers of the machines; the key of one just enrolled is shown here, this once."""
    form, now = ReaderForm(), clock.now()
    machines = {one.code: one for one in queries_cards.machines_in_use(db.session(), clock.local_day(now))}
    names = [(one.code, one.name) for one in machines.values()]
    form.offer(names)
    key = None
    if form.validate_on_submit():
        key = actions_readers.enrol(machines[form.machine.data], form.name.data, me(), now)
        flash(_("Lecteur inscrit."))
        form = ReaderForm(formdata=None)
        form.offer(names)
    page = render_template(
        "machines/readers.html",
        form=form,
        form_errors=bool(form.errors),
        key=key,
        found=queries_readers.readers(db.session()),
        events=queries_readers.last_events(db.session()),
        words=EVENT_WORDS,
    )
    return page, 422 if form.errors else 200, {"Cache-Control": "no-store"}


@bp.post("/lecteurs/<int:reader_id>/retirer")
@allowed("reader.manage")
def end_reader(reader_id: int) -> ResponseReturnValue:
    """A reader's key opens nothing more."""
    try:
        actions_readers.end(reader_id, me(), clock.now())
    except Refused:
        abort(404)
    flash(_("Lecteur retiré. Sa clé n’ouvre plus rien."))
    return redirect(url_for(".readers"), 303)
