"""Forms that complete a young person's account. Nothing of what the house refuses to know can be typed in them."""

import re
from typing import Any

from wtforms import Field, Form, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from fablab.form_words import CHOOSE_ANSWER
from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox
from fablab.people.forms import SITUATION_LABELS, email_field
from fablab.people.forms_telling import address_field
from fablab.people.names import is_a_name

CONTACT_LINKS: list[tuple[str, Any]] = [
    ("mother", lazy("Mère")),
    ("father", lazy("Père")),
    ("guardian", lazy("Autre responsable légal")),
    ("family", lazy("Famille")),
    ("partner", lazy("Conjoint")),
    ("educator", lazy("Éducateur")),
    ("friend", lazy("Proche")),
]
GUARDIAN_LINKS = CONTACT_LINKS[:3]
GENDER_LABELS: list[tuple[str, Any]] = [
    ("female", lazy("Féminin")),
    ("male", lazy("Masculin")),
    ("other", lazy("Autre")),
    ("no_answer", lazy("Ne répond pas")),
]
DISTRICT_LABELS: list[tuple[str, Any]] = [("yes", lazy("Oui")), ("no", lazy("Non")), ("unknown", lazy("Ne sait pas"))]
_PHONE = re.compile(r"\+?\d{10,14}")
#: how an address begins where a town is asked
_STREET = re.compile(r"(rue|avenue|boulevard|chemin|impasse|allée|route|quai)\s+(d[eu’']|des|l[ae’']|les)", re.I)
#: thirteen figures or more are a social security number, never a reference of ours
_REFERENCE = re.compile(r"(?!(?:\D*\d){13})[A-Za-z0-9][A-Za-z0-9 ./-]{2,39}")


def _bare_phone(value: Any) -> Any:
    return re.sub(r"[\s.()-]", "", value) if isinstance(value, str) else value


def _is_a_phone(_form: Form, field: Field) -> None:
    if field.data and not _PHONE.fullmatch(field.data):
        raise ValidationError(_("Écrire un numéro de téléphone, par exemple 06 12 34 56 78."))


def _is_letters(_form: Form, field: Field) -> None:
    if field.data and not is_a_name(field.data):
        raise ValidationError(_("Des lettres seulement, sans chiffre."))


def _is_no_street(_form: Form, field: Field) -> None:
    if field.data and _STREET.match(field.data):
        raise ValidationError(_("La commune seulement, sans la rue."))


def _is_a_reference(_form: Form, field: Field) -> None:
    if field.data and not _REFERENCE.fullmatch(field.data):
        raise ValidationError(_("Écrire la référence de la déclaration\u00a0: lettres, chiffres, tirets, 40 au plus."))


def _or_none(value: Any) -> Any:
    return value or None


def _phone(label: Any) -> StringField:
    return StringField(label, [Optional(), _is_a_phone], filters=[_bare_phone, _or_none])


def _name(label: Any) -> StringField:
    too_long = Length(max=80)
    return StringField(label, [Optional(), too_long, _is_letters], filters=[_or_none])


def _link(labels: list[tuple[str, Any]]) -> SelectField:
    choices = [SelectChoice("", "—"), *(SelectChoice(*one) for one in labels)]
    return SelectField(lazy("Lien"), [Optional()], choices=choices)


class ContactsForm(BaseForm):
    """Phone, situation, whom to call; the guardian is asked for minors only."""

    phone = _phone(lazy("Téléphone du jeune"))
    letters_to = address_field(lazy("Adresse e-mail du jeune"))
    situation = RadioField(
        lazy("Situation"),
        [DataRequired(lazy("Choisir une situation."))],
        choices=[SelectChoice(*one) for one in SITUATION_LABELS],
    )
    emergency_name = _name(lazy("Qui appeler en cas d’urgence"))
    emergency_link = _link(CONTACT_LINKS)
    emergency_phone = _phone(lazy("Téléphone"))
    guardian_name = _name(lazy("Responsable légal"))
    guardian_link = _link(GUARDIAN_LINKS)
    guardian_phone = _phone(lazy("Téléphone"))

    def without_guardian(self) -> None:
        """For an adult: nobody else answers for them."""
        del self.guardian_name, self.guardian_link, self.guardian_phone

    def validate_emergency_name(self, _field: Field) -> None:
        """Name, link and phone come together."""
        self._check_whole("emergency")

    def validate_guardian_name(self, _field: Field) -> None:
        """Name, link and phone come together."""
        self._check_whole("guardian")

    def _check_whole(self, kind: str) -> None:
        told = [bool(self[f"{kind}_{part}"].data) for part in ("name", "link", "phone")]
        if any(told) and not all(told):
            raise ValidationError(_("Écrire le nom, le lien et le téléphone, ou rien."))


class FollowUpForm(BaseForm):
    """What funders ask, told by the young person, and who sent them."""

    gender = RadioField(lazy("Genre"), [Optional()], choices=[SelectChoice(*one) for one in GENDER_LABELS])
    priority_district = RadioField(
        lazy("Habite un quartier prioritaire"), [Optional()], choices=[SelectChoice(*one) for one in DISTRICT_LABELS]
    )
    commune = StringField(
        lazy("Commune"),
        [Optional(), Length(max=80), _is_letters, _is_no_street],
        filters=[_or_none],
        description=lazy("La commune seulement, jamais l’adresse."),
    )
    structure = SelectField(lazy("Structure qui a orienté"), [Optional()])

    def offer(self, structures: list[tuple[str, str]]) -> None:
        """Say which organisations may be chosen: public ids and names."""
        self.structure.choices = [SelectChoice("", lazy("Aucune")), *(SelectChoice(*one) for one in structures)]


class TraineeForm(BaseForm):
    """A vocational trainee and, for a minor, the derogation for regulated work."""

    trainee = RadioField(
        lazy("Stagiaire de la formation professionnelle"),
        [DataRequired(CHOOSE_ANSWER)],
        choices=[SelectChoice("yes", lazy("Oui")), SelectChoice("no", lazy("Non"))],
    )
    reference = StringField(lazy("Référence de la dérogation"), [Optional(), _is_a_reference], filters=[_or_none])
    derogation_until = DateBox(lazy("Dernier jour de la dérogation"), [Optional()])
    medical_opinion_on = DateBox(
        lazy("Date de l’avis médical"), [Optional()], description=lazy("La date seulement, jamais ce qu’il dit.")
    )


class ReferentForm(BaseForm):
    """Who will follow a young person from outside."""

    email = email_field(description=lazy("Une adresse nouvelle reçoit un lien, valable 7 jours."))
    structure = SelectField(lazy("Sa structure"), [Optional()])
    last_day = DateBox(lazy("Dernier jour du suivi"), [Optional()], description=lazy("Vide : jusqu’à sa fin."))

    def offer(self, structures: list[tuple[str, str]]) -> None:
        """Say which organisations may be chosen: public ids and names."""
        self.structure.choices = [SelectChoice("", lazy("Aucune")), *(SelectChoice(*one) for one in structures)]
