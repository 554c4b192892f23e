"""The page of readers: enrolling one, revoking one, and what they said last."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, lazy
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.secret_pages import secret_page, show_once, shown
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
    form.offer([(one.code, one.name) for one in machines.values()])
    if form.validate_on_submit():
        key = actions_readers.enrol(machines[form.machine.data], form.name.data, me(), now)
        flash(_("Lecteur inscrit."))
        return show_once("reader", key, me(), url_for(".readers"), now)
    found = None if form.errors else shown("reader", now)
    return secret_page(
        "machines/readers.html",
        form,
        key=found.secret if found else None,
        found=queries_readers.readers(db.session()),
        events=queries_readers.last_events(db.session()),
        words=EVENT_WORDS,
    )


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
