"""The form of a call to somebody who no longer comes."""

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import DateBox
from pathways.words_outreach import CHOOSE_OUTCOME, OUTCOME_WORDS


class CallForm(BaseForm):
    """What came of the call, and until when nobody needs to call again."""

    key = HiddenField(validators=[Length(max=64)])
    outcome = RadioField(
        lazy("Ce qui s’est passé"),
        [InputRequired(CHOOSE_OUTCOME)],
        choices=[SelectChoice(outcome, label) for outcome, label in OUTCOME_WORDS.items()],
    )
    aside_until = DateBox(
        lazy("Mettre de côté jusqu’au"),
        [Optional()],
        description=lazy("Laisser vide pour garder ce nom dans la liste."),
    )
