"""The page on which the coordination erases a young person: what goes, what stays, said before it is done."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.home import erasing_actions
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.forms_erasing import EraseForm
from fablab.people.models import Person
from fablab.people.rules_erasing import erase_refusals
from fablab.people.views_young import young_or_404
from fablab.refusals import Refused
from pathways.models import Attendance, Award, Enrolment, Validation

bp = Blueprint("erasing", __name__)


@dataclass(frozen=True)
class Stays:
    """What stays counted, without a name."""

    enrolments: int
    presences: int
    validations: int
    badges: int
    bookings: int


@bp.route("/jeunes/<public_id>/effacer", methods=["GET", "POST"])
@allowed("person.erase")
def erase(public_id: str) -> ResponseReturnValue:
    """What would be forgotten and what stays; with the box ticked, it is done."""
    person, now, form = young_or_404(public_id), clock.now(), EraseForm()
    if form.validate_on_submit():
        try:
            erased = erasing_actions.erase(person, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
            person = young_or_404(public_id)
        else:
            flash(_("C’est effacé. Les chiffres ne bougent pas."))
            if erased.files:
                flash(ngettext("%(num)s fichier effacé.", "%(num)s fichiers effacés.", erased.files))
            return redirect(url_for("young.index"), 303)
    session, failed = db.session(), bool(form.errors)
    page = render_template(
        "people/erase.html",
        person=person,
        stays=_stays(session, person),
        refusals=erase_refusals(erasing_actions.facts_of(session, person, now)),
        form=form,
        form_errors=failed,
    )
    return page, 422 if failed else 200


def _stays(session: Session, person: Person) -> Stays:
    counted = (Enrolment.person_id, Attendance.person_id, Validation.person_id, Award.person_id, Booking.holder_id)
    numbers = (select(func.count()).where(column == person.id).scalar_subquery() for column in counted)
    return Stays(*session.execute(select(*numbers)).one())
