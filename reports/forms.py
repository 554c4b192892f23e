"""The coordination's own words in a report."""

from wtforms import TextAreaField
from wtforms.validators import Length

from fablab.forms import BaseForm
from fablab.i18n import lazy

#: as much as fits on the second page beside the figures
LONGEST = 3000


class WordsForm(BaseForm):
    """What the figures do not say."""

    words = TextAreaField(
        lazy("Les mots de la coordination"),
        [Length(max=LONGEST, message=lazy("3 000 signes au plus, pour tenir sur deux pages."))],
        description=lazy("Ce que les chiffres ne disent pas. Jamais le nom d’un jeune. Imprimés, gardés nulle part."),
    )
