"""What waits for the team: requests to be trained, to be seen, levels that a second person must see."""

import secrets
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext, say_when
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions_requests, actions_validating, queries_awards, queries_requests
from pathways.blueprint import bp
from pathways.forms_requests import SeenAnswerForm, WordsForm
from pathways.models_requests import TrainingRequest, ValidationRequest
from pathways.models_validations import Validation
from pathways.queries_grid import scale
from pathways.queries_kept import asked_by
from pathways.queries_rights import rights_of
from pathways.rules_validating import may_validate
from pathways.values_validating import Cell


def waited(since: datetime, now: datetime) -> str:
    """How long something has waited, in days of the house."""
    days = (clock.local_day(now) - clock.local_day(since)).days
    if days <= 0:
        return _("aujourd’hui")
    return ngettext("depuis %(num)s jour", "depuis %(num)s jours", days)


@bp.get("/demandes/formations")
@allowed("validation.write")
def trainings() -> ResponseReturnValue:
    """Who waits to be trained, by badge, oldest first."""
    session, now = db.session(), clock.now()
    return render_template(
        "pathways/trainings.html",
        badges=queries_requests.trainings_by_badge(session, now),
        families=queries_awards.badge_families(session),
        waited=lambda since: waited(since, now),
    )


@bp.route("/demandes/formations/<public_id>", methods=["GET", "POST"])
@allowed("validation.write")
def answer_training(public_id: str) -> ResponseReturnValue:
    """Answer a request to be trained with words."""
    session, now = db.session(), clock.now()
    asked = _training(public_id)
    lessons = {one.public_id: one for one in queries_requests.lessons_to_join(session, now)}
    form = WordsForm()
    form.offer([(key, f"{one.group.name}, {say_when(one.starts_at)}") for key, one in lessons.items()])
    if form.validate_on_submit():
        try:
            lesson = lessons.get(form.lesson.data or "")
            actions_requests.answer_training(asked, form.answer.data, me(), now, lesson=lesson)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Réponse envoyée à %(name)s.", name=asked.person.short_name))
            return redirect(url_for(".trainings"), 303)
    failed = bool(form.errors or form.form_errors)
    page = render_template(
        "pathways/answer_training.html", asked=asked, form=form, waited=waited(asked.asked_at, now), form_errors=failed
    )
    return page, 422 if failed else 200


@bp.get("/demandes/validations")
@allowed("validation.write")
def seen_requests() -> ResponseReturnValue:
    """Who thinks to manage what, oldest first."""
    now = clock.now()
    lines = queries_requests.seen_waiting(db.session())
    return render_template(
        "pathways/seen_requests.html", lines=lines, waited=lambda since: waited(since, now), levels=_labels()
    )


@bp.route("/demandes/validations/<public_id>", methods=["GET", "POST"])
@allowed("validation.write")
def answer_seen(public_id: str) -> ResponseReturnValue:
    """Answer «je pense y arriver»: to complete, not yet; «validated» is the button beside."""
    now, form = clock.now(), SeenAnswerForm()
    asked = _seen(public_id)
    if form.validate_on_submit():
        try:
            code, text = form.code.data or "", form.answer.data or ""
            actions_requests.answer_seen(asked, form.outcome.data, code, text, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Réponse envoyée à %(name)s.", name=asked.person.short_name))
            return redirect(url_for(".seen_requests"), 303)
    return _show_seen(asked, form)


@bp.post("/demandes/validations/<public_id>/valider")
@allowed("validation.write")
def validate_seen(public_id: str) -> ResponseReturnValue:
    """Validate what was asked, at the level chosen: a validation like any other, which answers by itself."""
    asked = _seen(public_id)
    level = request.form.get("level", type=int) or asked.own_level
    cells = [Cell(asked.person_id, asked.competency_id, level)]
    try:
        # The key of the request: the same button pressed twice validates once.
        saved = actions_validating.validate_batch(None, me(), cells, key=f"seen:{asked.public_id}", now=clock.now())
    except Refused as refused:
        form = SeenAnswerForm(formdata=None)
        form.show(refused.refusals)
        return _show_seen(asked, form)
    undo = url_for(".undo_batch", batch_id=saved.batch.id)
    said = _("Validé\u00a0: %(title)s, %(name)s.", title=asked.competency.title, name=asked.person.short_name)
    say_with_way_back(said, undo, _("Défaire"))
    return redirect(url_for(".seen_requests"), 303)


@bp.get("/a-confirmer")
@allowed("validation.write")
def second_looks() -> ResponseReturnValue:
    """Levels that a second, different person must see before they count."""
    session, now = db.session(), clock.now()
    lines = queries_requests.second_looks(session)
    needed = asked_by(session, [line.competency_id for line in lines])
    rights = rights_of(session, current_user.id, now)
    return render_template(
        "pathways/second_looks.html",
        lines=lines,
        may={line.id: may_validate(line.competency_id, needed, rights) for line in lines},
        waited=lambda since: waited(since, now),
        key=secrets.token_hex(16),
    )


@bp.post("/a-confirmer/<int:validation_id>")
@allowed("validation.write")
def confirm(validation_id: int) -> ResponseReturnValue:
    """Say that I saw it too: a validation of mine at the same level."""
    line = db.get_or_404(Validation, validation_id)
    # What was shown the first time stays the proof; the second person says that they saw it.
    cells = [Cell(line.person_id, line.competency_id, line.level, evidence="observation")]
    try:
        saved = actions_validating.validate_batch(None, me(), cells, key=f"second:{line.id}", now=clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        undo = url_for(".undo_batch", batch_id=saved.batch.id)
        say_with_way_back(_("Confirmé\u00a0: ce niveau compte."), undo, _("Défaire"))
    return redirect(url_for(".second_looks"), 303)


def _training(public_id: str) -> TrainingRequest:
    asked = queries_requests.training_by_public_id(db.session(), public_id)
    if asked is None:
        abort(404)
    return asked


def _seen(public_id: str) -> ValidationRequest:
    asked = queries_requests.seen_by_public_id(db.session(), public_id)
    if asked is None:
        abort(404)
    return asked


def _labels() -> dict[int, str]:
    return {level.level: level.label for level in scale(db.session())}


def _show_seen(asked: ValidationRequest, form: SeenAnswerForm) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    failed = bool(form.errors or form.form_errors)
    needed = asked_by(session, [asked.competency_id])
    page = render_template(
        "pathways/answer_seen.html",
        asked=asked,
        form=form,
        scale=scale(session),
        may=may_validate(asked.competency_id, needed, rights_of(session, current_user.id, now)),
        waited=waited(asked.asked_at, now),
        form_errors=failed,
    )
    return page, 422 if failed else 200
