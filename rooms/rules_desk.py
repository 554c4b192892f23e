"""The rules of the desk on the day: who is expected, late, in; what is taken on the spot. Pure; ``now`` is this moment.

Notice (ten days, rooms/data/rooms.yaml) is asked of whoever comes too: the desk passes it with a written reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bookings.rules import CHECK_IN_FROM
from bookings.values import Slot
from fablab.i18n import _, say_when
from fablab.refusals import Refusal
from rooms import rules
from rooms.values import Facts
from rooms.words import waiting

#: so long after its hour a booking that nobody began is late, and may be noted as missed
LATE_AFTER = timedelta(minutes=15)
#: soon: they may come in; late: nobody came yet; unseen: over, and nobody noted whether they came;
#: over: in, and their time is up
Stage = Literal["expected", "soon", "late", "unseen", "in", "over", "left", "absent"]


def stage_of(status: str, slot: Slot, now: datetime) -> Stage:
    """Where a booking of the day stands."""
    if status == "checked_in":
        return "over" if slot.end <= now else "in"
    if status == "no_show":
        return "absent"
    if status == "done":
        return "left"
    if slot.end <= now:
        return "unseen"
    if slot.start + LATE_AFTER <= now:
        return "late"
    return "soon" if slot.start - CHECK_IN_FROM <= now else "expected"


def missing_refusals(slot: Slot, now: datetime) -> list[Refusal]:
    """Why nobody of an organisation can be noted as missing yet."""
    if slot.start + LATE_AFTER <= now:
        return []
    minutes = int(LATE_AFTER.total_seconds()) // 60
    return [Refusal("too_early", _("On note une absence %(num)s minutes après l’heure.", num=minutes))]


def begin_refusals(slot: Slot, now: datetime, *, suspended: bool) -> list[Refusal]:
    """Why an organisation cannot come in now. Its papers are the coordination's business: they close no door."""
    if now < slot.start - CHECK_IN_FROM:
        minutes = int(CHECK_IN_FROM.total_seconds()) // 60
        return [Refusal("too_early", _("On entre au plus tôt %(num)s minutes avant.", num=minutes))]
    if now >= slot.end:
        return [Refusal("past", _("Ce créneau est fini."))]
    if suspended:
        return [Refusal("suspended", _("Cette réservation est en attente. Voir avec l’équipe."))]
    return []


def came_refusals(slot: Slot, now: datetime) -> list[Refusal]:
    """Why it cannot be noted afterwards that they came: it is not over."""
    if slot.end <= now:
        return []
    return [Refusal("too_early", _("Ce créneau n’est pas fini : noter l’arrivée."))]


def closed_refusals(opened: Sequence[Slot], now: datetime) -> list[Refusal]:
    """Why no room is taken at this moment: the house is closed; ``opened`` are its hours from today on, in order."""
    if any(one.start <= now < one.end for one in opened):
        return []
    said, opens = [_("La maison est fermée.")], next((one.start for one in opened if one.start > now), None)
    if opens is not None:
        said.append(_("Elle ouvre %(when)s.", when=say_when(opens)))
    return [Refusal("house_closed", " ".join(said))]


def waits_on_the_spot(facts: Facts, day: date, *, by_coordination: bool) -> list[Refusal]:
    """What is booked for now cannot wait for anybody's yes, nor for a paper."""
    if waits := rules.waits_for(facts, day, by_coordination=by_coordination):
        sentence = _("Pas sur place\u00a0: il faut %(what)s.", what=waiting(waits))
        return [Refusal("waits", sentence, field="structure")]
    return []


def heads_refusals(counted: int, gauge: int) -> list[Refusal]:
    """Why so many cannot be noted in a room: fire safety; the way on is another room."""
    if counted <= gauge:
        return []
    sentence = _("%(most)s personnes au plus dans cette salle\u00a0: en faire sortir, ou changer de salle.", most=gauge)
    return [Refusal("over_gauge", sentence, field="people", values=(("most", gauge),))]


@dataclass(frozen=True)
class Change:
    """The next moment at which rooms change hands, and the rooms that do."""

    at: datetime
    rooms: tuple[str, ...]


def next_change(starts: Iterable[tuple[datetime, str]], now: datetime) -> Change | None:
    """When the next bookings to come begin, and in which rooms; None when nothing comes any more."""
    ahead = sorted(one for one in starts if one[0] > now)
    if not ahead:
        return None
    return Change(ahead[0][0], tuple(dict.fromkeys(name for at, name in ahead if at == ahead[0][0])))
