"""Forms of the stock of materials."""

from typing import Any

from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from fablab.form_words import CHOOSE_ANSWER
from fablab.forms import BaseForm, about_the_act
from fablab.i18n import lazy
from fablab.people.fields import without_spaces
from machines.values_supplies import MOST, NAME_LENGTH, UNIT_LENGTH, Move, Wish
from pathways.forms_drafts import number

KIND_WORDS = {
    "in": lazy("Il en arrive"),
    "use": lazy("Il en part"),
    "count": lazy("J’ai compté\u00a0: il en reste"),
}


def _plain_price(value: Any) -> Any:
    """«1 234,50 €» is 1234,50, whatever the spaces between."""
    return without_spaces(value).removesuffix("€") if isinstance(value, str) else value


class SupplyForm(BaseForm):
    """A material, its unit, and the level under which the coordination is told."""

    name = StringField(
        lazy("Matière"),
        [InputRequired(lazy("Écrire le nom de la matière.")), Length(max=NAME_LENGTH)],
        description=lazy("Comme sur les machines, par exemple «\u00a0PLA\u00a0». Elle est alors demandée à la fin."),
    )
    unit = StringField(
        lazy("Unité"),
        [InputRequired(lazy("Écrire l’unité.")), Length(max=UNIT_LENGTH)],
        description=lazy("Assez petite pour compter sans virgule\u00a0: g, cm, feuille."),
    )
    low_at = number(
        lazy("Prévenir en dessous de"), 0, MOST, needed=False, description=lazy("Vide\u00a0: ne jamais prévenir.")
    )

    @property
    def wish(self) -> Wish:
        """What is wanted; only after validation."""
        return Wish(self.name.data, self.unit.data, self.low_at.data)


class MoveForm(BaseForm):
    """Some of a material came, went, or was counted."""

    key = HiddenField(validators=[Regexp(r"^[0-9a-f]{32}\Z")])
    kind = RadioField(
        lazy("Quoi"),
        [InputRequired(CHOOSE_ANSWER)],
        choices=[SelectChoice(*one) for one in KIND_WORDS.items()],
    )
    quantity = number(lazy("Combien"), 0, MOST)
    euros = StringField(
        lazy("Payé en tout, en euros"),
        [Optional(), Regexp(r"^\d{1,6}([.,]\d{1,2})?\Z", message=lazy("Écrire un prix, par exemple 24,90."))],
        filters=[_plain_price],
        description=lazy("Pour ce qui arrive\u00a0: il donne le coût de ce qui part."),
    )
    words = StringField(lazy("Une remarque"), [Optional(), Length(max=200), about_the_act])

    @property
    def move(self) -> Move:
        """What is said; only after validation."""
        cents = cents_of(self.euros.data) if self.euros.data else None
        return Move(self.kind.data, self.quantity.data or 0, self.key.data, cents, self.words.data or None)


def cents_of(euros: str) -> int:
    """«24,9» euros in cents: 2490."""
    whole, _comma, part = euros.replace(".", ",").partition(",")
    return int(whole) * 100 + int(part.ljust(2, "0"))
