"""The catalogue against the house, for those who may take differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from wtforms import SelectMultipleField

from bookings.models import Holiday
from bookings.official_calendar import Disagreement
from fablab import clock
from fablab.catalogue_items import Difference
from fablab.db import db
from fablab.forms import BaseForm
from fablab.home import catalogue as house_catalogue
from fablab.i18n import _, lazy, ngettext, say_date
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")

KINDS = {
    "place": lazy("Lieux"),
    "opening_hours": lazy("Horaires"),
    "holiday": lazy("Vacances et jours fériés"),
    "closure": lazy("Fermetures"),
    "setting": lazy("Réglages"),
    "structure": lazy("Structures"),
    "scheme": lazy("Dispositifs"),
    "level": lazy("Échelle de validation"),
    "evidence_kind": lazy("Types de preuve"),
    "exit_reason": lazy("Fins de parcours"),
    "exit_situation": lazy("Situations à la sortie"),
    "competency": lazy("Compétences"),
    "badge": lazy("Badges"),
    "pathway": lazy("Parcours"),
    "space": lazy("Espaces"),
    "machine": lazy("Machines"),
    "room": lazy("Salles"),
    "hall_part": lazy("Demi-salles"),
    "series": lazy("Créneaux annuels"),
    "activity": lazy("Activités"),
}
MARKS = {
    "source": lazy("Donnés par la maison"),
    "documented": lazy("Trouvés dans un document public"),
    "category": lazy("Genre donné, nom inventé"),
    "invented": lazy("Inventés, à remplacer avant usage réel"),
}


@dataclass(frozen=True)
class Line:
    """One difference, in words."""

    key: str
    title: str
    field: str | None
    in_file: str
    in_house: str


class TakeForm(BaseForm):
    """Which differences are taken."""

    keys = SelectMultipleField(lazy("Différences"), validate_choice=False)


@bp.get("")
@allowed("catalogue.load")
def show() -> ResponseReturnValue:
    """What differs between the shipped files and the house, to tick."""
    return _page(TakeForm())


@bp.post("")
@allowed("catalogue.load")
def take() -> ResponseReturnValue:
    """Take what is ticked."""
    form = TakeForm()
    if not form.keys.data:
        form.form_errors.append(_("Rien n’est coché. Cocher au moins une différence."))
        return _page(form), 422
    try:
        taken = house_catalogue.take_differences(house_catalogue.own(), form.keys.data, by=me(), now=clock.now())
    except Refused as refused:
        form.show(refused.refusals)
        return _page(form), 422
    flash(ngettext("%(num)s différence prise.", "%(num)s différences prises.", len(taken)))
    return redirect(url_for(".show"))


def _page(form: TakeForm) -> str:
    session, now = db.session(), clock.now()
    catalogue, today = house_catalogue.own(), clock.local_day(now)
    loaded = house_catalogue.is_loaded(session)
    found = house_catalogue.compare(session, catalogue, now) if loaded else []
    marks = house_catalogue.marks(catalogue, today)
    return render_template(
        "home/catalogue.html",
        form=form,
        loaded=loaded,
        ticked=set(form.keys.data or ()),
        groups=[(str(KINDS[kind]), [_line(one) for one in group]) for kind, group in groupby(found, _kind)],
        marks=[(label, marks[status]) for status, label in MARKS.items()],
        disagreements=[_disagreement(one) for one in house_catalogue.calendar_disagreements(catalogue)],
        known_until=session.scalar(select(func.max(Holiday.ends_on))),
    )


def _kind(difference: Difference) -> str:
    return difference.item.kind


def _line(difference: Difference) -> Line:
    item = difference.item
    name = item.values.get("name") or item.values.get("title")
    title = f"{item.code} · {name}" if name else item.code
    if difference.field is None:
        return Line(difference.key, title, None, _("présent"), _("absent"))
    return Line(difference.key, title, difference.field, _said(difference.in_file), _said(difference.in_house))


def _said(value: Any) -> str:
    """A value in the reader's words."""
    if value is None or value == [] or value == {}:
        return _("rien")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return say_date(value)
    if isinstance(value, list):
        return ", ".join(_said(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} : {_said(item)}" for key, item in value.items())
    return str(value)


def _disagreement(found: Disagreement) -> tuple[str, str, str]:
    """The name, the house's days and the official ones."""
    known = found.house or found.library
    days = [
        _("rien")
        if one is None
        else _("du %(first)s au %(last)s", first=say_date(one.starts_on), last=say_date(one.ends_on))
        for one in (found.house, found.library)
    ]
    return known.name if known else "", days[0], days[1]
