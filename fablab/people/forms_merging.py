"""Forms of the pages on which two accounts are made one."""

from collections.abc import Mapping, Sequence

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from fablab.forms import BaseForm
from fablab.i18n import lazy
from fablab.people.fields import not_too_long

_CHOOSE = lazy("Choisir ce qui reste.")
KEPT, GONE = "kept", "gone"


class MergeForm(BaseForm):
    """What stays where the two accounts differ; a field that does not differ is not asked."""

    first_name = RadioField(lazy("Prénom"), [DataRequired(_CHOOSE)], default=KEPT)
    last_name = RadioField(lazy("Nom"), [DataRequired(_CHOOSE)], default=KEPT)
    birth_date = RadioField(lazy("Date de naissance"), [DataRequired(_CHOOSE)], default=KEPT)
    situation = RadioField(lazy("Situation"), [DataRequired(_CHOOSE)], default=KEPT)
    phone = RadioField(lazy("Téléphone"), [DataRequired(_CHOOSE)], default=KEPT)

    def ask(self, said: Mapping[str, tuple[str, str]]) -> None:
        """Ask only these fields: name -> the words of the kept account and of the other."""
        for field in [field for field in self if field.type == "RadioField"]:
            if field.name in said:
                kept, gone = said[field.name]
                field.choices = [SelectChoice(KEPT, kept), SelectChoice(GONE, gone)]
            else:
                del self[field.name]

    @property
    def from_gone(self) -> Sequence[str]:
        """The fields of which the other account's value was chosen."""
        return [field.name for field in self if field.type == "RadioField" and field.data == GONE]


class TwoHandlesForm(BaseForm):
    """Two accounts that the list does not show, by identifier."""

    kept = StringField(
        lazy("Identifiant à garder"),
        [DataRequired(lazy("Écrire un identifiant.")), not_too_long(80)],
    )
    gone = StringField(
        lazy("Autre identifiant"),
        [DataRequired(lazy("Écrire un identifiant.")), not_too_long(80)],
    )
