"""Forms of training slots: they check shape; rules and actions check truth."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from bookings.forms import HourField, read_moment
from bookings.values import Slot
from fablab.form_words import AT_MOST_200, CHOOSE_PEOPLE, CHOOSE_SLOT, READ_BY_PEOPLE, WRITE_REASON
from fablab.forms import BaseForm, about_the_act, french_choices
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox
from machines.forms import read_start

OTHER = "other"


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several ticks."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class PlanForm(BaseForm):
    """A training slot: who, and one of the times proposed or another one."""

    people = CheckboxesField(lazy("Qui"), [InputRequired(CHOOSE_PEOPLE)])
    choice = RadioField(lazy("Quand"), [InputRequired(CHOOSE_SLOT)])
    machine = SelectField(lazy("Machine"), [Optional()], coerce=int)
    teacher = SelectField(lazy("Animateur"), [Optional()], coerce=int)
    day = DateBox(lazy("Jour"), [Optional()])
    start = HourField(lazy("Heure"), [Optional()])
    minutes = IntegerField(lazy("Durée en minutes"), [Optional(), NumberRange(5, 480, lazy("De 5 à 480 minutes."))])
    key = HiddenField(validators=[InputRequired(lazy("Ce formulaire est trop vieux. Recommencer.")), Length(max=60)])

    def offer(
        self,
        people: Sequence[tuple[str, str]],
        choices: Sequence[tuple[str, str]],
        machines: Sequence[tuple[int, str]],
        teachers: Sequence[tuple[int, str]],
    ) -> None:
        """Show what may be chosen."""
        self.people.choices = [SelectChoice(*one) for one in people]
        self.choice.choices = [*(SelectChoice(*one) for one in choices), SelectChoice(OTHER, _("Une autre heure"))]
        # A time proposed a moment ago may be gone: the rules say why, not the list.
        self.choice.validate_choice = False
        self.machine.choices = french_choices(machines)
        self.teacher.choices = [SelectChoice(*one) for one in teachers]

    def validate_choice(self, field: Any) -> None:
        """A proposal that can be read, or all that another hour needs."""
        if field.data != OTHER:
            if _read(field.data or "") is None:
                raise ValidationError(str(CHOOSE_SLOT))
            return
        if not (self.day.data and self.start.data and self.minutes.data):
            raise ValidationError(_("Choisir le jour, l’heure et la durée."))
        read_moment(self.day.data, self.start.data)

    @property
    def wish(self) -> tuple[int, int, Slot]:
        """Machine, who teaches, and when; only after validation."""
        read = _read(self.choice.data)
        if read is not None:
            return read
        start = read_moment(self.day.data, self.start.data)
        if start is None:
            raise ValueError("asked of a form that is not valid")
        return self.machine.data, self.teacher.data, Slot(start, start + timedelta(minutes=self.minutes.data))


def _read(value: str) -> tuple[int, int, Slot] | None:
    parts = value.split("|")
    if len(parts) != 4 or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in (*parts[:2], parts[3])):
        return None
    start: datetime | None = read_start(parts[2])
    minutes = int(parts[3])
    if start is None or not 5 <= minutes <= 480:
        return None
    return int(parts[0]), int(parts[1]), Slot(start, start + timedelta(minutes=minutes))


class CancelTrainingForm(BaseForm):
    """Why a training slot is cancelled."""

    reason = StringField(
        lazy("Raison"),
        [
            InputRequired(WRITE_REASON),
            Length(max=200, message=AT_MOST_200),
            about_the_act,
        ],
        description=READ_BY_PEOPLE,
    )
