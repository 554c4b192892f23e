"""The house's calendar on a page of its own: public and school holidays, added and taken away by the administration."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from bookings import queries
from bookings.models import Holiday
from fablab import clock, journal
from fablab.db import db, transaction
from fablab.forms import BaseForm
from fablab.home.settings_actions import OWN_WORD, ask_again
from fablab.i18n import _, lazy
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.fields import DateBox
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused

bp = Blueprint("house_calendar", __name__, url_prefix="/reglages/calendrier")

KINDS = {
    "public": lazy("Jour férié\u00a0: la maison est fermée"),
    "school": lazy("Vacances scolaires\u00a0: horaires des vacances"),
}
LONGEST = timedelta(days=100)


@dataclass(frozen=True)
class Days:
    """Days off, first and last included."""

    kind: str
    name: str
    starts_on: date
    ends_on: date


class HolidayForm(BaseForm):
    """Days to add to the calendar."""

    kind = RadioField(
        lazy("Genre"),
        [InputRequired(lazy("Choisir un genre."))],
        choices=[SelectChoice(*one) for one in KINDS.items()],
    )
    name = StringField(
        lazy("Nom"),
        [InputRequired(lazy("Écrire un nom.")), Length(max=80, message=lazy("80 caractères au plus."))],
    )
    starts_on = DateBox(lazy("Premier jour"), [InputRequired(lazy("Choisir un jour."))])
    ends_on = DateBox(lazy("Dernier jour"), [InputRequired(lazy("Choisir un jour."))])


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
    found = to_come(db.session(), clock.local_day(now))
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


def to_come(session: Session, today: date) -> list[Holiday]:
    """The days off that are not over, in order, two hundred at most."""
    coming = select(Holiday).where(Holiday.ends_on >= today).order_by(Holiday.starts_on, Holiday.kind)
    return list(session.scalars(coming.limit(200)))


def add_days(days: Days, by: Person, now: datetime) -> None:
    """Add days off; bookings to come are asked again. Raises Refused: ends_first, too_long, days_cross."""
    refusals = []
    if days.ends_on < days.starts_on:
        refusals.append(Refusal("ends_first", _("La fin vient après le début."), field="ends_on"))
    elif days.ends_on - days.starts_on > LONGEST:
        refusals.append(Refusal("too_long", _("Cent jours au plus."), field="ends_on"))
    if refusals:
        raise Refused(refusals)
    with transaction() as session:
        queries.lock_house(session)
        crossing = (Holiday.kind == days.kind) & (Holiday.starts_on <= days.ends_on)
        other = session.scalar(select(Holiday.name).where(crossing & (Holiday.ends_on >= days.starts_on)).limit(1))
        if other:
            sentence = _("Ces jours croisent «\u00a0%(name)s\u00a0»\u00a0: les retirer d’abord.", name=other)
            raise Refused([Refusal("days_cross", sentence, field="starts_on")])
        span = {"starts_on": days.starts_on, "ends_on": days.ends_on}
        session.add(Holiday(kind=days.kind, name=days.name, source="house", data_status=OWN_WORD, **span))
        _note(session, "calendar.add", days, by, now)


def take_away(holiday: Holiday, by: Person, now: datetime) -> None:
    """Take days off away; bookings to come are asked again."""
    holiday_id = holiday.id
    with transaction() as session:
        queries.lock_house(session)
        row = session.get(Holiday, holiday_id)
        if row is not None:  # else somebody was faster
            days = Days(row.kind, row.name, row.starts_on, row.ends_on)
            session.delete(row)
            _note(session, "calendar.remove", days, by, now)


def _note(session: Session, verb: str, days: Days, by: Person, now: datetime) -> None:
    span: dict[str, Any] = {"starts_on": days.starts_on.isoformat(), "ends_on": days.ends_on.isoformat()}
    journal.note(session, verb, "holiday", None, by=by, now=now, kind=days.kind, name=days.name, **span)
    session.flush()
    ask_again(session, now)
