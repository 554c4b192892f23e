"""Forms of beginning and ending at a machine: they check shape; rules and actions check truth."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from wtforms import Field, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from bookings.forms import HourField
from fablab.form_words import (
    AT_MOST_300,
    CHOOSE_ANSWER,
    CHOOSE_HOUR,
    HANDLE_OR_NAME,
    TOO_OLD,
    WRITE_REASON_SHORTLY,
    WRITE_WHO,
)
from fablab.forms import BaseForm, about_the_act, french_choices, real_words
from fablab.i18n import _, lazy, say_hour, say_length
from machines.forms import ListField
from machines.forms_training import OTHER, CheckboxesField
from machines.values_supplies import MOST, Counted
from machines.values_use import Handling, Left, Start
from pathways.forms_drafts import number

STATES = {
    "fine": lazy("Propre et rangée"),
    "mess": lazy("À nettoyer ou à ranger"),
    "fault": lazy("Quelque chose ne marche pas"),
}
_SHORT = Length(max=120, message=lazy("120 caractères au plus."))


class StartForm(BaseForm):
    """What is said as somebody begins; the choices are those of the machine, and what it does not ask is left out."""

    material = RadioField(lazy("Matière"), [InputRequired(lazy("Choisir la matière."))])
    other = StringField(lazy("Si c’est autre chose"), [Optional(), _SHORT])
    protections = CheckboxesField(lazy("Protections portées"))
    checks = CheckboxesField(lazy("Vérifié"))

    def offer(self, handling: Handling) -> None:
        """Say what the machine asks."""
        if handling.allowed:
            others = ((OTHER, lazy("Autre chose")),)
            self.material.choices = [*french_choices(_alike(handling.allowed)), *(SelectChoice(*one) for one in others)]
        else:
            del self.material, self.other
        for field, asked in (("protections", handling.protections), ("checks", handling.checks)):
            if asked:
                self[field].choices = french_choices(_alike(asked))
            else:
                delattr(self, field)

    def validate_other(self, field: Field) -> None:
        """Which one, when it is none of the list."""
        if self.material.data == OTHER and not field.data:
            raise ValidationError(_("Écrire laquelle."))

    @property
    def start(self) -> Start:
        """What was said; only after validation."""
        said = self.data
        material = said.get("other") if said.get("material") == OTHER else said.get("material")
        return Start(material, tuple(said.get("protections") or ()), tuple(said.get("checks") or ()))


class NowForm(StartForm):
    """Beginning at once: for how long, then what the machine asks."""

    minutes = ListField(lazy("Durée"), coerce=int)
    key = HiddenField(validators=[InputRequired(TOO_OLD), Length(max=60)])

    def offer_lengths(self, lengths: Sequence[int]) -> None:
        """Say how long a use may last."""
        self.minutes.choices = [SelectChoice(minutes, say_length(minutes)) for minutes in lengths]


class NowForForm(NowForm):
    """Beginning at once for somebody, found by identifier or name; ``chosen`` when several answer to it."""

    person = StringField(
        lazy("Pour qui"),
        [InputRequired(WRITE_WHO), Length(max=80, message=lazy("80 lettres au plus."))],
        description=HANDLE_OR_NAME,
    )
    chosen = StringField(validators=[Length(max=40)])


class LongerForm(BaseForm):
    """Going on longer: until when."""

    until = RadioField(lazy("Jusqu’à quand"), [InputRequired(CHOOSE_HOUR)])

    def offer(self, ends: Sequence[datetime]) -> None:
        """Say until when it may go on."""
        self.until.choices = [SelectChoice(one.isoformat(), say_hour(one)) for one in ends]

    @property
    def end(self) -> datetime:
        """The end chosen (UTC); only after validation."""
        return datetime.fromisoformat(self.until.data)


class EndForm(BaseForm):
    """How the machine is left."""

    state = RadioField(
        lazy("Comment est la machine"),
        [InputRequired(CHOOSE_ANSWER)],
        choices=[SelectChoice(*one) for one in STATES.items()],
        description=lazy("Si quelque chose ne marche pas, l’équipe le voit et vérifie."),
    )
    remark = StringField(
        lazy("Ce qui ne va pas"),
        [Optional(), Length(max=300, message=AT_MOST_300), about_the_act],
        description=lazy("En un mot, si quelque chose est à ranger ou ne marche pas."),
    )
    quantity = number(lazy("Combien"), 1, MOST, needed=False)
    material_used = StringField(
        lazy("Matière utilisée"), [Optional(), _SHORT], description=lazy("Par exemple\u00a0: une demi-plaque, 40 g.")
    )

    def offer(self, counted: Counted | None) -> None:
        """Ask how much of a material that is counted; None: none is."""
        if counted is None:
            del self.quantity
        else:
            words = _("Combien de «\u00a0%(name)s\u00a0», en %(unit)s", name=counted.name, unit=counted.unit)
            self.quantity.label.text = words

    @property
    def left(self) -> Left:
        """What was said; only after validation."""
        how_much = self.quantity.data if self.quantity else None
        return Left(self.state.data, self.material_used.data or None, self.remark.data or None, how_much)


class LateEndForm(EndForm):
    """The end of a use that nobody said, written afterwards."""

    hour = HourField(lazy("Finie à"), [InputRequired(CHOOSE_HOUR)])
    reason = StringField(
        lazy("Pourquoi c’est écrit maintenant"),
        [
            InputRequired(WRITE_REASON_SHORTLY),
            Length(max=300, message=AT_MOST_300),
            real_words,
            about_the_act,
        ],
    )

    @property
    def ended_at(self) -> time:
        """The hour chosen, in wall time; only after validation."""
        chosen: time = self.hour.data
        return chosen


def _alike(names: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(name, name) for name in names]
