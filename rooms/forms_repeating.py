"""The form of dates that come back: it checks shape; what is true is checked by rules and actions."""

from datetime import timedelta

from wtforms import BooleanField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fablab.form_words import CHOOSE_DAY
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox
from rooms.forms import LendForm
from rooms.values_repeating import LONGEST_REPEAT, Repeat

FREQUENCIES = {
    "weekly": lazy("Chaque semaine"),
    "odd_weeks": lazy("Les semaines impaires"),
    "even_weeks": lazy("Les semaines paires"),
    "monthly_1": lazy("La première fois du mois"),
    "monthly_2": lazy("La deuxième fois du mois"),
    "monthly_3": lazy("La troisième fois du mois"),
    "monthly_4": lazy("La quatrième fois du mois"),
}


class RepeatForm(LendForm):
    """Like one date; and how it comes back, until when, in school holidays too or not."""

    frequency = SelectField(
        lazy("Cela revient"), default="weekly", choices=[SelectChoice(*one) for one in FREQUENCIES.items()]
    )
    until = DateBox(lazy("Jusqu’au"), [InputRequired(CHOOSE_DAY)])
    in_holidays = BooleanField(lazy("Aussi pendant les vacances scolaires"))

    def validate_until(self, field: DateBox) -> None:
        """After the first day, within a year of it, and far enough for a date to fall before it."""
        if not (self.day.data and field.data):
            return
        if not timedelta(0) <= field.data - self.day.data <= LONGEST_REPEAT:
            raise ValidationError(_("Le dernier jour vient après le premier, dans l’année qui suit."))
        if self.starts.data and self.ends.data and self.frequency.data in FREQUENCIES and not self.repeat.days():
            raise ValidationError(_("Aucune date ne tombe avant ce jour."))

    @property
    def repeat(self) -> Repeat:
        """How it comes back; only after validation."""
        hours = (self.starts.data, self.ends.data)
        return Repeat(self.day.data, self.until.data, *hours, self.frequency.data, self.in_holidays.data)
