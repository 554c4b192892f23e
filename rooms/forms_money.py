"""Forms of the money of rooms: they check shape; what is true is checked by rules and actions."""

from collections.abc import Iterable

from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from fablab.form_words import AT_MOST_200
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import lazy


class InvoicedForm(BaseForm):
    """Dates ticked: they are invoiced."""

    chosen = SelectMultipleField(lazy("Dates à facturer"), [InputRequired(lazy("Cocher au moins une date."))])

    def offer(self, bookings: Iterable[str]) -> None:
        """Say which dates there are, by their ids."""
        self.chosen.choices = [SelectChoice(one, one) for one in bookings]


class DepositForm(BaseForm):
    """How much is asked as a deposit."""

    euros = IntegerField(
        lazy("Caution demandée, en euros"),
        [Optional(), NumberRange(0, 100_000)],
        description=lazy("Vide\u00a0: aucune caution."),
    )


class KeptForm(BaseForm):
    """Why a deposit is kept."""

    why = StringField(
        lazy("Pourquoi garder la caution"),
        [InputRequired(lazy("Dire pourquoi.")), Length(max=200, message=AT_MOST_200), real_words, about_the_act],
        description=lazy("Ce qui est abîmé ou manque. La structure le lira."),
    )


class HoursForm(BaseForm):
    """Hours given to an organisation for a season."""

    hours = IntegerField(
        lazy("Heures pour la saison"), [InputRequired(lazy("Dire combien d’heures.")), NumberRange(0, 8784)]
    )
