"""Fields of our own: a day in three boxes, a name, a secret."""

import unicodedata
from datetime import date
from typing import Any

from wtforms import DateField, Field, Form, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length
from wtforms.widgets import PasswordInput

from fablab.form_words import TOO_LONG
from fablab.i18n import _, lazy
from fablab.people.names import is_a_name

#: months as people say them in front of a year, for «le 31 février 2010»
_MONTHS = (
    lazy("janvier"), lazy("février"), lazy("mars"), lazy("avril"), lazy("mai"), lazy("juin"),
    lazy("juillet"), lazy("août"), lazy("septembre"), lazy("octobre"), lazy("novembre"), lazy("décembre"),
)  # fmt: skip


class DayField(Field):  # type: ignore[misc]  # wtforms has no types
    """A day typed as day, month and year in three boxes; ``data`` is a date. What was typed is kept in ``typed``."""

    typed: tuple[str, str, str] = ("", "", "")

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the three boxes name-day, name-month and name-year."""
        self.data: date | None = None
        self.process_errors: list[str] = []
        self.flags.required = True
        if formdata:
            names = (f"{self.name}-day", f"{self.name}-month", f"{self.name}-year")
            self.typed = tuple(str(formdata.get(name, "")).strip()[:20] for name in names)  # type: ignore[assignment]  # three

    @property
    def day(self) -> date:
        """The day of a field that was found valid."""
        if self.data is None:
            raise ValueError("asked of a field that is not valid")
        return self.data

    def pre_validate(self, form: Form) -> None:
        """Raises ValidationError with what to write."""
        if not all(self.typed):
            raise ValidationError(_("Écrire le jour, le mois et l’année."))
        if not all(box.isascii() and box.isdigit() for box in self.typed):
            raise ValidationError(_("Écrire des chiffres, par exemple 3, 5 et 2010."))
        day, month, year = (int(box) for box in self.typed)
        if len(self.typed[2]) != 4 or year < 1900:
            raise ValidationError(_("Écrire l’année avec 4 chiffres, par exemple 2010."))
        if not 1 <= month <= 12:
            raise ValidationError(_("Le mois est un nombre de 1 à 12."))
        try:
            self.data = date(year, month, day)
        except (ValueError, OverflowError):  # a day of twenty figures is more than a date can read
            sentence = _("Le %(day)s %(month)s %(year)s n’existe pas.", day=day, month=_MONTHS[month - 1], year=year)
            raise ValidationError(sentence) from None


class DateBox(DateField):  # type: ignore[misc]  # wtforms has no types
    """The browser's own field for a day, with a fault said in our words; ``data`` is a date, or None."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; raises ValueError with what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Cette date n’existe pas : écrire jour, mois et année.")) from None
        if self.data and not 2000 < self.data.year < 2100:
            # Weeks and horizons are counted around a day: none is wanted near the ends of what a date can hold.
            self.data = None
            raise ValueError(_("Cette année n’est pas possible."))


def name_field(label: Any) -> StringField:
    """A first or last name: letters of any script, 80 at most."""
    too_long = lazy("80 lettres au plus : écrire le nom court, ou les initiales de la fin.")
    return StringField(
        label,
        [DataRequired(lazy("Écrire ce nom.")), Length(max=80, message=too_long), _looks_like_a_name],
        filters=[_composed],
    )


def secret_field(label: Any, *, missing: Any, keep: bool = False) -> PasswordField:
    """A PIN or password; ``keep`` leaves it in its box after an error (at the desk, two people beside the screen)."""
    too_long = Length(max=200)
    return PasswordField(label, [DataRequired(missing), too_long], widget=PasswordInput(hide_value=not keep))


def not_too_long(most: int) -> Length:
    """So many letters at most, without the number: of a code or an address it helps nobody."""
    return Length(max=most, message=TOO_LONG)


def without_spaces(value: Any) -> Any:
    """A filter: «482 915» is 482915."""
    return "".join(value.split()) if isinstance(value, str) else value


def _composed(value: Any) -> Any:
    # One way to write é, whatever the keyboard; several spaces are one.
    return unicodedata.normalize("NFC", " ".join(value.split())) if isinstance(value, str) else value


def _looks_like_a_name(_form: Form, field: Field) -> None:
    if not is_a_name(field.data):
        raise ValidationError(_("Un nom s’écrit avec des lettres, sans chiffre ni dessin."))
