"""The rules of the day at the desk: opened once, closed when nobody is in a room any more. Pure."""

from datetime import date, datetime

from fablab import clock
from fablab.i18n import _, ngettext
from fablab.refusals import Refusal


def close_refusals(*, opened: bool, still_in: int) -> list[Refusal]:
    """Why the day cannot be closed: nobody opened it, or somebody is still in a room."""
    if not opened:
        return [Refusal("not_opened", _("La journée n’est pas ouverte."))]
    if still_in:
        sentence = ngettext(
            "Il reste du monde dans %(num)s salle\u00a0: noter la sortie, puis fermer.",
            "Il reste du monde dans %(num)s salles\u00a0: noter les sorties, puis fermer.",
            still_in,
        )
        return [Refusal("still_in", sentence)]
    return []


def strike_refusals(written_by_id: int, written_at: datetime, by_id: int, today: date) -> list[Refusal]:
    """Why a line of the log is not struck out: somebody else's, or of another day."""
    if written_by_id != by_id or clock.local_day(written_at) != today:
        return [Refusal("not_yours", _("On retire sa propre note, le jour même."))]
    return []
