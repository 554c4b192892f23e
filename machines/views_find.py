"""«Trouver une heure»: the soonest free hours of the machines of a family, or of all, across days."""

from collections.abc import Sequence
from datetime import timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings.values import Slot
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _, lazy, say_length
from fablab.pages import allowed
from fablab.people.entering import me
from machines import queries_cards, queries_find, words
from machines.blueprint import bp
from machines.models import Machine
from machines.queries_slots import LENGTHS
from machines.views_slots import Box

#: the families of the catalogue of machines
FAMILIES = {
    "laser": lazy("Laser"),
    "printing_3d": lazy("Impression 3D"),
    "vinyl_cutting": lazy("Découpe vinyle"),
    "press": lazy("Presse à chaud"),
    "textile": lazy("Couture et broderie"),
    "screen_printing": lazy("Sérigraphie"),
    "cnc": lazy("Fraiseuse"),
    "electronics": lazy("Électronique"),
    "tools": lazy("Outils"),
}


@bp.get("/trouver-une-heure")
@allowed("booking.own")
def find() -> ResponseReturnValue:
    """The soonest hours for me, for the family and the length asked for; what is not known is left out."""
    session, now = db.session(), clock.now()
    machines = queries_cards.machines_in_use(session, clock.local_day(now))
    family = request.args.get("famille", "")
    chosen = [one for one in machines if one.family == family] or list(machines)
    lengths = [length for length in LENGTHS if any(one.min_minutes <= length <= one.max_minutes for one in chosen)]
    minutes = request.args.get("duree", type=int) or 60
    if minutes not in lengths:
        minutes = 60 if 60 in lengths else next(iter(lengths), 60)
    found = queries_find.soonest(session, chosen, me().id, minutes, read_day(request.args.get("apres", "")), now)
    family = family if any(one.family == family for one in machines) else ""
    return render_template(
        "machines/find.html",
        families=_families(machines, family, minutes),
        lengths=[
            Box(str(one), one == minutes, url_for(".find", famille=family or None, duree=one), text=say_length(one))
            for one in lengths
        ],
        minutes=minutes,
        hours=[(machine, words.full_slot(slot), _hours_url(machine, slot, minutes)) for machine, slot in found.hours],
        against=[(machine, refusal.sentence) for machine, refusal in found.against],
        later=_later(found, family, minutes),
        full=[] if found.hours else [one for one in found.able if one not in dict(found.against)],
    )


def _families(machines: Sequence[Machine], chosen: str, minutes: int) -> list[Box]:
    there = dict.fromkeys(one.family for one in machines)
    boxes = [Box("", not chosen, url_for(".find", duree=minutes), text=_("Toutes"))]
    for family in there:
        url = url_for(".find", famille=family, duree=minutes)
        boxes.append(Box(family, family == chosen, url, text=str(FAMILIES.get(family, family))))
    return boxes


def _hours_url(machine: Machine, slot: Slot, minutes: int) -> str:
    return url_for(".hours", code=machine.code, jour=clock.local_day(slot.start).isoformat(), duree=minutes)


def _later(found: queries_find.Found, family: str, minutes: int) -> str | None:
    """The hours from the last day shown on: that day may hold more."""
    if not found.more:
        return None
    first, last = (clock.local_day(found.hours[number][1].start) for number in (0, -1))
    after = last if last > first else last + timedelta(days=1)
    return url_for(".find", famille=family or None, duree=minutes, apres=after.isoformat())
