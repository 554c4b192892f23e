"""Forms of the desk on the day: they check shape; what is true is checked by rules and actions."""

from collections.abc import Iterable
from datetime import datetime

from wtforms import HiddenField, IntegerField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from bookings.forms import HourField, hour_of
from bookings.values import Slot
from fablab import clock
from fablab.form_words import AT_MOST_300, CHOOSE_HOUR, SAY_FOR_WHOM, TOO_OLD
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import _, lazy


class HeadsForm(BaseForm):
    """How many people are in the room."""

    people = IntegerField(
        lazy("Combien de personnes"),
        [InputRequired(lazy("Dire combien de personnes sont là.")), NumberRange(1, 1000)],
    )


class OnTheSpotForm(HeadsForm):
    """A room from now on: for which organisation, how many, until when, and why without notice."""

    structure = SelectField(lazy("Pour quelle structure"), [InputRequired(SAY_FOR_WHOM)])
    ends = HourField(lazy("Jusqu’à"), [InputRequired(CHOOSE_HOUR)])
    why = StringField(
        lazy("Pourquoi sans délai"),
        [
            InputRequired(lazy("Écrire pourquoi, en quelques mots.")),
            Length(max=300, message=AT_MOST_300),
            real_words,
            about_the_act,
        ],
        description=lazy("Par exemple : leur salle est en travaux."),
    )
    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])

    def offer(self, structures: Iterable[tuple[str, str]]) -> None:
        """Say which organisations there are: values and names."""
        self.structure.choices = [SelectChoice("", _("Choisir")), *(SelectChoice(*one) for one in structures)]

    def at(self, now: datetime) -> "OnTheSpotForm":
        """The same form, sent at this moment."""
        self._now = now
        return self

    def validate_ends(self, field: HourField) -> None:
        """Later than now, today; and a real hour: spring skips one."""
        end = hour_of(clock.local_day(self._now), field.data)
        if end and end <= self._now:
            raise ValidationError(_("Cette heure est passée."))

    @property
    def slot(self) -> Slot:
        """From now until then; only after validation."""
        return Slot(self._now, clock.at(clock.local_day(self._now), self.ends.data))
