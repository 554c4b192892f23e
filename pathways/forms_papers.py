"""The forms of papers: the day one came, and who keeps the authorisations of a group."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from fablab.form_words import CHOOSE_REAL_DAY
from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import DateBox


class ReceiveForm(BaseForm):
    """A paper and the day it came."""

    paper = HiddenField(validators=[InputRequired(), Length(max=40)])
    received_on = DateBox(lazy("Reçu le"), [InputRequired(CHOOSE_REAL_DAY)])


class HeldByForm(BaseForm):
    """The school or body that keeps the parental authorisations of a group; empty: the house does."""

    held_by = StringField(
        lazy("École ou organisme"),
        [Length(max=120)],
        description=lazy("Laisser vide si la maison garde les autorisations."),
    )
