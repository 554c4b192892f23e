"""The form of keys for programs."""

from collections.abc import Collection

from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from fablab.form_words import CHOOSE_DAY, WRITE_NAME
from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from fablab.people.forms import MultiCheckboxField

#: what a key opens, in words: for one's own things, for the house's
SCOPE_WORDS = {
    "machines:read": (lazy("Voir les machines et les heures libres"), lazy("Voir les machines et les heures libres")),
    "bookings:read": (lazy("Voir mes réservations"), lazy("Voir les réservations, sans nom")),
    "bookings:write": (lazy("Réserver, changer et annuler pour moi"), lazy("Réserver, changer et annuler")),
    "badges:read": (lazy("Voir mes badges"), lazy("Voir les badges d’une personne")),
    "usage:read": (lazy("Voir mes heures sur les machines"), lazy("Voir les heures faites sur les machines, sans nom")),
}


class TokenForm(BaseForm):
    """A key for a program: which one, what it opens, until when."""

    name = StringField(
        lazy("Pour quel programme"),
        [DataRequired(WRITE_NAME), Length(max=60)],
        description=lazy("Par exemple «\u00a0Écran de l’entrée\u00a0»."),
    )
    scopes = MultiCheckboxField(lazy("La clé permet de"), [DataRequired(lazy("Choisir au moins une chose."))])
    last_day = DateBox(lazy("Dernier jour"), [InputRequired(CHOOSE_DAY)], description=lazy("Un an au plus."))

    def offer(self, scopes: Collection[str], *, own: bool) -> None:
        """The scopes among which one chooses, in words."""
        self.scopes.choices = [SelectChoice(scope, SCOPE_WORDS[scope][0 if own else 1]) for scope in scopes]
