"""The form of readers."""

from collections.abc import Iterable

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from fablab.forms import BaseForm
from fablab.i18n import _, lazy


class ReaderForm(BaseForm):
    """A reader is enrolled at a machine."""

    machine = SelectField(lazy("Machine"), [DataRequired(lazy("Choisir une machine."))])
    name = StringField(
        lazy("Nom du lecteur"),
        [DataRequired(lazy("Écrire un nom.")), Length(max=60, message=lazy("60 lettres au plus."))],
        description=lazy("Par exemple «\u00a0Boîtier de la laser\u00a0»."),
    )

    def offer(self, machines: Iterable[tuple[str, str]]) -> None:
        """The machines among which one chooses: code and name."""
        self.machine.choices = [("", _("Choisir…")), *machines]
