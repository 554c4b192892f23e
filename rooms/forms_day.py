"""Forms of the day at the desk: a line of its log."""

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from fablab.form_words import AT_MOST_300
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import lazy


class NoteForm(BaseForm):
    """A few words about the day, never about a person."""

    said = StringField(
        lazy("Noter quelque chose"),
        [
            InputRequired(lazy("Écrire quelques mots.")),
            Length(max=300, message=AT_MOST_300),
            real_words,
            about_the_act,
        ],
        description=lazy("Par exemple : la sono de la grande salle grésille. Pas de nom."),
    )
    handover = BooleanField(lazy("À transmettre aux collègues"))
