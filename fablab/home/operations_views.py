"""The page of the installation, for its administrator."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, letters
from fablab.db import db
from fablab.home import installation, invented, job_words, letter_words, operations, operations_actions
from fablab.home.settings_labels import LABELS
from fablab.i18n import _
from fablab.outbox import Letter
from fablab.pages import allowed
from fablab.people.entering import me

bp = Blueprint("operations", __name__, url_prefix="/installation")


@bp.get("")
@allowed("house.run")
def overview() -> ResponseReturnValue:
    """Health of the installation, jobs with their last and next run, letters by state, what waits for a person."""
    session, now = db.session(), clock.now()
    latest = [(letter, operations.letter_state(letter, now)) for letter in operations.latest_letters(session)]
    return render_template(
        "operations/overview.html",
        has_a_team=operations.has_a_team(session),
        health=installation.health(session, now),
        jobs=operations.job_states(session),
        job_words=job_words,
        why=letter_words.why,
        letters=operations.letter_counts(session, now),
        waiting=operations.letters_for_a_person(session, now),
        latest=latest,
        in_files=not current_app.config["SETTINGS"].smtp_host,
    )


@bp.post("/taches/<code>")
@allowed("house.run")
def run_job(code: str) -> ResponseReturnValue:
    """Ask the scheduler to run a job at once."""
    if not operations_actions.ask_job_now(code, me(), clock.now()):
        abort(404)
    flash(_("La tâche passe dans quelques secondes."))
    return redirect(url_for(".overview"))


@bp.post("/lettres/<int:letter_id>/renvoyer")
@allowed("house.run")
def send_again(letter_id: int) -> ResponseReturnValue:
    """Make a letter due again."""
    letter = db.get_or_404(Letter, letter_id)
    again = letters.send_again(letter, clock.now())
    flash(_("La lettre repart.") if again else _("Cette lettre n’attend plus personne."))
    return redirect(url_for(".overview"))


@bp.get("/invente")
@allowed("catalogue.load")
def still_invented() -> ResponseReturnValue:
    """What is still marked invented, by kind."""
    said = {"names": installation.TABLES, "labels": LABELS}
    return render_template("operations/invented.html", found=invented.left(db.session()), **said)
