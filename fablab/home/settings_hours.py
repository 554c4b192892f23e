"""The form of a weekday's hours: five rows at most, an empty one is no window."""

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, StopValidation

from bookings.forms import HourField
from bookings.models import Place
from fablab.forms import BaseForm
from fablab.home.settings_actions import Window
from fablab.i18n import _, lazy

ROWS = range(1, 6)
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


class HoursForm(BaseForm):
    """Rows of opens, closes, use and weeks; made by ``of`` for a place."""

    @classmethod
    def of(cls, place: Place, held: Sequence[Window]) -> "HoursForm":
        """The form of a place, filled with the windows that it has."""
        data: dict[str, Any] = {}
        for number, window in zip(ROWS, held, strict=False):
            weeks = ",".join(map(str, window.nth))
            data |= {f"opens_{number}": window.opens, f"closes_{number}": window.closes}
            data |= {f"use_{number}": window.use, f"weeks_{number}": weeks}
        form: HoursForm = _Rows(data=data)
        # The house itself is open or closed; only a place inside it is shared between groups and the open lab.
        uses = ("open",) if place.parent_id is None else ("open_lab", "group")
        for number in ROWS:
            form[f"use_{number}"].choices = [SelectChoice(use, USES[use]) for use in uses]
        return form

    @property
    def rows(self) -> list[tuple[Any, Any, Any, Any]]:
        """The four fields of each row."""
        names = ("opens", "closes", "use", "weeks")
        return [tuple(self[f"{name}_{number}"] for name in names) for number in ROWS]

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


class _Rows(HoursForm):
    """The rows themselves."""


for _number in ROWS:
    setattr(_Rows, f"opens_{_number}", HourField(lazy("De"), [Optional()]))
    setattr(_Rows, f"closes_{_number}", HourField(lazy("À"), [_both_or_neither]))
    setattr(_Rows, f"use_{_number}", SelectField(lazy("Pour"), [Optional()]))
    setattr(
        _Rows,
        f"weeks_{_number}",
        SelectField(lazy("Quand"), [Optional()], choices=[SelectChoice(*one) for one in WEEKS.items()]),
    )
