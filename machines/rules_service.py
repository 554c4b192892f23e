"""The rules of putting a machine out of service and back: pure. Facts in, refusals out."""

from datetime import date

from fablab.i18n import _
from fablab.refusals import Refusal


def out_refusals(back_on: date | None, today: date, *, is_out: bool) -> list[Refusal]:
    """Why a machine cannot be taken out of use until a day (None: nobody knows); ``today`` is a local day."""
    found = []
    if is_out:
        found.append(Refusal("already_out", _("Cette machine est déjà hors service.")))
    if back_on is not None and back_on < today:
        found.append(Refusal("back_before", _("Le retour prévu est déjà passé."), field="back_on"))
    return found
