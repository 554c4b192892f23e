"""Completing a young person's account, and the numbers to call during a session."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people import actions_file, queries_file
from fablab.people.actions_file import Contacts, FollowUpFacts, NewContact
from fablab.people.entering import me
from fablab.people.forms_file import CONTACT_LINKS, ContactsForm, FollowUpForm, TraineeForm
from fablab.people.models import Person
from fablab.people.rules import needs_parental_authorisation
from fablab.people.rules_trainee import Trainee
from fablab.people.views_young import young_or_404
from fablab.refusals import Refused
from machines import actions_papers
from pathways import queries_groups

bp = Blueprint("file", __name__)


@bp.route("/jeunes/<public_id>/contacts", methods=["GET", "POST"])
@allowed("person.contact")
def contacts(public_id: str) -> ResponseReturnValue:
    """Phone, situation, emergency contact, guardian of a minor."""
    person, now = young_or_404(public_id), clock.now()
    form = _contacts_form(person)
    if not needs_parental_authorisation(person.birth_date, clock.local_day(now)):
        form.without_guardian()
    if form.validate_on_submit():
        try:
            actions_file.complete(person, _contacts_told(form), me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Contacts enregistrés."))
            return redirect(url_for("person.show", public_id=public_id))
    return _page("people/file_contacts.html", form, person)


@bp.route("/jeunes/<public_id>/suivi", methods=["GET", "POST"])
@allowed("person.follow")
def follow_up(public_id: str) -> ResponseReturnValue:
    """Gender, district, commune, who sent them."""
    person, session = young_or_404(public_id), db.session()
    held = {kind: answer.value for kind, answer in queries_file.answers_of(session, person.id).items()}
    referral = queries_file.referral_of(session, person.id)
    form = FollowUpForm(**held, structure=referral.structure.public_id if referral else "")
    form.offer(queries_file.prescribers_for(session, me()))
    if form.validate_on_submit():
        asked = {kind: form[kind].data or None for kind in ("gender", "priority_district", "commune")}
        try:
            actions_file.record_follow_up(person, FollowUpFacts(asked, form.structure.data or None), me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Suivi enregistré."))
            return redirect(url_for("person.show", public_id=public_id))
    return _page("people/file_follow_up.html", form, person)


@bp.route("/jeunes/<public_id>/stagiaire", methods=["GET", "POST"])
@allowed("person.trainee")
def trainee(public_id: str) -> ResponseReturnValue:
    """A vocational trainee, and the derogation of a minor; what was booked is asked again."""
    person = young_or_404(public_id)
    held = queries_file.traineeship_of(db.session(), person.id)
    form = TraineeForm(obj=held, trainee="yes" if held else "no")
    if form.validate_on_submit():
        yes = form.trainee.data == "yes"
        asked = Trainee(yes, form.reference.data, form.derogation_until.data, form.medical_opinion_on.data)
        try:
            outcome = actions_papers.record_traineeship(person, asked, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Enregistré."))
            if ended := len(outcome.cancelled):
                flash(ngettext("%(num)s réservation annulée.", "%(num)s réservations annulées.", ended))
            return redirect(url_for("person.show", public_id=public_id))
    return _page("people/file_trainee.html", form, person)


@bp.get("/seances/<public_id>/contacts")
@allowed("person.call")
def session_contacts(public_id: str) -> ResponseReturnValue:
    """The numbers to call for everybody in a session: one tap on the session, one on the number."""
    session = db.session()
    lesson = queries_groups.session_by_public_id(session, public_id)
    if lesson is None:
        abort(404)
    people = queries_groups.members_on(session, lesson.group_id, clock.local_day(lesson.starts_at))
    found = queries_file.contacts_of(session, [person.id for person in people])
    return render_template(
        "people/session_contacts.html", lesson=lesson, people=people, contacts=found, labels=dict(CONTACT_LINKS)
    )


def _contacts_form(person: Person) -> ContactsForm:
    held = queries_file.contacts_of(db.session(), [person.id])[person.id]
    values: dict[str, Any] = {
        "phone": person.phone,
        "letters_to": person.letters_to,
        "situation": person.situation,
    }
    for kind, contact in held.items():
        for part in ("name", "link", "phone"):
            values[f"{kind}_{part}"] = getattr(contact, part)
    return ContactsForm(**values)


def _contacts_told(form: ContactsForm) -> Contacts:
    told: dict[str, NewContact | None] = {}
    for kind in ("emergency", "guardian"):
        if f"{kind}_name" in form:
            name, link, phone = (form[f"{kind}_{part}"].data for part in ("name", "link", "phone"))
            told[kind] = NewContact(name, link, phone) if name else None
    return Contacts(form.phone.data, form.letters_to.data, form.situation.data, told)


def _page(template: str, form: Any, person: Person) -> ResponseReturnValue:
    failed = bool(form.errors)
    return render_template(template, form=form, form_errors=failed, person=person), 422 if failed else 200
