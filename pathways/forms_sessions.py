"""The forms of a session as it is lived: a line written about it, other leads."""

from collections.abc import Iterable

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from fablab.form_words import CHOOSE_PEOPLE
from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.forms import MultiCheckboxField
from pathways.values_sessions import NOTE_LENGTH

NOTE_WORDS = {
    "note": lazy("Une note"),
    "near_miss": lazy("Un presque-accident"),
    "accident": lazy("Un accident"),
}
TOLD_WORDS = {
    "rescue": lazy("Les secours (15, 18 ou 112)"),
    "first_aider": lazy("Le secouriste de la maison"),
    "guardian": lazy("Un responsable légal"),
    "prescriber": lazy("La structure qui accompagne"),
    "direction": lazy("La direction"),
}


class NoteForm(BaseForm):
    """A line about a session."""

    key = HiddenField(validators=[Optional(), Length(max=64)])
    kind = RadioField(
        lazy("C’est"),
        [InputRequired(lazy("Choisir ce que c’est."))],
        choices=[SelectChoice(code, label) for code, label in NOTE_WORDS.items()],
    )
    text = TextAreaField(
        lazy("Ce qui s’est passé"),
        [
            DataRequired(lazy("Écrire quelques mots.")),
            Length(max=NOTE_LENGTH),
        ],
        description=lazy("Sur la séance, jamais sur une personne\u00a0: aucun nom, rien de la santé de quelqu’un."),
    )
    told = MultiCheckboxField(
        lazy("Qui est prévenu"),
        [Optional()],
        choices=[SelectChoice(code, label) for code, label in TOLD_WORDS.items()],
        description=lazy("Pour un accident ou un presque-accident. La coordination est prévenue par cette page."),
    )


class LeadsForm(BaseForm):
    """Who leads a session."""

    leads = MultiCheckboxField(lazy("Animée par"), [InputRequired(CHOOSE_PEOPLE)], coerce=int)

    def offer(self, team: Iterable[tuple[int, str]]) -> None:
        """Show the team."""
        self.leads.choices = [SelectChoice(*one) for one in team]
