"""The forms of pathways at one's own pace: enrolling, choosing, who came to the open lab, who helps."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from fablab.form_words import CHOOSE_PERSON
from fablab.forms import BaseForm
from fablab.i18n import _, lazy, ngettext
from fablab.people.forms import MultiCheckboxField
from pathways.values_own_pace import BADGES, Offer


class FindForm(BaseForm):
    """Finding a young person by name or identifier."""

    who = StringField(
        lazy("Nom ou identifiant"),
        [InputRequired(lazy("Écrire un nom ou un identifiant.")), Length(max=80)],
        description=lazy("Trois lettres au moins, ou «\u00a0renard-42\u00a0»."),
    )


class HelperForm(BaseForm):
    """Who helps in a session."""

    who = SelectField(lazy("Qui aide\u00a0?"), [InputRequired(CHOOSE_PERSON)])

    def offer(self, people: Sequence[tuple[str, str]]) -> None:
        """Show those who may be chosen."""
        self.who.choices = [SelectChoice(*one) for one in (("", _("Choisir")), *people)] if people else []


def choice_form(offers: Sequence[Offer]) -> Any:
    """A form with a field of ticks for each offer, named by its code, what is chosen now ticked."""
    fields = {
        offer.code: MultiCheckboxField(
            _label(offer),
            choices=[SelectChoice(one.code, _said(one.label, one.done)) for one in offer.options],
            default=[one.code for one in offer.chosen],
        )
        for offer in offers
    }
    return type("ChoiceForm", (BaseForm,), fields)()


def _label(offer: Offer) -> str:
    if offer.code == BADGES:
        return ngettext("Je choisis %(num)s badge parmi", "Je choisis %(num)s badges parmi", offer.count)
    said = ngettext("Je choisis %(num)s compétence parmi", "Je choisis %(num)s compétences parmi", offer.count)
    return _("%(stage)s\u00a0: %(said)s", stage=offer.title, said=said[:1].lower() + said[1:])


def _said(label: str, done: bool) -> str:
    return _("%(what)s (déjà validé)", what=label) if done else label
