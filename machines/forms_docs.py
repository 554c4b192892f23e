"""Forms of a machine's photo and documents."""

from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, URLField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from fablab.forms import BaseForm, about_the_act
from fablab.i18n import lazy
from machines.values_docs import TITLE_LENGTH
from pathways.forms_evidence import CropForm

_KEY = Regexp(r"^[0-9a-f]{32}\Z")


class DocForm(BaseForm):
    """A link or a PDF to put on a machine's page."""

    key = HiddenField(validators=[_KEY])
    title = StringField(
        lazy("Titre"),
        [InputRequired(lazy("Écrire un titre.")), Length(max=TITLE_LENGTH), about_the_act],
        description=lazy("Par exemple «\u00a0Notice\u00a0» ou «\u00a0Premiers pas\u00a0»."),
    )
    url = URLField(lazy("Un lien"), [Optional(), Length(max=500)], description=lazy("Elle commence par https://."))
    file = FileField(lazy("Ou un fichier PDF"), [Optional()], description=lazy("10\u00a0Mo au plus."))


class MachinePhotoForm(CropForm):
    """The photo of a machine, and what one sees on it."""

    key = HiddenField(validators=[_KEY])
    photo = FileField(lazy("La photo"), [InputRequired(lazy("Choisir une photo."))])
    text = StringField(
        lazy("Ce que l’on voit"),
        [InputRequired(lazy("Dire en quelques mots ce que l’on voit.")), Length(max=TITLE_LENGTH), about_the_act],
    )
