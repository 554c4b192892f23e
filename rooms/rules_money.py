"""The rules of money of rooms: pure. Nothing is paid here; what is asked, received and given back is noted.

Where they come from: rooms/data/rooms.yaml, ``tariffs`` and ``papers`` (house rules, invented).
"""

from collections.abc import Sequence
from datetime import date

from fablab.i18n import _, say_euros, say_length
from fablab.refusals import Refusal
from rooms.values_money import TO_PAY, Terms, amount_of


def agreeing_refusals(terms: Terms | None, lasting: Sequence[int], agreed: int) -> list[Refusal]:
    """Why a room to be paid for is not asked for yet: whoever asks has not seen this amount (cents).

    ``lasting``: the minutes of each date. Each is invoiced by itself, to the cent: so is what is agreed to.
    """
    if terms is None or not terms.charged or terms.hour_cents is None:
        return []
    if (amount := sum(amount_of(minutes, terms.hour_cents) for minutes in lasting)) == agreed:
        return []
    said = {"amount": say_euros(amount), "length": say_length(sum(lasting)), "hour": say_euros(terms.hour_cents)}
    sentence = _(
        "Cette salle coûtera %(amount)s\u00a0: %(length)s à %(hour)s l’heure. Envoyer encore pour accepter.", **said
    )
    return [Refusal("amount_to_agree", sentence)]


def invoicing_refusals(what: str, status: str, *, charged: bool, suspended: bool, over: bool) -> list[Refusal]:
    """Why a booking, said in ``what``, is not noted as invoiced: nothing is to be paid, or it is still to come."""
    if charged and over and status in TO_PAY and not suspended:
        return []
    sentence = _("Rien à facturer\u00a0: %(what)s. Recharger la page.", what=what)
    return [Refusal("nothing_to_invoice", sentence)]


def asking_refusals(cents: int | None, *, received: bool) -> list[Refusal]:
    """Why the deposit of a booking is not changed: it was received. ``cents`` None: no deposit any more."""
    if not received:
        return []
    return [Refusal("deposit_received", _("La caution est déjà reçue\u00a0: la rendre d’abord."), field="euros")]


def receiving_refusals(cents: int | None) -> list[Refusal]:
    """Why no deposit is received: none is asked for."""
    if cents:
        return []
    return [Refusal("deposit_not_asked", _("Aucune caution n’est demandée pour cette date."))]


def ending_refusals(outcome: str | None, wanted: str, *, received: bool) -> list[Refusal]:
    """Why a deposit is neither given back nor kept: it was not received, or the other was done meanwhile."""
    if not received:
        return [Refusal("deposit_not_received", _("La caution n’est pas reçue."))]
    if outcome in (None, wanted):
        return []
    return [Refusal("deposit_ended", _("La caution est déjà rendue ou gardée. Recharger la page."))]


def statement_refusals(minutes: int) -> list[Refusal]:
    """Why no statement is made: it would say that nothing was held free of charge."""
    if minutes:
        return []
    return [Refusal("nothing_to_state", _("Aucune heure gratuite pour l’instant."))]


def reopening_refusals(outcome: str | None, *, may_keep: bool) -> list[Refusal]:
    """Why what became of a deposit is not taken back: it was kept, which only who may keep one undoes."""
    if outcome != "kept" or may_keep:
        return []
    return [Refusal("deposit_kept", _("Seules la coordination et l’administration rouvrent une caution gardée."))]


def quota_refusals(season_last: date, today: date) -> list[Refusal]:
    """Why hours are not given for a season: it is over."""
    if season_last >= today:
        return []
    return [Refusal("season_over", _("Cette saison est finie."), field="hours")]
