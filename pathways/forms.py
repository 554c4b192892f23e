"""The forms of training: they check shape; rules and actions check truth. Choices are handed in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
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

from fablab.form_words import CHOOSE_PEOPLE, CHOOSE_PERSON, CHOOSE_REAL_DAY, ENDS_FIRST, WRITE_HOUR, WRITE_WHY
from fablab.forms import BaseForm, about_the_act, french_choices, real_words
from fablab.i18n import _, lazy
from fablab.people.fields import DateBox
from fablab.reasons import Why

#: values and labels
Choices = Sequence[tuple[str, str]]


class HourBox(TimeField):  # type: ignore[misc]  # wtforms has no types
    """The browser's own field for an hour, with a fault said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour; raises ValueError with what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(WRITE_HOUR)) from None


class GroupForm(BaseForm):
    """Opening a group."""

    pathway = RadioField(lazy("Parcours"), [InputRequired(lazy("Choisir un parcours."))])
    name = StringField(
        lazy("Nom du groupe"),
        [InputRequired(lazy("Donner un nom, par exemple «\u00a0Rebond 5\u00a0».")), Length(max=80)],
        description=lazy("Par exemple «\u00a0Rebond 5\u00a0»."),
    )
    starts_on = DateBox(lazy("Premier jour"), [InputRequired(CHOOSE_REAL_DAY)])

    def offer(self, pathways: Choices) -> None:
        """Show the pathways that may be chosen."""
        self.pathway.choices = [SelectChoice(*one) for one in pathways]


EXCEPTION_WORDS = {
    "prescriber": lazy("Demande de l’organisme qui l’oriente"),
    "birthday": lazy("Bientôt dans l’âge prévu"),
    "situation_changes": lazy("Sa situation est en train de changer"),
    "with_group": lazy("Avec son groupe ou sa fratrie"),
    "second_chance": lazy("Reprend un parcours commencé ailleurs"),
    "team": lazy("Décidé en réunion d’équipe"),
}


def exception_box() -> SelectField:
    """Why somebody enters outside age or situation: a word of the list, never a story."""
    words = [SelectChoice(*one) for one in (("", lazy("Aucun")), *EXCEPTION_WORDS.items())]
    return SelectField(lazy("Motif de l’exception"), [Optional()], choices=words)


class EnrolForm(BaseForm):
    """Finding somebody and enrolling them; the reason is asked only when a rule may be overridden."""

    who = StringField(
        lazy("Nom ou identifiant"),
        [InputRequired(lazy("Écrire un nom ou un identifiant.")), Length(max=80)],
        description=lazy("Trois lettres au moins, ou «\u00a0renard-42\u00a0»."),
    )
    reason = exception_box()


class AdmitForm(BaseForm):
    """Enrolling somebody who was referred."""

    reason = exception_box()


LEAVING_WORDS = {
    "dropped": lazy("Abandon"),
    "interrupted": lazy("Interruption"),
    "redirected": lazy("Réorientation vers un autre parcours"),
    "moved_away": lazy("Déménagement"),
}


class LeaveForm(BaseForm):
    """How a pathway ends before its end."""

    status = RadioField(
        lazy("Comment le parcours se termine"),
        [InputRequired(lazy("Choisir comment le parcours se termine."))],
        choices=[SelectChoice(word, label) for word, label in LEAVING_WORDS.items()],
        description=lazy("La raison personnelle ne s’écrit nulle part."),
    )
    to = SelectField(lazy("Vers quel parcours, si c’est une réorientation"), [Optional()])

    def offer(self, pathways: Choices) -> None:
        """Show the pathways to which somebody may be redirected."""
        self.to.choices = [SelectChoice(*one) for one in (("", _("Aucun")), *pathways)]


class PartForm(BaseForm):
    """A further part of a session: it begins when the one before ends, in the Fablab unless a place is written."""

    class Meta(BaseForm.Meta):
        """The form around it carries the token."""

        csrf = False

    starts = HourBox(lazy("Début de cette partie"), [InputRequired(WRITE_HOUR)])
    elsewhere = StringField(lazy("Lieu, si c’est ailleurs"), [Optional(), Length(max=120)])
    machines = SelectMultipleField(lazy("Machines"), [Optional()], coerce=int)


class Rows(FieldList):  # type: ignore[misc]  # wtforms has no types
    """Rows of a form. Theirs reads as a number whatever says it is a digit, and then fails on «²»."""

    def _extract_indices(self, prefix: str, formdata: Mapping[str, Any]) -> Iterator[int]:
        return (row for row in range(self.max_entries) if any(name.startswith(f"{prefix}-{row}-") for name in formdata))


class SessionForm(BaseForm):
    """Planning a session: its first part in the Fablab or elsewhere, and further ones if it has any."""

    key = HiddenField(validators=[Optional(), Length(max=60)])
    title = StringField(lazy("Ce qu’on y fait"), [InputRequired(lazy("Dire en quelques mots.")), Length(max=160)])
    stage = SelectField(lazy("Étape"), [InputRequired(lazy("Choisir une étape."))])
    day = DateBox(lazy("Jour"), [InputRequired(CHOOSE_REAL_DAY)])
    starts = HourBox(lazy("Début"), [InputRequired(WRITE_HOUR)])
    ends = HourBox(lazy("Fin"), [InputRequired(lazy("Écrire une heure, par exemple 16:30."))])
    place = RadioField(
        lazy("Où\u00a0?"),
        [InputRequired(lazy("Choisir un lieu."))],
        choices=[SelectChoice("fablab", lazy("À l’atelier")), SelectChoice("elsewhere", lazy("Ailleurs"))],
        default="fablab",
    )
    elsewhere = StringField(lazy("Lieu, si c’est ailleurs"), [Length(max=120)])
    machines = SelectMultipleField(lazy("Machines"), [Optional()], coerce=int)
    more = Rows(FormField(PartForm), max_entries=5)
    override = StringField(lazy("Motif de l’exception"), [Optional(), Length(max=300), real_words, about_the_act])
    leads = SelectMultipleField(lazy("Animée par"), [InputRequired(CHOOSE_PEOPLE)], coerce=int)

    def offer(self, stages: Choices, machines: Iterable[tuple[int, str]], team: Iterable[tuple[int, str]]) -> None:
        """Show the stages, the machines and the facilitators that may be chosen."""
        self.stage.choices = french_choices(stages)
        self.machines.choices = french_choices(machines)
        self.leads.choices = [SelectChoice(*one) for one in team]
        for part in self.more:
            part.machines.choices = self.machines.choices

    @property
    def full(self) -> bool:
        """Whether no further part may be added."""
        return bool(len(self.more) >= self.more.max_entries)

    def add_part(self) -> None:
        """One more part, with the machines of the one before; nothing when there are enough."""
        if self.full:
            return
        before = self.more[-1].machines if len(self.more) else self.machines
        part = self.more.append_entry({"machines": before.data or []})
        part.machines.choices = self.machines.choices

    def take_part_away(self) -> None:
        """Without its last part, if it has further ones."""
        if len(self.more):
            self.more.pop_entry()

    def validate_ends(self, field: HourBox) -> None:
        """A session ends after it has begun."""
        if self.starts.data and field.data and field.data <= self.starts.data:
            raise ValidationError(ENDS_FIRST)

    def validate_elsewhere(self, field: StringField) -> None:
        """A session elsewhere says where."""
        if self.place.data == "elsewhere" and not field.data:
            raise ValidationError(lazy("Écrire le lieu."))

    def validate_more(self, field: FieldList) -> None:
        """Each further part begins after the one before, and inside the session."""
        before, end = self.starts.data, self.ends.data
        for part in field:
            start = part.starts.data
            if start and before and end and not before < start < end:
                part.starts.errors = [_("Chaque partie commence après la précédente, et avant la fin.")]
            before = start or before
        if any(part.starts.errors for part in field):
            raise ValidationError(lazy("Une heure est à corriger."))


class TakeBackForm(BaseForm):
    """Why a whole batch of validations is taken back."""

    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(WRITE_WHY), Length(max=300), real_words, about_the_act],
        description=lazy("Les jeunes le liront. Parler du geste, jamais de la personne."),
    )


class ReasonForm(BaseForm):
    """Why something is taken back."""

    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(WRITE_WHY), Length(max=300), about_the_act],
        description=lazy("Le jeune le lira. Parler du geste, jamais de la personne."),
    )


class RevokeForm(BaseForm):
    """Why a badge is taken back: in words, or because it was handed to the wrong person."""

    mistake = BooleanField(lazy("Remis par erreur, à la mauvaise personne"))
    reason = TextAreaField(
        lazy("Motif"),
        [Length(max=300), about_the_act],
        description=lazy("Le jeune le lira. Parler du geste, jamais de la personne."),
    )

    def validate_reason(self, field: Field) -> None:
        """A reason, unless it was a mistake."""
        if not self.mistake.data and not field.data:
            raise ValidationError(str(WRITE_WHY))

    @property
    def why(self) -> Why:
        """The reason as the action takes it."""
        return [{"code": "handed_by_mistake"}] if self.mistake.data else str(self.reason.data)


class MoveForm(BaseForm):
    """Another day and hour for a session; it keeps its length, its places and its machines."""

    day = DateBox(lazy("Jour"), [InputRequired(CHOOSE_REAL_DAY)])
    starts = HourBox(lazy("Début"), [InputRequired(WRITE_HOUR)])


class CorrectForm(BaseForm):
    """The level that a validation really was, and why."""

    level = SelectField(lazy("Niveau réel"), [InputRequired(lazy("Choisir un niveau."))])
    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(WRITE_WHY), Length(max=300), about_the_act],
        description=lazy("Parler du geste, jamais de la personne."),
    )

    def offer(self, levels: Choices) -> None:
        """Show the scale."""
        self.level.choices = list(levels)


class CancelForm(BaseForm):
    """Why a session is cancelled."""

    reason = TextAreaField(
        lazy("Motif"),
        [InputRequired(WRITE_WHY), Length(max=300), about_the_act],
        description=lazy("Tout le groupe le lira."),
    )


class RightForm(BaseForm):
    """The right to validate for a badge, from a day to another."""

    person = SelectField(lazy("Personne"), [InputRequired(CHOOSE_PERSON)], coerce=int)
    badge = SelectField(lazy("Badge"), [InputRequired(lazy("Choisir un badge."))], coerce=int)
    since = DateBox(lazy("À partir du"), [InputRequired(CHOOSE_REAL_DAY)])
    until = DateBox(lazy("Jusqu’au"), [Optional()], description=lazy("Dernier jour compris."))

    def offer(self, team: Iterable[tuple[int, str]], badges: Iterable[tuple[int, str]]) -> None:
        """Show the facilitators and the badges that may be chosen."""
        self.person.choices = [SelectChoice(*one) for one in team]
        self.badge.choices = french_choices(badges)
