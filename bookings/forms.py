"""Forms of the engine, for the team: they check shape; what is true is checked by rules and actions."""

from collections.abc import Iterable
from datetime import date, datetime, time

from wtforms import RadioField, SelectField, StringField, TimeField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from bookings.reasons import CHOICES
from bookings.values import Slot
from fablab import clock
from fablab.form_words import (
    CHOOSE_DAY,
    CHOOSE_HOUR,
    CHOOSE_REASON,
    ENDS_FIRST,
    NO_SUCH_HOUR,
    READ_BY_PEOPLE,
    WRITE_REASON,
    WRITE_REASON_SHORTLY,
)
from fablab.forms import BaseForm, about_the_act, french_choices, real_words
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox
from fablab.reasons import Kept

_DAY = InputRequired(CHOOSE_DAY)
_HOUR = InputRequired(CHOOSE_HOUR)


class HourField(TimeField):  # type: ignore[misc]  # wtforms has no types
    """The browser's own field for an hour, with a fault said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour; raises ValueError with what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Écrire l’heure ainsi : 14:30.")) from None


def hour_of(day: date | None, hour: time | None) -> datetime | None:
    """The moment of an hour of a day (UTC), the first of the two in autumn; None while one of them misses.

    Raises ValidationError for an hour that spring skips.
    """
    if day is None or hour is None:
        return None
    try:
        return clock.at(day, hour)
    except clock.NoSuchTime:
        raise ValidationError(str(NO_SUCH_HOUR)) from None


class DayHoursForm(BaseForm):
    """A day, from an hour to another of the same day."""

    day = DateBox(lazy("Jour"), [_DAY])
    starts = HourField(lazy("De"), [_HOUR])
    ends = HourField(lazy("À"), [_HOUR])

    def validate_ends(self, field: HourField) -> None:
        """After the start, and both real hours of that day: spring skips one."""
        start, end = hour_of(self.day.data, self.starts.data), hour_of(self.day.data, field.data)
        if start and end and end <= start:
            raise ValidationError(str(ENDS_FIRST))

    @property
    def slot(self) -> Slot:
        """The slot asked for; only after validation."""
        return Slot(clock.at(self.day.data, self.starts.data), clock.at(self.day.data, self.ends.data))


class CancelForm(BaseForm):
    """Cancelling somebody's booking, with a reason of the list."""

    reason = RadioField(
        lazy("Pourquoi"),
        [InputRequired(CHOOSE_REASON)],
        choices=[SelectChoice(*one) for one in CHOICES.items()],
    )

    @property
    def why(self) -> list[Kept]:
        """The reason as it is kept: each reader reads it in their language."""
        return [{"code": f"cancel_{self.reason.data}"}]


class ReasonForm(BaseForm):
    """Why something noted is not so: some words, about the act."""

    reason = StringField(
        lazy("Ce qui s’est passé"),
        [
            InputRequired(WRITE_REASON_SHORTLY),
            Length(max=300),
            real_words,
            about_the_act,
        ],
    )


class MoveForm(BaseForm):
    """Another day and hour, for the same length; a written reason passes what may be passed."""

    day = DateBox(lazy("Jour"), [_DAY])
    start = HourField(lazy("Heure de début"), [_HOUR])
    override = StringField(
        lazy("Raison écrite"),
        [Optional(), Length(max=300), real_words, about_the_act],
        description=lazy("Pour passer une règle souple : délai, durée, horaires."),
    )

    def validate_start(self, field: HourField) -> None:
        """An hour that exists that day."""
        read_moment(self.day.data, field.data)

    @property
    def moment(self) -> datetime:
        """The start chosen (UTC); only after validation."""
        return _chosen(self.day.data, self.start.data)


class CloseForm(BaseForm):
    """What is closed, from when to when, and why; the choices are handed in by the view."""

    what = SelectField(lazy("Quoi"), [InputRequired(lazy("Choisir ce qui ferme."))])
    day = DateBox(lazy("Premier jour"), [_DAY])
    start = HourField(lazy("À partir de"), [_HOUR])
    last_day = DateBox(lazy("Dernier jour"), [Optional()], description=lazy("Vide : jusqu’à nouvel ordre."))
    end = HourField(lazy("Jusqu’à"), [Optional()])
    reason = StringField(
        lazy("Raison"),
        [InputRequired(WRITE_REASON), Length(max=200)],
        description=READ_BY_PEOPLE,
    )

    def offer(self, things: Iterable[tuple[str, str]]) -> None:
        """Say what may be closed: values and names."""
        self.what.choices = french_choices(things)

    def validate_start(self, field: HourField) -> None:
        """An hour that exists that day."""
        read_moment(self.day.data, field.data)

    def validate_end(self, field: HourField) -> None:
        """Both or neither of the last day and hour; after the start."""
        if self.last_day.data is None:
            raise ValidationError(_("Choisir aussi le dernier jour."))
        end = read_moment(self.last_day.data, field.data)
        if end and not self.start.errors and self.start.data and self.day.data and end <= self.starts_at:
            raise ValidationError(str(ENDS_FIRST))

    def validate_last_day(self, field: DateBox) -> None:
        """A last day needs its hour."""
        if self.end.data is None:
            raise ValidationError(_("Choisir aussi l’heure de fin."))

    @property
    def starts_at(self) -> datetime:
        """The first moment closed (UTC); only after validation."""
        return _chosen(self.day.data, self.start.data)

    @property
    def ends_at(self) -> datetime | None:
        """The first moment open again (UTC), or None: until lifted."""
        return read_moment(self.last_day.data, self.end.data)


def read_moment(day: date | None, hour: time | None) -> datetime | None:
    """A wall time as a moment (UTC); None when one half misses. Raises ValidationError when the clock skips it."""
    if day is None or hour is None:
        return None
    if not 2000 < day.year < 2100:
        raise ValidationError(_("Cette année n’est pas possible."))
    try:
        return clock.at(day, hour)
    except clock.NoSuchTime:
        raise ValidationError(_("Cette heure n’existe pas : la nuit du changement d’heure la saute.")) from None


def _chosen(day: date | None, hour: time | None) -> datetime:
    moment = read_moment(day, hour)
    if moment is None:
        raise ValueError("asked of a form that is not valid")
    return moment
