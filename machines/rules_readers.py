"""The rules of readers: pure. A reader never begins a use; it lets the current through while one is under way.

Material, protections and checks are said as somebody begins, which a box at a machine cannot ask.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fablab.i18n import _
from fablab.refusals import Refusal
from machines.refusing import say_no
from machines.values_readers import Said

#: a reader's event may be told so late, and no later: what is older was lost with its memory
TOLD_WITHIN = timedelta(days=7)
#: events in one request
MOST_EVENTS = 200


def card_refusals(*, known: bool, booked: bool, begun: bool) -> list[Refusal]:
    """Why a card opens nothing here now: nobody's, no booking of this machine at this moment, or not begun yet."""
    if not known:
        sentence = _("Je ne connais pas cette carte.") + " " + _("Je la montre à l’équipe.")
        return [say_no("card_unknown", sentence, _("Carte inconnue ou retirée."))]
    if not booked:
        young = _("Je n’ai pas de réservation ici maintenant.") + " " + _("Je réserve, ou je vois un animateur.")
        return [say_no("no_booking_now", young, _("Pas de réservation de cette machine à cette heure."))]
    if not begun:
        young = _("Je commence d’abord sur la borne, ou avec un animateur.")
        return [say_no("not_begun_yet", young, _("Réservée, pas encore commencée\u00a0: pointer l’arrivée d’abord."))]
    return []


def event_refusals(said: Said, now: datetime, *, run_known: bool) -> list[Refusal]:
    """Why an event is not written down: too old, or it follows a start that nobody told."""
    if now - said.at > TOLD_WITHIN:
        return [Refusal("event_too_old", _("Plus de 7 jours\u00a0: cet événement n’est plus noté."))]
    if said.kind in ("beat", "stop") and not run_known:
        return [Refusal("run_unknown", _("Aucun démarrage ne porte ce nom."))]
    return []


def too_many_events(events: Sequence[Said]) -> list[Refusal]:
    """Why a request is not read: it holds more events than one request may."""
    if len(events) > MOST_EVENTS:
        return [Refusal("too_many_events", _("Au plus %(most)s événements à la fois.", most=MOST_EVENTS))]
    return []
