"""Forms of looking after machines, and of their log."""

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from fablab.form_words import CHOOSE_DAY, LONG, NO_NAMES
from fablab.forms import BaseForm, about_the_act, french_choices, real_words
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from machines.forms_training import CheckboxesField
from machines.values_care import NAME_LENGTH, WORDS_LENGTH, CareWish, Rhythm
from pathways.forms_drafts import lines, number

_KEY = Regexp(r"^[0-9a-f]{32}\Z")
_LONG = Length(max=WORDS_LENGTH, message=LONG)


class PlanCareForm(BaseForm):
    """Something to do on a machine again and again: its name, its steps, how often."""

    name = StringField(
        lazy("Quoi"),
        [InputRequired(lazy("Écrire ce qu’il faut faire.")), Length(max=NAME_LENGTH), about_the_act],
        description=lazy("Par exemple «\u00a0Nettoyer les lentilles\u00a0»."),
    )
    steps = lines(lazy("Les étapes"))
    every_days = number(lazy("Tous les combien de jours"), 1, 1100, needed=False)
    every_hours = number(
        lazy("Toutes les combien d’heures de marche"),
        1,
        5000,
        needed=False,
        description=lazy("Les deux écrits\u00a0: le premier qui arrive."),
    )
    last_on = DateBox(
        lazy("Fait la dernière fois le"),
        [Optional()],
        description=lazy("Vide\u00a0: on compte à partir d’aujourd’hui."),
    )

    @property
    def wish(self) -> CareWish:
        """What is wanted; only after validation."""
        rhythm = Rhythm(self.every_days.data, self.every_hours.data)
        return CareWish(self.name.data, tuple(self.steps.data), rhythm, self.last_on.data)


class DoCareForm(BaseForm):
    """Something planned was done: every step ticked, a word where there is one to say."""

    key = HiddenField(validators=[_KEY])
    ticked = CheckboxesField(lazy("Ce qui est fait"))
    words = TextAreaField(lazy("Une remarque"), [Optional(), _LONG, about_the_act])

    def offer(self, steps: list[str]) -> None:
        """Say which steps there are."""
        self.ticked.choices = french_choices((step, step) for step in steps)


class CloseForCareForm(BaseForm):
    """Until what day the machine stops."""

    until = DateBox(lazy("Jusqu’au"), [InputRequired(CHOOSE_DAY)], description=lazy("Ce jour compris."))


class LogForm(BaseForm):
    """A word about a machine, for its log."""

    key = HiddenField(validators=[_KEY])
    words = TextAreaField(
        lazy("Ce qui a été fait ou vu"),
        [InputRequired(lazy("Écrire ce qui a été fait ou vu.")), _LONG, real_words, about_the_act],
        description=NO_NAMES,
    )
