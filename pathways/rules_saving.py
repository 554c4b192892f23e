"""Why a grid that was sent cannot be saved as it stands, whatever its levels: facts in, refusals out."""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet

from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_validating import Cell


def unknown_refusals(
    cells: Sequence[Cell], people: AbstractSet[int], competencies: AbstractSet[int], kinds: AbstractSet[str]
) -> list[Refusal]:
    """What the cells name that the house does not know."""
    found = []
    if {cell.person_id for cell in cells} - people:
        found.append(Refusal("person_unknown", _("Une personne de la grille n’existe pas.")))
    if {cell.competency_id for cell in cells} - competencies:
        found.append(Refusal("competency_unknown", _("Une compétence de la grille n’existe pas.")))
    if {cell.evidence for cell in cells if cell.evidence is not None} - kinds:
        found.append(Refusal("evidence_unknown", _("Choisissez une preuve de la liste."), field="evidence"))
    return found


def key_refusals(saved_by: int, author_id: int) -> list[Refusal]:
    """A grid that somebody saved already is not saved again by somebody else."""
    if saved_by == author_id:
        return []
    return [Refusal("key_taken", _("Cette page a déjà servi à quelqu’un d’autre\u00a0: rouvrez la grille."))]


def crossed_refusals(validation_ids: Iterable[int]) -> list[Refusal]:
    """Each line that somebody else wrote meanwhile, at another level: the author must choose."""
    sentence = _("Quelqu’un a validé un autre niveau entre-temps\u00a0: choisir, case par case.")
    return [Refusal("newer_save", sentence, facts=(("validation_id", one),)) for one in validation_ids]


def written_refusals(to_write: Collection[Cell]) -> list[Refusal]:
    """Nothing is left to write."""
    return [] if to_write else [Refusal("already_reached", _("Tout cela est déjà validé à ce niveau."))]


def session_unknown() -> Refusal:
    """The session of a grid is not there."""
    return Refusal("session_unknown", _("Cette séance n’existe pas."))
