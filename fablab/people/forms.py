"""Forms of people: they check shape; what is true is checked by rules and actions."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from fablab.form_words import CHOOSE_ANSWER, HALF_ADDRESS
from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox, DayField, name_field, not_too_long, secret_field, without_spaces
from fablab.permissions import Role

SITUATION_LABELS = [
    ("in_school", lazy("Scolarisé")),
    ("dropped_out", lazy("Sorti de l’école")),
    ("integration", lazy("En insertion")),
]
PHOTO_LABELS = [("yes", lazy("Oui")), ("no", lazy("Non")), ("later", lazy("Pas encore demandé"))]
AUTHORISATION_LABELS = [("participation", lazy("Venir aux séances")), ("machines", lazy("Utiliser les machines"))]
#: every kind of agreement
AUTHORISATION_NAMES = dict(AUTHORISATION_LABELS) | {
    "outing": lazy("Partir en sortie"),
    "image": lazy("Être en photo"),
    "online_badge": lazy("Montrer ses badges en ligne"),
}
LINK_LABELS = [
    ("mother", lazy("Mère")),
    ("father", lazy("Père")),
    ("guardian", lazy("Autre responsable légal")),
    ("self", lazy("Le jeune lui-même")),
]
STAFF_ROLE_LABELS: list[tuple[str, Any]] = [
    (Role.FACILITATOR, lazy("Animation")),
    (Role.COORDINATOR, lazy("Coordination")),
    (Role.RECEPTION, lazy("Accueil du public")),
    (Role.STRUCTURE, lazy("Contact d’une structure")),
    (Role.REFERENT, lazy("Référent")),
    (Role.ADMINISTRATOR, lazy("Administration")),
]
_NO_PIN = lazy("Écrire le code à 6 chiffres.")
_NO_PASSWORD = lazy("Écrire le mot de passe.")


def _choices(labels: list[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels]


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def can_exist(_form: Any, field: Field) -> None:
    """A validator: an address that can exist, from now on in lower case; its domain is not asked."""
    try:
        field.data = validate_email(field.data, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise ValidationError(str(HALF_ADDRESS)) from None


def email_field(**options: Any) -> StringField:
    """An address that can exist, in lower case; its domain is not asked."""
    checks = [
        DataRequired(lazy("Écrire l’adresse e-mail.")),
        not_too_long(254),
        can_exist,
    ]
    return StringField(lazy("Adresse e-mail"), checks, **options)


class EnterForm(BaseForm):
    """A young person enters with their handle."""

    handle = StringField(
        lazy("Mon identifiant"),
        [DataRequired(lazy("J’écris mon identifiant.")), not_too_long(200)],
        description=lazy("Il est écrit sur ma carte."),
    )
    secret = PasswordField(
        lazy("Mon code à 6 chiffres"),
        [DataRequired(lazy("J’écris mon code.")), not_too_long(200)],
        filters=[without_spaces],
    )


def _after_the_sign(value: Any) -> Any:
    """A filter: a reader on a cable types the whole address of the card; its code stands after the #."""
    return value.rpartition("#")[2] if isinstance(value, str) else value


class CardForm(BaseForm):
    """A young person enters with their card: the script fills the code in, a reader types it, or a hand does."""

    code = StringField(
        lazy("Le code de ma carte"),
        [DataRequired(lazy("J’écris le code de ma carte.")), not_too_long(200)],
        description=lazy("Il est écrit en petit, sous le carré."),
        filters=[_after_the_sign],
    )
    secret = PasswordField(
        lazy("Mon code à 6 chiffres"),
        [DataRequired(lazy("J’écris mon code.")), not_too_long(200)],
        filters=[without_spaces],
    )


class TeamEnterForm(BaseForm):
    """Somebody of the team enters."""

    email = StringField(
        lazy("Adresse e-mail"),
        [DataRequired(lazy("Écrire l’adresse e-mail.")), not_too_long(254)],
    )
    secret = secret_field(lazy("Mot de passe"), missing=_NO_PASSWORD)


class _NewPin(BaseForm):
    pin = PasswordField(lazy("Nouveau code à 6 chiffres"), [DataRequired(_NO_PIN)], filters=[without_spaces])
    pin_again = PasswordField(lazy("Le même code, encore"), [DataRequired(_NO_PIN)], filters=[without_spaces])

    def validate_pin_again(self, field: Field) -> None:
        """Both must be the same."""
        _same(self, "pin", field)


class RenewPinForm(_NewPin):
    """The desk writes a PIN chosen with the young person; the card lost with it is made again in the same act."""

    new_card = BooleanField(lazy("La carte est perdue aussi\u00a0: en faire une nouvelle"))


class ChangePinForm(_NewPin):
    """A young person changes their PIN."""

    secret = PasswordField(
        lazy("Mon code d’aujourd’hui"), [DataRequired(lazy("J’écris mon code."))], filters=[without_spaces]
    )


class ChoosePasswordForm(BaseForm):
    """Somebody new in the team chooses a password."""

    password = secret_field(lazy("Nouveau mot de passe"), missing=_NO_PASSWORD)
    password_again = secret_field(lazy("Le même, encore"), missing=_NO_PASSWORD)

    def validate_password_again(self, field: Field) -> None:
        """Both must be the same."""
        _same(self, "password", field)


class JoinForm(ChoosePasswordForm):
    """Somebody invited says who they are and chooses a password."""

    first_name = name_field(lazy("Prénom"))
    last_name = name_field(lazy("Nom"))


class ChangePasswordForm(ChoosePasswordForm):
    """Somebody of the team changes their password."""

    secret = secret_field(lazy("Mot de passe actuel"), missing=_NO_PASSWORD)


class NewYoungPersonForm(BaseForm):
    """The short form at the desk."""

    key = HiddenField(validators=[DataRequired(), Length(min=16, max=40)])
    not_alike = HiddenField()
    first_name = name_field(lazy("Prénom"))
    last_name = name_field(lazy("Nom"))
    birth = DayField(lazy("Date de naissance"))
    situation = RadioField(
        lazy("Situation"), [DataRequired(lazy("Choisir une situation."))], choices=_choices(SITUATION_LABELS)
    )
    photos = RadioField(
        lazy("Photos : est-ce que le jeune est d’accord\u00a0?"),
        [DataRequired(CHOOSE_ANSWER)],
        choices=_choices(PHOTO_LABELS),
        default="later",
    )
    pin = secret_field(lazy("Code à 6 chiffres"), missing=_NO_PIN, keep=True)
    pin_again = secret_field(lazy("Le même code, encore"), missing=_NO_PIN, keep=True)

    def validate_pin_again(self, field: Field) -> None:
        """Both must be the same."""
        _same(self, "pin", field)

    @property
    def photos_allowed(self) -> bool | None:
        """The choice said at the desk; None: not asked yet."""
        answers: dict[str, bool] = {"yes": True, "no": False}
        return answers.get(self.photos.data)


class AuthorisationForm(BaseForm):
    """An authorisation seen on paper."""

    kind = RadioField(
        lazy("Autorisation"),
        [DataRequired(lazy("Choisir ce qui est autorisé."))],
        choices=_choices(list(AUTHORISATION_NAMES.items())),
    )
    signer_name = name_field(lazy("Qui a signé"))
    signer_link = RadioField(lazy("Lien"), [DataRequired(lazy("Choisir le lien."))], choices=_choices(LINK_LABELS))
    signed_on = DateBox(lazy("Signée le"), [InputRequired(lazy("Écrire la date de signature."))])
    valid_until = DateBox(
        lazy("Dernier jour"), [Optional()], description=lazy("Vide : jusqu’à son retrait. Photos : deux ans au plus.")
    )


class StaffForm(BaseForm):
    """An invitation into the team."""

    email = email_field(description=lazy("Un lien y part : la personne écrit son nom et choisit son mot de passe."))
    roles = MultiCheckboxField(
        lazy("Rôles"), [DataRequired(lazy("Choisir au moins un rôle."))], choices=_choices(STAFF_ROLE_LABELS)
    )


class RolesForm(BaseForm):
    """The roles that somebody of the team holds."""

    roles = MultiCheckboxField(
        lazy("Rôles"), [DataRequired(lazy("Choisir au moins un rôle."))], choices=_choices(STAFF_ROLE_LABELS)
    )


class SearchForm(BaseForm):
    """What was typed to find a person."""

    q = StringField(lazy("Prénom, nom ou identifiant"), description=lazy("3 lettres au moins, avec ou sans accents."))


def _same(form: Any, first: str, field: Field) -> None:
    if field.data != form[first].data:
        raise ValidationError(_("Les deux ne sont pas pareils : écrire encore."))
