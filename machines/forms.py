"""Forms of machines: they check shape; what is true is checked by rules and actions."""

from datetime import UTC, datetime, timedelta

from wtforms import (
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from bookings.forms import DayHoursForm, HourField, hour_of
from bookings.values import Slot
from fablab import clock
from fablab.form_words import (
    CHOOSE_DAY,
    CHOOSE_HOUR,
    HANDLE_OR_NAME,
    TOO_OLD,
    WRITE_WHO,
)
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox


def read_start(text: str) -> datetime | None:
    """A moment sent by a page, with its offset from UTC ("2026-11-26T18:00+01:00"); None when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.second or moment.microsecond or not 2000 < moment.year < 2100:
        return None
    return moment.astimezone(UTC)


def read_year(text: str) -> int | None:
    """A year sent in an address ("2026"); None when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


class SlotForm(BaseForm):
    """An hour chosen for a length, and the key that makes a form sent twice book once."""

    start = StringField(lazy("L’heure"), [InputRequired(lazy("Je choisis une heure.")), Length(max=40)])
    minutes = IntegerField(lazy("La durée"), [InputRequired(lazy("Je choisis une durée.")), NumberRange(1, 1440)])
    key = HiddenField(validators=[InputRequired(lazy("Ce formulaire est trop vieux. Je recommence.")), Length(max=60)])

    def validate_start(self, field: StringField) -> None:
        """A real moment, with its offset: the hour doubled in autumn is then the one that was shown."""
        if read_start(field.data) is None:
            raise ValidationError(_("Cette heure n’existe pas. J’en choisis une autre."))

    @property
    def slot(self) -> Slot:
        """The slot chosen; only after validation."""
        start = read_start(self.start.data)
        if start is None:
            raise ValueError("not validated")
        return Slot(start, start + timedelta(minutes=self.minutes.data))


class ListField(SelectField):  # type: ignore[misc]  # wtforms has no types
    """A list to choose from, with a fault said in our words."""

    def pre_validate(self, form: BaseForm) -> None:
        """Raises ValidationError when what was sent is not in the list."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choisir dans la liste.")) from None


class ShiftForm(DayHoursForm):
    """Who is there, where, from when to when, and until what day when it comes back every week."""

    person = ListField(lazy("Qui"))
    place = ListField(lazy("Où"))
    until = DateBox(lazy("Chaque semaine jusqu’au"), [Optional()], description=lazy("Vide : ce jour seulement."))


class EmptyForm(BaseForm):
    """A button: nothing to fill in but the token against forgery."""


class BookForForm(BaseForm):
    """A machine booked for somebody else, found by identifier or name; ``chosen`` when several answer to it.

    The reason passes the soft rules, and only those.
    """

    person = StringField(
        lazy("Pour qui"),
        [InputRequired(WRITE_WHO), Length(max=80)],
        description=HANDLE_OR_NAME,
    )
    chosen = StringField(validators=[Length(max=40)])
    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])
    day = DateBox(lazy("Jour"), [InputRequired(CHOOSE_DAY)])
    starts = HourField(lazy("De"), [InputRequired(CHOOSE_HOUR)])
    minutes = ListField(lazy("Durée"), coerce=int)
    override = StringField(
        lazy("Raison de passer outre"),
        [Length(max=300), real_words, about_the_act],
        description=lazy("Pour le délai, les horaires ou les quotas. Jamais le badge, l’âge ni l’encadrement."),
    )

    def validate_starts(self, field: TimeField) -> None:
        """A real hour of that day: spring skips one; of the hour doubled in autumn, the first is meant."""
        hour_of(self.day.data, field.data)

    @property
    def slot(self) -> Slot:
        """The slot asked for; only after validation."""
        start = clock.at(self.day.data, self.starts.data)
        return Slot(start, start + timedelta(minutes=self.minutes.data))
