"""What the forms of a draft are made of: fields of several ticks, of lines, of numbers, and what was shown."""

from collections.abc import Mapping
from typing import Any

from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.seen import stamp

#: lines of a list and letters of one
MOST_LINES, LINE_LENGTH = 12, 160


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LinesField(TextAreaField):  # type: ignore[misc]  # wtforms has no types
    """A list, one thing a line; empty lines are left out. ``longest``: letters of a line."""

    def __init__(self, *given: Any, longest: int = LINE_LENGTH, **more: Any) -> None:
        super().__init__(*given, **more)
        self.longest = longest

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines."""
        self.data = [line.strip() for line in (valuelist or [""])[0].splitlines() if line.strip()]

    def pre_validate(self, form: Any) -> None:
        """Not too many lines, none too long."""
        if len(self.data or []) > MOST_LINES:
            raise ValidationError(_("%(num)s lignes au plus.", num=MOST_LINES))
        if any(len(line) > self.longest for line in self.data or []):
            raise ValidationError(_("%(num)s lettres au plus par ligne.", num=self.longest))


class NumberField(IntegerField):  # type: ignore[misc]  # wtforms has no types
    """A whole number, whose fault is said in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; an empty box is nothing. Raises ValueError with what to write."""
        typed = "".join((valuelist or [""])[0].split())
        self.data = None
        if typed:
            try:
                self.data = int(typed)
            except ValueError:
                raise ValueError(_("Écrire un nombre entier, par exemple 12.")) from None


def text(label: Any, most: int, **more: Any) -> StringField:
    """A line that must be written."""
    return StringField(label, [InputRequired(lazy("Écrire quelque chose.")), Length(max=most)], **more)


def number(label: Any, least: int, most: int, *, needed: bool = True, **more: Any) -> NumberField:
    """A whole number between two."""
    first = InputRequired(lazy("Écrire un nombre entier, par exemple 12.")) if needed else Optional()
    message = lazy("Entre %(min)s et %(max)s.")
    return NumberField(label, [first, NumberRange(least, most, message)], **more)


def lines(label: Any, *, needed: bool = True, **more: Any) -> LinesField:
    """A list, one thing a line."""
    first = [DataRequired(lazy("Écrire au moins une ligne."))] if needed else []
    return LinesField(label, first, description=lazy("Une par ligne."), render_kw={"rows": 5}, **more)


class DraftForm(BaseForm):
    """A form of a draft: its fields bear the names of what they change."""

    @property
    def wanted(self) -> dict[str, Any]:
        """What is written, by field."""
        return {one.name: None if one.data == "" else one.data for one in self if one.name != "csrf_token"}

    def stamps(self, held: Mapping[str, Any], sent: Mapping[str, str]) -> list[tuple[str, str]]:
        """What the page carries to know later what it had shown, by field of what is changed.

        A value that somebody else changed is seen once it was said; elsewhere what was shown first is.
        """
        found = []
        for name, value in held.items():
            mark, said = stamp(value), self[name].errors if name in self else self.form_errors
            found.append((f"seen_{name}", mark if said else sent.get(f"seen_{name}", mark)))
        return found
