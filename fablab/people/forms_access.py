"""Forms of entering beyond the first secret: a forgotten password, the code of a phone."""

from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length

from fablab.form_words import CHOOSE_PERSON, WRITE_NAME
from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import not_too_long, without_spaces
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
            not_too_long(300),
        ],
        description=lazy("La fin du lien reçu, après le #."),
    )


class SecondStepForm(BaseForm):
    """The code that the phone shows now, or a recovery code."""

    code = StringField(
        lazy("Code du téléphone"),
        [DataRequired(lazy("Écrire le code.")), not_too_long(60)],
        filters=[without_spaces],
        description=lazy("6 chiffres, ou un code de secours gardé sur papier."),
    )


class TakeUpForm(BaseForm):
    """The first code of a phone that has just read the square."""

    nonce = HiddenField(validators=[DataRequired(), Length(min=32, max=32)])
    code = StringField(
        lazy("Code affiché par le téléphone"),
        [DataRequired(lazy("Écrire le code.")), not_too_long(60)],
        filters=[without_spaces],
        description=lazy("6 chiffres\u00a0; ils changent toutes les 30 secondes."),
    )


class KioskForm(BaseForm):
    """A shared tablet is enrolled."""

    name = StringField(
        lazy("Nom de la borne"),
        [DataRequired(WRITE_NAME), Length(max=60)],
        description=lazy("Par exemple «\u00a0Borne de l’atelier\u00a0»."),
    )
    use = RadioField(
        lazy("Pour qui"),
        [DataRequired(lazy("Choisir pour qui."))],
        choices=[
            SelectChoice("young", lazy("Les jeunes\u00a0: code court, sortie après 2 minutes")),
            SelectChoice("team", lazy("L’équipe\u00a0: change de personne par code court")),
        ],
        default="young",
    )


class TabletForm(BaseForm):
    """Who takes the team's tablet, and their short code."""

    who = RadioField(lazy("Qui"), [DataRequired(CHOOSE_PERSON)], coerce=int)
    secret = PasswordField(
        lazy("Code court à 4 chiffres"), [DataRequired(lazy("Écrire le code."))], filters=[without_spaces]
    )

    def offer(self, people: list[tuple[int, str]]) -> None:
        """Say who may come back: ids of their sessions here, and names."""
        self.who.choices = [SelectChoice(*one) for one in people]


class KioskEnterForm(BaseForm):
    """A young person enters on a kiosk: the short code is enough there."""

    handle = StringField(
        lazy("Mon identifiant"),
        [DataRequired(lazy("J’écris mon identifiant.")), not_too_long(200)],
        description=lazy("Il est écrit sur ma carte. S’il y a un lecteur, je lui montre ma carte."),
    )
    secret = PasswordField(
        lazy("Mon code"),
        [DataRequired(lazy("J’écris mon code.")), not_too_long(200)],
        filters=[without_spaces],
        description=lazy("Mon code court à 4 chiffres, ou mon code à 6 chiffres."),
    )


class TeamShortForm(BaseForm):
    """Somebody of the team chooses a short code for shared tablets."""

    secret = PasswordField(lazy("Mot de passe"), [DataRequired(lazy("Écrire le mot de passe."))])
    pin = PasswordField(
        lazy("Code court à 4 chiffres"),
        [DataRequired(lazy("Écrire 4 chiffres."))],
        filters=[without_spaces],
        description=lazy("Sur une tablette partagée seulement, le jour où le mot de passe y a été dit."),
    )
    pin_again = PasswordField(
        lazy("Le même, encore"),
        [
            DataRequired(lazy("Écrire 4 chiffres.")),
            EqualTo("pin", lazy("Les deux ne sont pas pareils : écrire encore.")),
        ],
        filters=[without_spaces],
    )


class ShortForm(BaseForm):
    """A young person chooses a short code for kiosks."""

    secret = PasswordField(
        lazy("Mon code à 6 chiffres"), [DataRequired(lazy("J’écris mon code."))], filters=[without_spaces]
    )
    pin = PasswordField(
        lazy("Mon code court à 4 chiffres"),
        [DataRequired(lazy("J’écris 4 chiffres."))],
        filters=[without_spaces],
        description=lazy("Il marche sur les bornes de la maison, et nulle part ailleurs."),
    )
    pin_again = PasswordField(
        lazy("Le même code court, encore"),
        [
            DataRequired(lazy("J’écris 4 chiffres.")),
            EqualTo("pin", lazy("Les deux ne sont pas pareils : écrire encore.")),
        ],
        filters=[without_spaces],
    )
