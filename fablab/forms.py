"""The base of every form: CSRF, trimmed text, and refusals shown beside their field."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fablab import refused_words
from fablab.db import writing_forbidden
from fablab.form_words import Words
from fablab.i18n import _, language
from fablab.refusals import Refusal


def _trim(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def french_choices(named: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Values and names to choose from, as the catalogue says them: in an English page each says that it is French."""
    said = {} if language() == "fr" else {"lang": "fr"}
    return [SelectChoice(value, name, dict(said)) for value, name in named]


class BaseForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form checks shape; a rule checks truth. A form never queries."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf has no types
        """Every text is trimmed once, here; what WTForms' own checks say is said in our words."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field with the trimming filter; what only holds other fields has none, they have their own."""
            if issubclass(unbound_field.field_class, (FieldList, FormField)):
                return unbound_field.bind(form=form, **options)
            filters = [*unbound_field.kwargs.get("filters", []), _trim]
            return unbound_field.bind(form=form, filters=filters, **options)

        def get_translations(self, form: Any) -> Words:
            """Our words for WTForms' sentences."""
            return Words()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the shape is right. A form sent too late never is: it is shown again, base.html says why."""
        right = bool(super().validate(*args, **kwargs)) and not _found_blank(self)
        _say_once(self)
        if writing_forbidden() is None:
            return right
        self.csrf_token.errors = ()
        return False

    def show(self, refusals: Iterable[Refusal]) -> None:
        """Put each refusal beside its field, the others on top of the form."""
        for refusal in refusals:
            if refusal.field and refusal.field in self:
                field = self[refusal.field]
                field.errors = [*field.errors, refusal.sentence]
            else:
                self.form_errors.append(refusal.sentence)


#: what WTForms says of an empty field, said in our words (fablab/form_words.py)
_REQUIRED = "This field is required."


def _found_blank(fields: Iterable[Field]) -> bool:
    """Whether a text that is needed is made of spaces alone, which WTForms takes for words; it is said beside it."""
    found = False
    for field in fields:
        if isinstance(field, (FieldList, FormField)):
            found = _found_blank(field) or found
        elif field.flags.required and field.data == "" and not field.errors:
            asked = next((one.message for one in field.validators if isinstance(one, InputRequired)), None)
            field.errors = [asked or field.gettext(_REQUIRED)]
            found = True
    return found


def _say_once(fields: Iterable[Field]) -> None:
    """Of an answer that could not be read, say that alone: judging further would say one fault twice."""
    for field in fields:
        if isinstance(field, (FieldList, FormField)):
            _say_once(field)
        elif getattr(field, "process_errors", None) and field.errors:
            field.errors = list(field.errors)[:1]


#: letters that a reason needs at least, for whoever reads it later to know why
REASON_LETTERS = 10


def real_words(_form: Any, field: Field) -> None:
    """A validator of a written reason: some words, not one letter to pass. An empty one is left to other validators."""
    if field.data and sum(sign.isalpha() for sign in field.data) < REASON_LETTERS:
        raise ValidationError(
            _("Écrire la raison en quelques mots\u00a0: %(num)s lettres au moins.", num=REASON_LETTERS)
        )


def about_the_act(_form: Any, field: Field) -> None:
    """A validator of free text: it speaks of a skill or an act, never of what the house refuses to know of a person."""
    if field.data and (found := refused_words.first_in(field.data)):
        sentence = _(
            "«\u00a0%(word)s\u00a0»\u00a0: parler du geste ou du savoir-faire, jamais de la personne.", word=found
        )
        raise ValidationError(sentence)
