"""The form of where somebody stands after a pathway."""

from collections.abc import Sequence

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from fablab.forms import BaseForm
from fablab.i18n import in_french, lazy
from fablab.people.fields import DateBox
from pathways.values_exits import Step


class ExitForm(BaseForm):
    """At which step, which situation, on which day."""

    key = HiddenField(validators=[Length(max=64)])
    step = RadioField(lazy("Moment"), [InputRequired(lazy("Choisissez le moment."))], validate_choice=False)
    situation = RadioField(
        lazy("Sa situation"), [InputRequired(lazy("Choisissez une situation de la liste."))], validate_choice=False
    )
    told_on = DateBox(lazy("C’était vrai le"), [InputRequired(lazy("Écrivez le jour."))])

    def offer(self, steps: Sequence[Step], situations: Sequence[tuple[str, str]]) -> None:
        """What may be chosen: the steps that are due, the situations of the house by code and words."""
        self.step.choices = [SelectChoice(one.code, in_french(one.label.capitalize())) for one in steps]
        self.situation.choices = [SelectChoice(code, in_french(words)) for code, words in situations]
