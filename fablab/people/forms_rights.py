"""Forms about one's data: asking, answering."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from fablab.form_words import WRITE_WHAT_WAS_DONE
from fablab.forms import BaseForm, about_the_act
from fablab.i18n import lazy

_LENGTH = Length(max=500)


class AskForm(BaseForm):
    """A young person asks that something be mended or erased."""

    kind = RadioField(
        lazy("Je demande"),
        [DataRequired(lazy("Je choisis ce que je demande."))],
        choices=[
            SelectChoice("correction", lazy("De corriger une erreur")),
            SelectChoice("erasure", lazy("D’effacer mes données")),
        ],
    )
    text = TextAreaField(
        lazy("Ce qui est faux, et ce qui est juste"),
        [Optional(), _LENGTH],
        description=lazy("L’équipe lit ce texte. Rien sur ma santé ni ma famille."),
    )


class AnswerForm(BaseForm):
    """What was done, said to the young person."""

    text = TextAreaField(
        lazy("Ce qui a été fait"),
        [DataRequired(WRITE_WHAT_WAS_DONE), _LENGTH, about_the_act],
        description=lazy("Le jeune le lit, tel quel."),
    )
