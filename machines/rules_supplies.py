"""The rules of the stock of materials: pure. Facts in, refusals out."""

from datetime import date

from fablab.i18n import _
from fablab.refusals import Refusal
from machines.values_supplies import Move, change_of


def name_refusals(*, taken: bool, retired: bool = False) -> list[Refusal]:
    """Why a material cannot be called so: another one is, ``retired`` or not."""
    if taken and retired:
        return [Refusal("supply_known", _("Cette matière ne sert plus\u00a0: la remettre."), field="name")]
    return [Refusal("supply_known", _("Cette matière est déjà dans la liste."), field="name")] if taken else []


def retire_refusals(*, retired: bool) -> list[Refusal]:
    """Why a material cannot be retired, or anything of it moved: it is already."""
    return [Refusal("supply_retired", _("Cette matière ne sert plus. La remettre d’abord."))] if retired else []


def bring_back_refusals(*, retired: bool) -> list[Refusal]:
    """Why a material cannot be brought back: it serves."""
    return [] if retired else [Refusal("supply_in_use", _("Cette matière sert déjà."))]


def unit_refusals(unit: str, new: str, *, has_moved: bool) -> list[Refusal]:
    """Why a material is not counted in another unit: what moved was counted in this one."""
    if has_moved and new != unit:
        sentence = _("Déjà comptée en %(unit)s\u00a0: ajouter une autre matière.", unit=unit)
        return [Refusal("supply_unit", sentence, field="unit")]
    return []


def move_refusals(move: Move, level: int) -> list[Refusal]:
    """Why a movement says nothing, or a price where nothing was bought."""
    found = []
    if change_of(move, level) == 0:
        found.append(Refusal("supply_same", _("Rien ne change\u00a0: c’est déjà ce compte."), field="quantity"))
    if move.cents is not None and move.kind != "in":
        found.append(Refusal("supply_price", _("Un prix, seulement pour ce qui arrive."), field="euros"))
    return found


def take_back_refusals(moved_on: date, today: date, *, gone: bool) -> list[Refusal]:
    """Why a movement cannot be taken back. Local days."""
    if gone:
        return [Refusal("supply_move_gone", _("Ce mouvement est déjà repris."))]
    if moved_on != today:
        return [Refusal("supply_move_old", _("Noté un autre jour\u00a0: compter de nouveau."))]
    return []
