"""The form under which somebody is erased."""

from wtforms import BooleanField
from wtforms.validators import InputRequired

from fablab.forms import BaseForm
from fablab.i18n import lazy


class EraseForm(BaseForm):
    """Said once more before what cannot be undone."""

    sure = BooleanField(
        lazy("Je sais que personne ne pourra revenir en arrière."),
        [InputRequired(lazy("Cocher cette case pour effacer."))],
    )
