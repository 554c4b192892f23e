"""Forms of entering beyond the first secret: a forgotten password, the code of a phone."""

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import without_spaces
from fablab.people.forms import email_field


class AskResetForm(BaseForm):
    """Somebody forgot their password."""

    email = email_field()


class LinkForm(BaseForm):
    """The token of a link in a letter: the script fills it in, or it is pasted."""

    link = StringField(
        lazy("Code du lien"),
        [
            DataRequired(lazy("Coller la fin du lien reçu.")),
            Length(max=300, message=lazy("C’est trop long.")),
        ],
        description=lazy("La fin du lien reçu, après le #."),
    )


class SecondStepForm(BaseForm):
    """The code that the phone shows now, or a recovery code."""

    code = StringField(
        lazy("Code du téléphone"),
        [DataRequired(lazy("Écrire le code.")), Length(max=60, message=lazy("C’est trop long."))],
        filters=[without_spaces],
        description=lazy("6 chiffres, ou un code de secours gardé sur papier."),
    )


class TakeUpForm(BaseForm):
    """The first code of a phone that has just read the square."""

    nonce = HiddenField(validators=[DataRequired(), Length(min=32, max=32)])
    code = StringField(
        lazy("Code affiché par le téléphone"),
        [DataRequired(lazy("Écrire le code.")), Length(max=60, message=lazy("C’est trop long."))],
        filters=[without_spaces],
        description=lazy("6 chiffres\u00a0; ils changent toutes les 30 secondes."),
    )
