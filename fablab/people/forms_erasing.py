"""Forms under which somebody is erased, and under which a file is kept longer."""

from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fablab.forms import BaseForm
from fablab.i18n import lazy

#: why a file is kept longer, in words
WHY = {
    "comes_back": lazy("La personne revient"),
    "asked": lazy("La personne l’a demandé"),
    "dispute": lazy("Un accident ou un litige est en cours"),
    "funder": lazy("Un financeur contrôle encore"),
}


class EraseForm(BaseForm):
    """Said once more before what cannot be undone."""

    sure = BooleanField(
        lazy("Je sais que personne ne pourra revenir en arrière."),
        [InputRequired(lazy("Cocher cette case pour effacer."))],
    )


class KeepForm(BaseForm):
    """Why a file is kept six months longer."""

    why = SelectField(
        lazy("Garder six mois de plus, parce que"),
        [InputRequired(lazy("Choisir pourquoi ce dossier est gardé."))],
        choices=[SelectChoice("", "—"), *(SelectChoice(code, words) for code, words in WHY.items())],
    )
