"""The forms of requests: they check shape; rules and actions check truth."""

from collections.abc import Sequence

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from fablab.form_words import CHOOSE_ANSWER
from fablab.forms import BaseForm, about_the_act
from fablab.i18n import lazy
from pathways.values_requests import ANSWER_LENGTH, WORDS_LENGTH
from pathways.words_requests import KIND_WORDS


class SeenForm(BaseForm):
    """«Je pense y arriver»: my level and a sentence."""

    level = RadioField(lazy("Où j’en suis"), [InputRequired(lazy("Je choisis mon niveau."))], coerce=int)
    words = StringField(
        lazy("Ce que j’ai fait"),
        [InputRequired(lazy("J’écris une phrase.")), Length(max=WORDS_LENGTH), about_the_act],
        description=lazy("Une phrase suffit."),
    )

    def offer(self, levels: Sequence[tuple[int, str]]) -> None:
        """Show the levels, in the words of young people."""
        self.level.choices = [SelectChoice(*one) for one in levels]


class SeenAnswerForm(BaseForm):
    """Answering «je pense y arriver» when it is not validated now."""

    outcome = RadioField(
        lazy("Réponse"),
        [InputRequired(CHOOSE_ANSWER)],
        choices=[SelectChoice("to_complete", lazy("À compléter")), SelectChoice("not_yet", lazy("Pas encore"))],
    )
    code = SelectField(
        lazy("Pour «\u00a0pas encore\u00a0»\u00a0: la phrase que le jeune lira"),
        [Optional()],
        choices=[SelectChoice(*one) for one in KIND_WORDS.items()],
    )
    answer = TextAreaField(
        lazy("Sur le geste ou le savoir-faire"),
        [Optional(), Length(max=ANSWER_LENGTH), about_the_act],
        description=lazy("À compléter\u00a0: ce qui reste à faire. Lu par le jeune."),
    )


class WordsForm(BaseForm):
    """Answering a request to be trained with words."""

    lesson = SelectField(lazy("Une séance à rejoindre"), [Optional()], default="")
    answer = TextAreaField(
        lazy("Réponse"),
        [InputRequired(lazy("Écrire une réponse.")), Length(max=ANSWER_LENGTH), about_the_act],
        description=lazy("Par exemple\u00a0: «\u00a0Viens à l’atelier libre de mercredi, à 14 h.\u00a0»"),
    )

    def offer(self, lessons: Sequence[tuple[str, str]]) -> None:
        """Show the sessions to come."""
        self.lesson.choices = [SelectChoice("", lazy("Aucune")), *(SelectChoice(*one) for one in lessons)]
