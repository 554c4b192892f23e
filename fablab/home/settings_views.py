"""The house's own settings: rules for machines and hours, each with its default and what it does."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import IntegerField
from wtforms.validators import InputRequired

from bookings.models import OpeningRule, Place, Resource
from fablab import clock, house, identity
from fablab.db import db
from fablab.forms import BaseForm
from fablab.home import invented, settings_actions
from fablab.home.settings_actions import Window
from fablab.home.settings_default_hours import default_hours
from fablab.home.settings_hours import MEANINGS, SEASONS, USES, WEEKDAYS, WEEKS, HoursForm
from fablab.home.settings_identity import GROUP as IDENTITY
from fablab.home.settings_words import SETTINGS, setting
from fablab.i18n import _, lazy
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.seen import stamp

bp = Blueprint("settings", __name__, url_prefix="/reglages")


class RuleForm(BaseForm):
    """The value of one rule."""

    value = IntegerField(lazy("Valeur"), [InputRequired(lazy("Écrire un nombre entier."))])


@bp.get("")
@allowed("house.settings")
def index() -> ResponseReturnValue:
    """Every setting: what holds, the default, what it does; and the hours of the week."""
    held = house.settings(db.session())
    return render_template(
        "settings/index.html",
        rules=[(one, held.get(one.key, one.default)) for one in SETTINGS],
        hours=_hours(),
        default_hours=default_hours(clock.local_day(clock.now())),
        meanings=MEANINGS,
        owed=[
            one.label for one in IDENTITY.facts if one.key.removeprefix("house.") in identity.of(db.session()).lacking
        ],
        still_invented=invented.count(db.session()),
        **{"seasons": SEASONS, "weekdays": WEEKDAYS, "uses": USES, "weeks": WEEKS},
    )


@bp.route("/regles/<code>", methods=["GET", "POST"])
@allowed("house.settings")
def change_rule(code: str) -> ResponseReturnValue:
    """Another value for one rule."""
    asked = setting(code)
    if asked is None:
        abort(404)
    held = house.settings(db.session()).get(asked.key, asked.default)
    form = RuleForm(data={"value": held})
    if form.validate_on_submit():
        try:
            settings_actions.set_rule(asked, form.value.data, me(), clock.now(), seen=request.form.get("seen"))
        except Refused as refused:
            form.show(refused.refusals)
            held = house.settings(db.session()).get(asked.key, asked.default)
        else:
            flash(_("Le réglage est changé."))
            return redirect(url_for(".index"), 303)
    status = 422 if form.is_submitted() else 200
    said = {"setting": asked, "held": held, "seen": stamp(held)}
    return render_template("settings/rule.html", form=form, form_errors=form.errors, **said), status


@bp.post("/regles/<code>/defaut")
@allowed("house.settings")
def default_rule(code: str) -> ResponseReturnValue:
    """The default of one rule again."""
    settings_actions.back_to_default(setting(code) or abort(404), me(), clock.now())
    flash(_("Le réglage est revenu par défaut."))
    return redirect(url_for(".index"), 303)


@bp.route("/horaires/<int:place_id>/<season>/<int:weekday>", methods=["GET", "POST"])
@allowed("house.settings")
def change_hours(place_id: int, season: str, weekday: int) -> ResponseReturnValue:
    """The hours of one weekday of a season."""
    place = _place_or_404(place_id, season, weekday)
    held = settings_actions.windows_of(db.session(), place_id, season, weekday)
    form = HoursForm.of(place, held)
    if form.validate_on_submit():
        try:
            settings_actions.set_hours(
                place, season, weekday, form.windows, me(), clock.now(), seen=request.form.get("seen")
            )
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Les horaires sont changés."))
            return redirect(url_for(".index"), 303)
    status = 422 if form.is_submitted() else 200
    title = f"{WEEKDAYS[weekday]}, {SEASONS[season]}"
    dated = settings_actions.dated_of(db.session(), place_id, season, weekday)
    seen = settings_actions.stamp_of(held)
    said = {"place": place, "day": title, "dated": dated, "uses": USES, "weeks": WEEKS, "seen": seen}
    default = _default(place, season, weekday)
    said |= {"default": default, "changed": held != default}
    said |= {"again": url_for(".default_hours_again", place_id=place_id, season=season, weekday=weekday)}
    said |= {"meaning": MEANINGS[place.parent_id is None]}
    return render_template("settings/hours.html", form=form, form_errors=form.errors, **said), status


@bp.post("/horaires/<int:place_id>/<season>/<int:weekday>/defaut")
@allowed("house.settings")
def default_hours_again(place_id: int, season: str, weekday: int) -> ResponseReturnValue:
    """The hours that the house's files give to one weekday of a season again."""
    place = _place_or_404(place_id, season, weekday)
    windows = _default(place, season, weekday)
    settings_actions.set_hours(place, season, weekday, windows, me(), clock.now())
    flash(_("Les horaires sont revenus par défaut."))
    return redirect(url_for(".index"), 303)


def _place_or_404(place_id: int, season: str, weekday: int) -> Place:
    place = db.session().get(Place, place_id)
    if place is None or season not in SEASONS or not 0 <= weekday <= 6:
        abort(404)
    return place


def _default(place: Place, season: str, weekday: int) -> list[Window]:
    """The hours that the files of the house give to a weekday; none: closed."""
    return default_hours(clock.local_day(clock.now())).get((place.code, season, weekday), [])


def _hours() -> list[tuple[Place, list[tuple[str, int, list[OpeningRule]]]]]:
    """The places that have hours, or may have some: the house, and wherever machines are."""
    rules = list(db.session.scalars(select(OpeningRule).order_by(OpeningRule.opens)))
    with_machines = select(Resource.place_id).where(Resource.kind == "machine")
    known = Place.parent_id.is_(None) | Place.id.in_({one.place_id for one in rules}) | Place.id.in_(with_machines)
    places = db.session.scalars(select(Place).where(known).order_by(Place.id))
    return [(place, _week([one for one in rules if one.place_id == place.id])) for place in places]


def _week(windows: list[OpeningRule]) -> list[tuple[str, int, list[OpeningRule]]]:
    """Every weekday of both seasons with its windows; a closed day has none."""
    return [
        (season, weekday, [one for one in windows if (one.season, one.weekday) == (season, weekday)])
        for season in SEASONS
        for weekday in range(7)
    ]
