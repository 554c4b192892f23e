"""The rules of beginning and ending at a machine: pure. Facts in, refusals out.

Materials, protections and checks come from the machine's sheet (machines/data/machines.yaml, house rules).
"""

from collections.abc import Sequence
from datetime import datetime

from bookings.values import Slot
from fablab.i18n import _, say_hour
from fablab.people.names import fold
from fablab.refusals import Refusal
from machines.refusing import say_no
from machines.values_use import Handling, Left, Start


def start_refusals(start: Start, handling: Handling, *, by_team: bool) -> list[Refusal]:
    """Every reason not to begin: the material first, then what to wear, then what to look at."""
    return [*_about_material(start.material, handling, by_team=by_team), *_not_ready(start, handling)]


def place_refusals(*, at_kiosk: bool) -> list[Refusal]:
    """Why one does not begin from here oneself: nobody begins from home."""
    if at_kiosk:
        return []
    return [Refusal("not_at_kiosk", _("Je le fais à la borne de l’atelier, ou avec un animateur."))]


def is_forbidden(material: str, handling: Handling) -> str | None:
    """The forbidden material that this one is, by its words («PVC expansé» is PVC); None for another."""
    said = set(fold(material).split())
    if fold(material) in map(fold, handling.allowed):
        return None
    return next((name for name in handling.forbidden if set(fold(name).split()) <= said), None)


def end_refusals(left: Left) -> list[Refusal]:
    """Why the end is not noted: something is wrong, and nobody said what."""
    if left.state != "fine" and not (left.remark or "").strip():
        return [Refusal("remark_missing", _("Dire en un mot ce qui ne va pas."), field="remark")]
    return []


def late_end_refusals(started_at: datetime, ended_at: datetime, now: datetime) -> list[Refusal]:
    """Why the end of a use cannot be written afterwards so: before it began, or still to come."""
    if ended_at < started_at:
        began = say_hour(started_at)
        return [Refusal("ends_before", _("La fin vient après le début, à %(hour)s.", hour=began), field="hour")]
    if ended_at > now:
        return [Refusal("ends_later", _("Cette heure n’est pas encore passée."), field="hour")]
    return []


def reopen_refusals(planned: Slot, now: datetime) -> list[Refusal]:
    """Why a use that was ended does not go on: its time is over."""
    if planned.end <= now:
        return [Refusal("past", _("Ce créneau est fini."))]
    return []


def _about_material(material: str | None, handling: Handling, *, by_team: bool) -> list[Refusal]:
    if not handling.allowed:
        return []
    if not material:
        sentence = _("Je choisis ma matière.")
        return [say_no("material_missing", sentence, _("Choisir la matière."), field="material")]
    if name := is_forbidden(material, handling):
        young = _("Pas de %(material)s sur cette machine.", material=name) + " " + _("J’en parle à un animateur.")
        staff = _("Matière interdite sur cette machine\u00a0: %(material)s.", material=name)
        return [say_no("material_forbidden", young, staff, field="material")]
    if not by_team and fold(material) not in map(fold, handling.allowed):
        # The team knows materials that no list does.
        young = _("Je ne connais pas cette matière.") + " " + _("Un animateur la regarde et commence avec moi.")
        return [say_no("material_unknown", young, young, field="material")]
    return []


def _not_ready(start: Start, handling: Handling) -> list[Refusal]:
    found = []
    if missing := _missing(handling.protections, start.protections):
        young = _("Je mets d’abord\u00a0: %(things)s.", things=missing)
        staff = _("Il manque\u00a0: %(things)s.", things=missing)
        found.append(say_no("protection_missing", young, staff, field="protections"))
    if missing := _missing(handling.checks, start.checks):
        young = _("Je regarde d’abord\u00a0: %(things)s.", things=missing)
        staff = _("Pas encore vérifié\u00a0: %(things)s.", things=missing)
        found.append(say_no("check_missing", young, staff, field="checks"))
    return found


def _missing(asked: Sequence[str], said: Sequence[str]) -> str:
    return ", ".join(one for one in asked if one not in said)
