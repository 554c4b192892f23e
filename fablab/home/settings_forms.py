"""The form of a page of facts: a field for each, its help saying what it does and its default."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import Field, RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from bookings.catalogue import EMAIL, PHONE
from fablab.form_words import CHOOSE_ANSWER, HALF_ADDRESS
from fablab.forms import BaseForm
from fablab.home.settings_facts import Fact
from fablab.i18n import _, lazy
from fablab.seen import stamp

#: emoji, other small drawings, and what joins or colours them
_PICTURES = re.compile("[\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]")


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FactsForm(BaseForm):
    """A field for each fact; made by ``form_of``."""


def form_of(facts: Sequence[Fact], held: dict[str, Any], invented: Sequence[Fact]) -> FactsForm:
    """The form of these facts, filled with what the house has said."""
    fields = {fact.code: _field(fact, fact in invented) for fact in facts}
    made: type[FactsForm] = type("FactsForm", (FactsForm,), fields)
    return made(data={fact.code: fact.typed(held[fact.key]) for fact in facts})


def wanted(form: FactsForm, facts: Sequence[Fact]) -> dict[str, Any]:
    """What is written in the form, by key of the fact; None: its default."""
    return {fact.key: fact.read(form[fact.code].data) for fact in facts}


def seen(sent: Any, facts: Sequence[Fact]) -> dict[str, str]:
    """The stamps of the values that were shown, as they came back with the form."""
    return {fact.key: sent[f"seen_{fact.code}"] for fact in facts if f"seen_{fact.code}" in sent}


def stamps(facts: Sequence[Fact], held: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the page carries to know later which values it had shown: code, name in the form, stamp."""
    return [(fact.code, f"seen_{fact.code}", stamp(held[fact.key])) for fact in facts]


def _field(fact: Fact, is_invented: bool) -> Any:
    told = {"description": _help(fact, is_invented)}
    if fact.kind == "many":
        return CheckboxesField(fact.label, choices=[SelectChoice(*one) for one in fact.choices], **told)
    if fact.kind in ("yes_no", "choice"):
        choices = fact.choices if fact.kind == "choice" else (("yes", lazy("Oui")), ("no", lazy("Non")))
        required = [InputRequired(CHOOSE_ANSWER)]
        return RadioField(fact.label, required, choices=[SelectChoice(*one) for one in choices], **told)
    first = InputRequired(lazy("Écrire quelque chose.")) if fact.required else Optional()
    longest = Length(max=fact.most)
    shapes = {"email": [_is_an_address], "phone": [_is_a_phone]}
    filters = [_bare_phone] if fact.kind == "phone" else []
    return StringField(fact.label, [first, longest, *shapes.get(fact.kind, [_no_pictures])], filters=filters, **told)


def _help(fact: Fact, is_invented: bool) -> str:
    said = [str(fact.meaning)]
    default = fact.default()
    if default:
        said.append(_("Par défaut\u00a0: %(default)s.", default=default.rstrip(".")))
    if is_invented:
        said.append(_("Encore inventé."))
    return " ".join(said)


def _bare_phone(value: Any) -> Any:
    return re.sub(r"[\s.()-]", "", value) if isinstance(value, str) else value


def _no_pictures(_form: Any, field: Field) -> None:
    # Printed in reports and letters: their typefaces draw no pictures.
    if _PICTURES.search(field.data or ""):
        raise ValidationError(_("Écrire en lettres, sans dessin ni emoji."))


def _is_a_phone(_form: Any, field: Field) -> None:
    if not re.fullmatch(PHONE, field.data):
        raise ValidationError(_("Écrire un numéro de téléphone, par exemple 04 79 00 00 00."))


def _is_an_address(_form: Any, field: Field) -> None:
    if not re.fullmatch(EMAIL, field.data):
        raise ValidationError(str(HALF_ADDRESS))
