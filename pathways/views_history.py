"""What was validated for somebody, and correcting a line with a reason."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, queries_validations
from pathways.blueprint import bp
from pathways.forms import CorrectForm


@bp.get("/jeunes/<public_id>/validations")
@allowed("session.read")
def history(public_id: str) -> ResponseReturnValue:
    """Every line: which competency, which level, by whom, when; what was corrected and why."""
    session = db.session()
    person = session.scalar(select(Person).where(Person.public_id == public_id))
    if person is None:
        abort(404)
    lines = queries_validations.history_of(session, person.id)
    return render_template("pathways/history.html", person=person, lines=lines)


@bp.route("/validations/<int:validation_id>/corriger", methods=["GET", "POST"])
@allowed("validation.write")
def correct(validation_id: int) -> ResponseReturnValue:
    """Correct one line: the level that it really was, and why."""
    session = db.session()
    line = queries_validations.line_by_id(session, validation_id)
    if line is None:
        abort(404)
    form = CorrectForm(data={"level": str(line.level)})
    form.offer([(str(level.level), level.label) for level in queries_validations.scale(session)])
    if form.validate_on_submit():
        try:
            corrected = actions.correct(line, int(form.level.data), form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Validation corrigée. L’ancienne ligne reste lisible."))
            for award in corrected.leaning:
                flash(_("Le badge %(name)s reposait sur elle\u00a0: à retirer s’il le faut.", name=award.badge_name))
            return redirect(url_for(".history", public_id=line.person.public_id))
    status = 422 if form.errors else 200
    return render_template("pathways/correct.html", line=line, form=form, form_errors=bool(form.errors)), status
