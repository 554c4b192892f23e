"""What any form may be refused for, whatever it makes. Pure."""

from fablab.i18n import _
from fablab.refusals import Refusal


def form_used() -> Refusal:
    """A form that made something already, or somebody else's, asks for something else (back, another hour)."""
    return Refusal("form_used", _("Ce formulaire a déjà servi. Recommencer depuis le début."))
