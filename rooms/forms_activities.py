"""Forms of activities: how many came, by age band."""

from collections.abc import Mapping

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from fablab.forms import BaseForm
from fablab.i18n import lazy
from rooms.words_activities import BANDS

_MOST = [InputRequired(lazy("Écrire un nombre, zéro s’il n’y a personne.")), NumberRange(0, 500)]


class CountsForm(BaseForm):
    """One number for each age band."""

    band_3_15 = IntegerField(BANDS["3_15"], _MOST)
    band_15_25 = IntegerField(BANDS["15_25"], _MOST)
    band_25_60 = IntegerField(BANDS["25_60"], _MOST)
    band_60_plus = IntegerField(BANDS["60_plus"], _MOST)

    @staticmethod
    def data_of(counts: Mapping[str, int]) -> dict[str, int]:
        """What is counted so far, as the form shows it first."""
        return {f"band_{band}": counts.get(band, 0) for band in BANDS}

    @property
    def totals(self) -> dict[str, int]:
        """What was typed, by age band; only after validation."""
        return {band: self[f"band_{band}"].data for band in BANDS}
