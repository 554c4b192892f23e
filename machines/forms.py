"""Forms of machines: they check shape; what is true is checked by rules and actions."""

from datetime import UTC, date, datetime, timedelta

from wtforms import HiddenField, IntegerField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from bookings.values import Slot
from fablab.forms import BaseForm
from fablab.i18n import _, lazy


def read_start(text: str) -> datetime | None:
    """A moment sent by a page, with its offset from UTC ("2026-11-26T18:00+01:00"); None when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.second or moment.microsecond or not 2000 < moment.year < 2100:
        return None
    return moment.astimezone(UTC)


def read_day(text: str) -> date | None:
    """A day sent in an address ("2026-11-26"); None when it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 < day.year < 2100 else None


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


class CancelForm(BaseForm):
    """Cancelling is asked once, in words."""
