"""The form that closes several machines in one act."""

from collections.abc import Iterable
from datetime import date, datetime, time

from wtforms import HiddenField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional, Regexp

from bookings.forms import HourField, read_moment
from bookings.values import Slot
from fablab.form_words import CHOOSE_DAY, CHOOSE_HOUR, ENDS_FIRST, READ_BY_PEOPLE, WRITE_REASON
from fablab.forms import BaseForm, about_the_act, french_choices
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from machines.forms_training import CheckboxesField


class BlockForm(BaseForm):
    """Which machines, from when to when, why. ``seen``: how many bookings the page said it touches; empty: not yet."""

    machines = CheckboxesField(lazy("Quelles machines"), [InputRequired(lazy("Choisir au moins une machine."))])
    day = DateBox(lazy("Premier jour"), [InputRequired(CHOOSE_DAY)])
    start = HourField(lazy("À partir de"), [InputRequired(CHOOSE_HOUR)])
    last_day = DateBox(lazy("Dernier jour"), [InputRequired(CHOOSE_DAY)])
    end = HourField(lazy("Jusqu’à"), [InputRequired(CHOOSE_HOUR)])
    reason = StringField(
        lazy("Raison"), [InputRequired(WRITE_REASON), Length(max=200), about_the_act], description=READ_BY_PEOPLE
    )
    seen = HiddenField(validators=[Optional(), Regexp(r"^\d{1,6}\Z")])

    def offer(self, machines: Iterable[tuple[str, str]]) -> None:
        """Say which machines there are."""
        self.machines.choices = french_choices(machines)

    def validate_start(self, field: HourField) -> None:
        """An hour that exists that day."""
        read_moment(self.day.data, field.data)

    def validate_end(self, field: HourField) -> None:
        """An hour that exists, after the start."""
        end, start = read_moment(self.last_day.data, field.data), _or_none(self.day.data, self.start.data)
        if end and start and end <= start:
            raise ValidationError(str(ENDS_FIRST))

    @property
    def slot(self) -> Slot:
        """The time chosen; only after validation."""
        start, end = _or_none(self.day.data, self.start.data), _or_none(self.last_day.data, self.end.data)
        if start is None or end is None:
            raise ValueError("asked of a form that is not valid")
        return Slot(start, end)


def _or_none(day: date | None, hour: time | None) -> datetime | None:
    try:
        return read_moment(day, hour)
    except ValidationError:
        return None
