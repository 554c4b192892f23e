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
from pathways import actions, queries_restoring, queries_validations
from pathways.blueprint import bp
from pathways.forms import CorrectForm, TakeBackForm
from pathways.models_validations import ValidationBatch


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


@bp.route("/validations/lots/<int:batch_id>/retirer", methods=["GET", "POST"])
@allowed("validation.take_back")
def take_back(batch_id: int) -> ResponseReturnValue:
    """What was saved at once, and taking it all back, with a reason: for the coordination, whatever the day."""
    batch = db.get_or_404(ValidationBatch, batch_id)
    lines = queries_restoring.lines_of_batch(db.session(), batch_id)
    form = TakeBackForm()
    if form.validate_on_submit():
        try:
            taken = actions.take_back_batch(batch, form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Retiré\u00a0: ces validations ne comptent plus."))
            for award in taken.leaning:
                words = {"badge": award.badge_name, "name": award.person.short_name}
                flash(_("Le badge %(badge)s de %(name)s reposait dessus\u00a0: à retirer s’il le faut.", **words))
            return redirect(url_for(".take_back", batch_id=batch_id), 303)
    page = render_template(
        "pathways/take_back.html", batch=batch, lines=lines, form=form, form_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200
