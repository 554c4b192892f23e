"""The form of a key or an access badge handed over; it checks shape, rules and actions what is true."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from fablab.form_words import SAY_FOR_WHOM, TOO_LONG, TOO_OLD, WRITE_NAME
from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox
from rooms.words_keys import KINDS


class KeyForm(BaseForm):
    """What is handed over, to whom, until when; the organisations are handed in by the view."""

    structure = SelectField(lazy("Pour quelle structure"), [InputRequired(SAY_FOR_WHOM)])
    kind = SelectField(
        lazy("Quoi"),
        [InputRequired(lazy("Choisir clé ou badge."))],
        choices=[SelectChoice(*one) for one in KINDS.items()],
    )
    label = StringField(
        lazy("Numéro ou nom écrit dessus"),
        [InputRequired(lazy("Écrire ce qui est dessus.")), Length(max=40, message=TOO_LONG)],
    )
    held_by = StringField(
        lazy("Remis à"),
        [InputRequired(WRITE_NAME), Length(max=80, message=TOO_LONG)],
        description=lazy("La personne que la structure a désignée. Son nom est oublié 30 jours après le retour."),
    )
    due = DateBox(lazy("À rendre le"), [Optional()], description=lazy("Vide\u00a0: tant que la structure vient."))
    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])

    def offer(self, structures: Iterable[tuple[str, str]]) -> None:
        """Say which organisations there are: values and names."""
        self.structure.choices = [SelectChoice("", _("Choisir")), *(SelectChoice(*one) for one in structures)]
