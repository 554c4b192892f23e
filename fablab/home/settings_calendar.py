"""The house's calendar on a page of its own: public and school holidays, added and taken away by the administration."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from bookings.models import Holiday
from fablab import clock
from fablab.db import db
from fablab.form_words import CHOOSE_DAY, WRITE_NAME
from fablab.forms import BaseForm
from fablab.home.days_off_actions import Days, add_days, take_away
from fablab.i18n import _, lazy
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.fields import DateBox
from fablab.refusals import Refused

bp = Blueprint("house_calendar", __name__, url_prefix="/reglages/calendrier")

KINDS = {
    "public": lazy("Jour férié\u00a0: la maison est fermée"),
    "school": lazy("Vacances scolaires\u00a0: horaires des vacances"),
}


class HolidayForm(BaseForm):
    """Days to add to the calendar."""

    kind = RadioField(
        lazy("Genre"),
        [InputRequired(lazy("Choisir un genre."))],
        choices=[SelectChoice(*one) for one in KINDS.items()],
    )
    name = StringField(
        lazy("Nom"),
        [InputRequired(WRITE_NAME), Length(max=80)],
    )
    starts_on = DateBox(lazy("Premier jour"), [InputRequired(CHOOSE_DAY)])
    ends_on = DateBox(lazy("Dernier jour"), [InputRequired(CHOOSE_DAY)])


@bp.route("", methods=["GET", "POST"])
@allowed("house.settings")
def show() -> ResponseReturnValue:
    """The days off to come, and a form to add some."""
    form, now = HolidayForm(), clock.now()
    if form.validate_on_submit():
        days = Days(form.kind.data, form.name.data, form.starts_on.data, form.ends_on.data)
        try:
            add_days(days, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Le calendrier est changé."))
            return redirect(url_for(".show"), 303)
    status = 422 if form.is_submitted() else 200
    found = _to_come(db.session(), clock.local_day(now))
    return render_template(
        "settings/calendar.html", form=form, found=found, kinds=KINDS, form_errors=form.errors
    ), status


@bp.post("/<int:holiday_id>/retirer")
@allowed("house.settings")
def remove_days(holiday_id: int) -> ResponseReturnValue:
    """Take days off away from the calendar."""
    holiday = db.session().get(Holiday, holiday_id)
    if holiday is None:
        abort(404)
    take_away(holiday, me(), clock.now())
    flash(_("Le calendrier est changé."))
    return redirect(url_for(".show"), 303)


def _to_come(session: Session, today: date) -> list[Holiday]:
    """The days off that are not over, in order, two hundred at most."""
    coming = select(Holiday).where(Holiday.ends_on >= today).order_by(Holiday.starts_on, Holiday.kind)
    return list(session.scalars(coming.limit(200)))
