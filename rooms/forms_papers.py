"""Forms of the papers of organisations: they check shape; what is true is checked by rules and actions."""

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from fablab.form_words import AT_MOST_200, CHOOSE_DAY, CHOOSE_REASON, TOO_OLD
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from rooms.words_papers import PAPERS, REASONS


class PaperForm(BaseForm):
    """A paper to send: which, its last day, its file."""

    kind = SelectField(
        lazy("Quel papier"),
        [InputRequired(lazy("Choisir un papier."))],
        choices=[SelectChoice("", lazy("Choisir")), *(SelectChoice(*one) for one in PAPERS.items())],
    )
    first = DateBox(
        lazy("Valable à partir du"),
        [Optional()],
        description=lazy("Vide si le papier vaut déjà, ou ne le dit pas."),
    )
    until = DateBox(
        lazy("Valable jusqu’au"), [Optional()], description=lazy("La date écrite sur le papier. Vide pour les statuts.")
    )
    file = FileField(
        lazy("Le fichier"),
        [InputRequired(lazy("Choisir un fichier."))],
        description=lazy("Un PDF, ou une photo nette de tout le papier. 8\u00a0Mo au plus."),
    )
    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])


class AcceptForm(BaseForm):
    """The days of a paper, as somebody read them on it."""

    first = DateBox(
        lazy("Valable à partir du"),
        [Optional()],
        description=lazy("Vide si le papier vaut déjà, ou ne le dit pas."),
    )
    until = DateBox(lazy("Valable jusqu’au"), [Optional()], description=lazy("Lire la date sur le papier."))


class TurnDownForm(BaseForm):
    """Why a paper will not do."""

    reason = SelectField(
        lazy("Pourquoi refuser"),
        [InputRequired(CHOOSE_REASON)],
        choices=[SelectChoice("", lazy("Choisir")), *(SelectChoice(*one) for one in REASONS.items())],
        description=lazy("La structure lira cette raison."),
    )


class ConditionForm(BaseForm):
    """Since when a condition is met, and what shows it."""

    met_on = DateBox(lazy("Remplie depuis le"), [InputRequired(CHOOSE_DAY)])
    proof = StringField(
        lazy("Ce qui le montre"),
        [
            InputRequired(lazy("Dire ce qui le montre.")),
            Length(max=200, message=AT_MOST_200),
            real_words,
            about_the_act,
        ],
        description=lazy("Par exemple : avis au Journal officiel du 3 mars 2019."),
    )
