"""The page of the installation, for its administrator."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, letters
from fablab.db import db
from fablab.home import operations
from fablab.i18n import _
from fablab.outbox import Letter
from fablab.pages import allowed

bp = Blueprint("operations", __name__, url_prefix="/installation")


@bp.get("")
@allowed("house.run")
def overview() -> ResponseReturnValue:
    """Jobs with their last run, letters by state, what waits for a person."""
    session, now = db.session(), clock.now()
    return render_template(
        "operations/overview.html",
        has_a_team=operations.has_a_team(session),
        jobs=operations.job_states(session),
        letters=operations.letter_counts(session, now),
        waiting=operations.letters_for_a_person(session, now),
        in_files=not current_app.config["SETTINGS"].smtp_host,
    )


@bp.post("/lettres/<int:letter_id>/renvoyer")
@allowed("house.run")
def send_again(letter_id: int) -> ResponseReturnValue:
    """Make a letter due again."""
    letter = db.get_or_404(Letter, letter_id)
    letters.send_again(letter, clock.now())
    flash(_("La lettre repart."))
    return redirect(url_for(".overview"))
