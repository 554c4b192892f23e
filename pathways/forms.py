"""The forms of training: they check shape; rules and actions check truth. Choices are handed in."""

from collections.abc import Iterable, Sequence

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox

#: values and labels
Choices = Sequence[tuple[str, str]]


class HourBox(TimeField):  # type: ignore[misc]  # wtforms has no types
    """The browser's own field for an hour, with a fault said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour; raises ValueError with what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Écrire une heure, par exemple 13:30.")) from None


def _short(most: int) -> Length:
    return Length(max=most, message=lazy("%(max)d lettres au plus."))


class GroupForm(BaseForm):
    """Opening a group."""

    pathway = RadioField(lazy("Parcours"), [InputRequired(lazy("Choisir un parcours."))])
    name = StringField(
        lazy("Nom du groupe"),
        [InputRequired(lazy("Donner un nom, par exemple «\u00a0Rebond 5\u00a0».")), _short(80)],
        description=lazy("Par exemple «\u00a0Rebond 5\u00a0»."),
    )
    starts_on = DateBox(lazy("Premier jour"), [InputRequired(lazy("Choisir un jour qui existe."))])

    def offer(self, pathways: Choices) -> None:
        """Show the pathways that may be chosen."""
        self.pathway.choices = [SelectChoice(*one) for one in pathways]


class EnrolForm(BaseForm):
    """Finding somebody and enrolling them; the reason is asked only when a rule may be overridden."""

    who = StringField(
        lazy("Nom ou identifiant"),
        [InputRequired(lazy("Écrire un nom ou un identifiant.")), _short(80)],
        description=lazy("Trois lettres au moins, ou «\u00a0renard-42\u00a0»."),
    )
    person = HiddenField()
    reason = StringField(lazy("Motif de l’exception"), [Optional(), _short(300)])


class SessionForm(BaseForm):
    """Planning a session: its first part in the Fablab or elsewhere, and perhaps a second one."""

    title = StringField(lazy("Ce qu’on y fait"), [InputRequired(lazy("Dire en quelques mots.")), _short(160)])
    stage = SelectField(lazy("Étape"), [InputRequired(lazy("Choisir une étape."))])
    day = DateBox(lazy("Jour"), [InputRequired(lazy("Choisir un jour qui existe."))])
    starts = HourBox(lazy("Début"), [InputRequired(lazy("Écrire une heure, par exemple 13:30."))])
    ends = HourBox(lazy("Fin"), [InputRequired(lazy("Écrire une heure, par exemple 16:30."))])
    place = RadioField(
        lazy("Où\u00a0?"),
        [InputRequired(lazy("Choisir un lieu."))],
        choices=[SelectChoice("fablab", lazy("Au Fablab")), SelectChoice("elsewhere", lazy("Ailleurs"))],
        default="fablab",
    )
    elsewhere = StringField(lazy("Lieu, si c’est ailleurs"), [_short(120)])
    machines = SelectMultipleField(lazy("Machines"), [Optional()], coerce=int)
    second_starts = HourBox(lazy("Début de la deuxième partie"), [Optional()])
    second_elsewhere = StringField(lazy("Lieu de la deuxième partie"), [Optional(), _short(120)])
    override = StringField(lazy("Motif de l’exception"), [Optional(), _short(300)])
    leads = SelectMultipleField(lazy("Animée par"), [InputRequired(lazy("Choisir au moins une personne."))], coerce=int)

    def offer(self, stages: Choices, machines: Iterable[tuple[int, str]], team: Iterable[tuple[int, str]]) -> None:
        """Show the stages, the machines and the facilitators that may be chosen."""
        self.stage.choices = [SelectChoice(*one) for one in stages]
        self.machines.choices = [SelectChoice(*one) for one in machines]
        self.leads.choices = [SelectChoice(*one) for one in team]

    def validate_ends(self, field: HourBox) -> None:
        """A session ends after it has begun."""
        if self.starts.data and field.data and field.data <= self.starts.data:
            raise ValidationError(lazy("La fin vient après le début."))

    def validate_elsewhere(self, field: StringField) -> None:
        """A session elsewhere says where."""
        if self.place.data == "elsewhere" and not field.data:
            raise ValidationError(lazy("Écrire le lieu."))

    def validate_second_starts(self, field: HourBox) -> None:
        """A second part begins inside the session."""
        if field.data is None:
            return
        if self.starts.data and self.ends.data and not self.starts.data < field.data < self.ends.data:
            raise ValidationError(lazy("La deuxième partie commence entre le début et la fin."))


class ReasonForm(BaseForm):
    """Why something is taken back."""

    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(lazy("Écrire pourquoi.")), _short(300)],
        description=lazy("Le jeune le lira. Parler du geste, jamais de la personne."),
    )


class MoveForm(BaseForm):
    """Another day and hour for a session; it keeps its length, its places and its machines."""

    day = DateBox(lazy("Jour"), [InputRequired(lazy("Choisir un jour qui existe."))])
    starts = HourBox(lazy("Début"), [InputRequired(lazy("Écrire une heure, par exemple 13:30."))])


class CorrectForm(BaseForm):
    """The level that a validation really was, and why."""

    level = SelectField(lazy("Niveau réel"), [InputRequired(lazy("Choisir un niveau."))])
    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(lazy("Écrire pourquoi.")), Length(max=300)],
        description=lazy("Parler du geste, jamais de la personne."),
    )

    def offer(self, levels: Choices) -> None:
        """Show the scale."""
        self.level.choices = list(levels)


class CancelForm(BaseForm):
    """Why a session is cancelled."""

    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(lazy("Écrire pourquoi.")), _short(300)],
        description=lazy("Tout le groupe le lira."),
    )


class RightForm(BaseForm):
    """The right to validate for a badge, from a day to another."""

    person = SelectField(lazy("Personne"), [InputRequired(lazy("Choisir une personne."))], coerce=int)
    badge = SelectField(lazy("Badge"), [InputRequired(lazy("Choisir un badge."))], coerce=int)
    since = DateBox(lazy("À partir du"), [InputRequired(lazy("Choisir un jour qui existe."))])
    until = DateBox(lazy("Jusqu’au"), [Optional()], description=lazy("Dernier jour compris."))

    def offer(self, team: Iterable[tuple[int, str]], badges: Iterable[tuple[int, str]]) -> None:
        """Show the facilitators and the badges that may be chosen."""
        self.person.choices = [SelectChoice(*one) for one in team]
        self.badge.choices = [SelectChoice(*one) for one in badges]
