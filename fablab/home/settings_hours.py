"""The form of a weekday's hours: a row for each window and some more, an empty one is no window."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from flask import request
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, StopValidation

from bookings.forms import HourField
from bookings.models import Place
from fablab.forms import BaseForm
from fablab.home.settings_actions import Window
from fablab.i18n import _, lazy

#: rows of a page, at least; and as many as a page sent is believed to have
LEAST, MOST = 5, 50
SEASONS = {"school": lazy("en période scolaire"), "holidays": lazy("pendant les vacances scolaires")}
WEEKDAYS = (
    *(lazy("Lundi"), lazy("Mardi"), lazy("Mercredi"), lazy("Jeudi")),
    *(lazy("Vendredi"), lazy("Samedi"), lazy("Dimanche")),
)
USES = {"open": lazy("Ouvert"), "open_lab": lazy("Atelier libre"), "group": lazy("Groupes")}
WEEKS = {
    "": lazy("Chaque semaine"),
    "1": lazy("La 1re du mois"),
    "2": lazy("La 2e du mois"),
    "3": lazy("La 3e du mois"),
    "4": lazy("La 4e du mois"),
    "1,3": lazy("Les 1re et 3e du mois"),
    "2,4": lazy("Les 2e et 4e du mois"),
}
#: what hours do, by whether the place is the house itself
MEANINGS = {
    True: lazy("En dehors, la maison est fermée\u00a0: rien ne s’y réserve sans accord."),
    False: lazy("Chacun réserve pendant l’atelier libre\u00a0; le reste est aux séances des groupes."),
}


class HoursForm(BaseForm):
    """Rows of opens, closes, use and weeks; made by ``of`` for a place."""

    count = 0

    @classmethod
    def of(cls, place: Place, held: Sequence[Window]) -> "HoursForm":
        """The form of a place, filled with the windows that it has: as they are when it is sent unchanged."""
        sent = sum(name.startswith("opens_") for name in request.form)
        data: dict[str, Any] = {}
        for number, window in enumerate(held, 1):
            data |= {f"opens_{number}": window.opens, f"closes_{number}": window.closes}
            data |= {f"use_{number}": window.use, f"weeks_{number}": _weeks(window)}
        form: HoursForm = _rows(max(LEAST, len(held) + 1, min(sent, MOST)))(data=data)
        # The house itself is open or closed; only a place inside it is shared between groups and the open lab.
        uses = dict.fromkeys(("open",) if place.parent_id is None else ("open_lab", "group"))
        uses |= dict.fromkeys(window.use for window in held)
        weeks = dict(WEEKS)
        for nth in map(_weeks, held):
            weeks.setdefault(nth, _("Semaines du mois\u00a0: %(weeks)s", weeks=nth))
        for _opens, _closes, use, when in form.rows:
            use.choices = [SelectChoice(one, USES[one]) for one in uses]
            when.choices = [SelectChoice(*one) for one in weeks.items()]
        return form

    @property
    def rows(self) -> list[tuple[Any, Any, Any, Any]]:
        """The four fields of each row."""
        names = ("opens", "closes", "use", "weeks")
        return [tuple(self[f"{name}_{number}"] for name in names) for number in range(1, self.count + 1)]

    @property
    def windows(self) -> list[Window]:
        """The rows that are filled; only after validation."""
        return list(self._filled())

    def _filled(self) -> Iterator[Window]:
        for opens, closes, use, weeks in self.rows:
            if opens.data is not None and closes.data is not None:
                nth = tuple(int(week) for week in weeks.data.split(",") if week)
                yield Window(opens.data, closes.data, use.data, nth)


def _both_or_neither(form: BaseForm, field: HourField) -> None:
    blank, other_blank = _blank(field), _blank(form[field.name.replace("closes", "opens")])
    if blank:
        field.errors = []  # an empty box is no hour badly written
    if blank != other_blank:
        raise StopValidation(_("Écrire le début et la fin, ou ni l’un ni l’autre."))
    if blank:
        raise StopValidation


def _blank(field: Any) -> bool:
    return not field.raw_data or not field.raw_data[0].strip()


def _weeks(window: Window) -> str:
    return ",".join(map(str, window.nth))


@lru_cache
def _rows(count: int) -> type[HoursForm]:
    """A form of so many rows."""
    fields: dict[str, Any] = {"count": count}
    for number in range(1, count + 1):
        fields |= {
            f"opens_{number}": HourField(lazy("De"), [Optional()]),
            f"closes_{number}": HourField(lazy("À"), [_both_or_neither]),
            f"use_{number}": SelectField(lazy("Pour"), [Optional()]),
            f"weeks_{number}": SelectField(lazy("Quand"), [Optional()]),
        }
    return type("Rows", (HoursForm,), fields)
