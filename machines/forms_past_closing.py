"""Forms of a machine that goes on past closing: asked for, refused."""

from datetime import timedelta

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from bookings.forms import HourField, hour_of
from bookings.values import Slot
from fablab import clock
from fablab.form_words import CHOOSE_DAY, CHOOSE_HOUR, CHOOSE_REASON, TOO_OLD
from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from fablab.reasons import Kept
from machines.forms import ListField
from machines.reasons import PAST_CLOSING


class PastClosingForm(BaseForm):
    """When I start, and how long the machine works."""

    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])
    day = DateBox(lazy("Quel jour"), [InputRequired(CHOOSE_DAY)])
    start = HourField(lazy("Je lance à"), [InputRequired(CHOOSE_HOUR)])
    minutes = ListField(lazy("Elle travaille"), coerce=int)

    def validate_start(self, field: HourField) -> None:
        """A real hour of that day: spring skips one."""
        hour_of(self.day.data, field.data)

    @property
    def slot(self) -> Slot:
        """The time asked for; only after validation."""
        start = clock.at(self.day.data, self.start.data)
        return Slot(start, start + timedelta(minutes=self.minutes.data))


class NoForm(BaseForm):
    """Why not, with a reason of the list."""

    reason = RadioField(
        lazy("Pourquoi"),
        [InputRequired(CHOOSE_REASON)],
        choices=[SelectChoice(*one) for one in PAST_CLOSING.items()],
    )

    @property
    def why(self) -> list[Kept]:
        """The reason as it is kept: each reader reads it in their language."""
        return [{"code": f"past_closing_{self.reason.data}"}]
