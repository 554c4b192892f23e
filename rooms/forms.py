"""Forms of rooms: they check shape; what is true is checked by rules and actions."""

from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from bookings.forms import DayHoursForm
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import _, lazy


class _RoomForm(DayHoursForm):
    """For which organisation, how many people, which day, from when to when; the choices are handed in by the view."""

    structure = SelectField(lazy("Pour quelle structure"), [InputRequired(lazy("Dire pour quelle structure."))])
    people = IntegerField(
        lazy("Combien de personnes"),
        [InputRequired(lazy("Dire combien de personnes viennent.")), NumberRange(1, 1000)],
    )

    def offer(self, structures: Iterable[tuple[str, str]]) -> None:
        """Say which organisations one may ask for: values and names; of several, none is chosen beforehand."""
        found = [SelectChoice(value, name) for value, name in structures]
        self.structure.choices = found if len(found) == 1 else [SelectChoice("", _("Choisir")), *found]


class FindForm(_RoomForm):
    """A search by need: an address that can be kept; nothing is written."""

    class Meta(BaseForm.Meta):
        """Sent by GET: no token."""

        csrf = False

    equipment = SelectField(lazy("Il faut aussi"), [Optional()])
    step_free = BooleanField(lazy("Accessible en fauteuil roulant"))

    def offer_equipment(self, things: Iterable[str]) -> None:
        """Say what rooms have."""
        self.equipment.choices = [SelectChoice("", _("rien de plus")), *(SelectChoice(one, one) for one in things)]


class LendForm(_RoomForm):
    """A room asked for; a written reason passes the soft rules, for whoever may."""

    purpose = StringField(
        lazy("Pour quoi faire"),
        [Optional(), Length(max=200, message=lazy("200 caractères au plus."))],
        description=lazy("Par exemple : assemblée générale, répétition."),
    )
    override = StringField(
        lazy("Raison de passer outre"),
        [Optional(), Length(max=300, message=lazy("300 caractères au plus.")), real_words, about_the_act],
        description=lazy("Pour le délai, la durée ou l’assurance. Jamais la jauge."),
    )
    key = HiddenField(validators=[InputRequired(lazy("Ce formulaire est trop vieux.")), Length(max=60)])
