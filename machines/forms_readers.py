"""The form of readers."""

from collections.abc import Iterable

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from fablab.form_words import WRITE_NAME
from fablab.forms import BaseForm, french_choices
from fablab.i18n import _, lazy


class ReaderForm(BaseForm):
    """A reader is enrolled at a machine."""

    machine = SelectField(lazy("Machine"), [DataRequired(lazy("Choisir une machine."))])
    name = StringField(
        lazy("Nom du lecteur"),
        [DataRequired(WRITE_NAME), Length(max=60)],
        description=lazy("Par exemple «\u00a0Boîtier de la laser\u00a0»."),
    )

    def offer(self, machines: Iterable[tuple[str, str]]) -> None:
        """The machines among which one chooses: code and name."""
        self.machine.choices = [SelectChoice("", _("Choisir…")), *french_choices(machines)]
