"""Who passes a soft rule with a written reason. Pure: which permission it takes."""

from bookings.values import Ask
from fablab.refusals import Refusal

#: what the desk passes for an organisation that is there: it asks for this very hour, and for what is left of it
ON_THE_SPOT = ("too_soon", "too_short")


def passed_with(ask: Ask, refusal: Refusal) -> str | None:
    """The permission with which somebody passes this refusal of an ask, a reason written; None: nobody does."""
    if not refusal.soft:
        return None
    if ask.kind == "rental" and ask.at_once and refusal.code in ON_THE_SPOT:
        return "room.desk"
    return "machine.override"
