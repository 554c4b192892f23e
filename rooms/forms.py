"""Forms of rooms: they check shape; what is true is checked by rules and actions."""

from collections.abc import Iterable

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from bookings.forms import DayHoursForm
from fablab.form_words import AT_MOST_200, AT_MOST_300, CHOOSE_REASON, SAY_FOR_WHOM, SAY_HOW_MANY, TOO_OLD
from fablab.forms import BaseForm, about_the_act, real_words
from fablab.i18n import _, lazy
from fablab.reasons import Kept
from rooms.reasons import CANCELLING, CHOICES


class _RoomForm(DayHoursForm):
    """For which organisation, how many people, which day, from when to when; the choices are handed in by the view."""

    structure = SelectField(lazy("Pour quelle structure"), [InputRequired(SAY_FOR_WHOM)])
    people = IntegerField(
        lazy("Combien de personnes"),
        [InputRequired(SAY_HOW_MANY), NumberRange(1, 1000)],
    )

    def offer(self, structures: Iterable[tuple[str, str]]) -> None:
        """Say which organisations one may ask for: values and names; of several, none is chosen beforehand."""
        found = [SelectChoice(value, name) for value, name in structures]
        self.structure.choices = found if len(found) == 1 else [SelectChoice("", _("Choisir")), *found]


class FindForm(_RoomForm):
    """A search by need: an address that can be kept; nothing is written."""

    class Meta(BaseForm.Meta):
        """Sent by GET: no token."""

        csrf = False

    equipment = SelectField(lazy("Il faut aussi"), [Optional()])
    step_free = BooleanField(lazy("Accessible en fauteuil roulant"))

    def offer_equipment(self, things: Iterable[str]) -> None:
        """Say what rooms have."""
        self.equipment.choices = [SelectChoice("", _("rien de plus")), *(SelectChoice(one, one) for one in things)]


class LendForm(_RoomForm):
    """A room asked for; a written reason passes the soft rules, for whoever may."""

    purpose = StringField(
        lazy("Pour quoi faire"),
        [Optional(), Length(max=200, message=AT_MOST_200)],
        description=lazy("Par exemple : assemblée générale, répétition."),
    )
    override = StringField(
        lazy("Raison de passer outre"),
        [Optional(), Length(max=300, message=AT_MOST_300), real_words, about_the_act],
        description=lazy("Pour le délai, la durée ou l’assurance. Jamais la jauge."),
    )
    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])
    agreed = HiddenField(validators=[Optional(), Length(max=9)])

    @property
    def agreed_cents(self) -> int:
        """The amount that was shown and sent again, in cents; 0: none was."""
        said = self.agreed.data or ""
        return int(said) if said.isascii() and said.isdigit() else 0


class AnswerForm(BaseForm):
    """Requests ticked, and yes or no to them; no with a reason of the list."""

    chosen = SelectMultipleField(lazy("Demandes"), [InputRequired(lazy("Cocher au moins une demande."))])
    answer = StringField(validators=[AnyOf(("yes", "no"))])
    reason = SelectField(
        lazy("Pourquoi refuser"),
        default="",
        choices=[SelectChoice("", lazy("Choisir")), *(SelectChoice(*one) for one in CHOICES.items())],
    )

    def offer(self, requests: Iterable[str]) -> None:
        """Say which requests there are, by their ids."""
        self.chosen.choices = [SelectChoice(one, one) for one in requests]

    def validate_reason(self, field: SelectField) -> None:
        """A refusal says why."""
        if self.answer.data == "no" and not field.data:
            raise ValidationError(_("Choisir une raison\u00a0: la structure la lira."))

    @property
    def why(self) -> list[Kept]:
        """The reason as it is kept: each reader reads it in their language."""
        return [{"code": self.reason.data}]


class CancelRoomForm(BaseForm):
    """The house takes back a room that was granted, for a reason of the list."""

    reason = RadioField(
        lazy("Pourquoi"),
        [InputRequired(CHOOSE_REASON)],
        choices=[SelectChoice(*one) for one in CANCELLING.items()],
    )

    @property
    def why(self) -> list[Kept]:
        """The reason as it is kept: each reader reads it in their language."""
        return [{"code": self.reason.data}]


class ShrinkForm(DayHoursForm):
    """A part of a booking that is kept, and how many still come."""

    people = IntegerField(
        lazy("Combien de personnes"),
        [InputRequired(SAY_HOW_MANY), NumberRange(1, 1000)],
    )


class ChangeForm(ShrinkForm):
    """Another room, another time; a written reason passes the soft rules, for whoever may."""

    room = SelectField(lazy("Salle"), [InputRequired(lazy("Choisir une salle."))])
    override = StringField(
        lazy("Raison de passer outre"),
        [Optional(), Length(max=300, message=AT_MOST_300), real_words, about_the_act],
        description=lazy("Pour la durée ou l’assurance. Jamais la jauge."),
    )

    def offer(self, rooms: Iterable[tuple[str, str]]) -> None:
        """Say which rooms there are: codes and names."""
        self.room.choices = [SelectChoice(code, name) for code, name in rooms]


class EmptyForm(BaseForm):
    """A button: nothing to fill in but the token against forgery."""
