"""A session as it is lived: what is written about it, who leads it instead, somebody who comes on the spot."""

import secrets

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import queries as people_queries
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_enrolling, queries_groups, queries_rights, queries_roster
from pathways.blueprint import bp
from pathways.forms import EnrolForm
from pathways.forms_sessions import LeadsForm, NoteForm
from pathways.models_groups import TrainingSession
from pathways.values_sessions import NOTE_KINDS
from pathways.views_words import nobody_found


@bp.route("/seances/<public_id>/note", methods=["GET", "POST"])
@allowed("session.lead")
def note_session(public_id: str) -> ResponseReturnValue:
    """Write a line about a session: a note, a near-miss, an accident."""
    lesson = _lesson(public_id)
    asked = request.args.get("sorte", "note")
    form = NoteForm(kind=asked if asked in NOTE_KINDS else "note")
    if request.method == "GET":
        form.key.data = secrets.token_urlsafe(16)
    if form.validate_on_submit():
        try:
            made = actions.write_note(
                lesson, form.kind.data, form.text.data, form.told.data, me(), clock.now(), key=form.key.data or None
            )
        except Refused as refused:
            form.show(refused.refusals)
        else:
            back = url_for(".erase_note", public_id=public_id, note_id=made.id)
            said = _("C’est écrit.") if made.kind == "note" else _("C’est écrit. La coordination est prévenue.")
            say_with_way_back(said, back, _("Effacer"))
            return redirect(url_for(".session_page", public_id=public_id))
    page = render_template("pathways/note_session.html", lesson=lesson, form=form, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.post("/seances/<public_id>/note/<int:note_id>/effacer")
@allowed("session.lead")
def erase_note(public_id: str, note_id: int) -> ResponseReturnValue:
    """Take a line away: what it said is kept nowhere."""
    lesson = _lesson(public_id)
    found = queries_roster.note_by_id(db.session(), lesson.id, note_id)
    if found is None:
        abort(404)
    try:
        actions.erase_note(found, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Effacé."))
    return redirect(url_for(".session_page", public_id=public_id))


@bp.route("/seances/<public_id>/animation", methods=["GET", "POST"])
@allowed("group.manage")
def change_leads(public_id: str) -> ResponseReturnValue:
    """Who leads a session: somebody replaced, added, or alone."""
    lesson = _lesson(public_id)
    if lesson.status != "planned" or lesson.ends_at <= clock.now():
        abort(404)
    before = [lead.person_id for lead in lesson.leads]
    form = LeadsForm(leads=before)
    form.offer([(person.id, person.full_name) for person in queries_rights.team(db.session())])
    if form.validate_on_submit():
        try:
            actions.change_leads(lesson, form.leads.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Animation enregistrée. Les personnes concernées sont prévenues."))
            return redirect(url_for(".session_page", public_id=public_id))
    page = render_template("pathways/change_leads.html", lesson=lesson, form=form, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.route("/seances/<public_id>/ajouter", methods=["GET", "POST"])
@allowed("group.manage")
def add_on_the_spot(public_id: str) -> ResponseReturnValue:
    """Somebody who comes without being of the group: found, what the rules say is shown, then enrolled."""
    session, lesson = db.session(), _lesson(public_id)
    form = EnrolForm()
    people: list[Person] = []
    if form.validate_on_submit():
        people = list(people_queries.search(session, form.who.data))
        chosen = next((person for person in people if person.public_id == request.form.get("person")), None)
        if not people:
            form.who.errors = [nobody_found(form.who.data)]
        elif chosen is None and request.form.get("act") == "add":
            form.who.errors = [_("Choisir une personne de la liste.")]
        elif chosen is not None:
            try:
                added = actions.add_on_the_spot(lesson, chosen, me(), clock.now(), reason=form.reason.data or None)
            except Refused as refused:
                form.show(refused.refusals)
            else:
                for warning in added.warnings:
                    flash(warning.sentence)
                flash(_("Dans la séance, et dans le groupe\u00a0: %(name)s.", name=chosen.short_name))
                return redirect(url_for(".session_page", public_id=public_id))
    group = lesson.group
    page = render_template(
        "pathways/add_on_the_spot.html",
        lesson=lesson,
        form=form,
        found=people,
        chosen=request.form.get("person"),
        checks=queries_enrolling.checks(session, people, group.version, group, clock.now()),
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


def _lesson(public_id: str) -> TrainingSession:
    lesson = queries_groups.session_by_public_id(db.session(), public_id)
    if lesson is None:
        abort(404)
    return lesson
