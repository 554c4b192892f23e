"""The form of a group's frame and funder."""

from collections.abc import Sequence

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from fablab.forms import BaseForm
from fablab.i18n import in_french, lazy
from pathways.words_frames import FRAMES

#: what is chosen where nothing is said
NOT_SAID = "-"
#: what is chosen where no scheme pays
HOUSE = "house"


class FrameForm(BaseForm):
    """Under what a group meets, who pays."""

    legal_frame = RadioField(
        lazy("Cadre"),
        choices=[
            *(SelectChoice(code, words) for code, words in FRAMES.items()),
            SelectChoice(NOT_SAID, lazy("Pas dit")),
        ],
        default=NOT_SAID,
    )
    scheme = RadioField(
        lazy("Financeur"),
        description=lazy("Un seul par groupe : une heure n’est comptée qu’une fois."),
        default=NOT_SAID,
        validate_choice=False,
    )

    def offer(self, schemes: Sequence[tuple[str, str]]) -> None:
        """The funders of the house, by code and name."""
        chosen = [SelectChoice(code, in_french(name)) for code, name in schemes]
        self.scheme.choices = [
            *chosen,
            SelectChoice(HOUSE, lazy("La maison, sans autre financeur")),
            SelectChoice(NOT_SAID, lazy("Pas dit")),
        ]
