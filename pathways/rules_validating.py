"""The rules of validating: facts in, refusals out.

They are the house's own: who may validate, what counts once, nobody validates themselves, the right to validate is
dated and per badge.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from fablab import refused_words
from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_validating import LEVELS, NOTE_LENGTH, BatchFacts, Cell, CorrectionFacts, Line, UndoFacts


def batch_refusals(cells: Sequence[Cell], facts: BatchFacts) -> list[Refusal]:
    """Every reason not to save these validations; ``facts`` of each refusal name the person and the competency."""
    found = []
    if not facts.may_validate:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation valide des compétences.")))
    if facts.cancelled:
        found.append(Refusal("session_cancelled", _("Cette séance est annulée\u00a0: rien à valider.")))
    if not facts.begun:
        found.append(Refusal("not_begun", _("Cette séance n’a pas commencé.")))
    if not cells:
        found.append(Refusal("nothing", _("Rien n’est coché\u00a0: choisir un niveau, puis toucher les cases.")))
    for person_id in sorted({cell.person_id for cell in cells}):
        found += _person_refusals(person_id, facts)
    for competency_id in sorted({cell.competency_id for cell in cells}):
        if not may_validate(competency_id, facts.asked_by, facts.rights):
            sentence = _(
                "Pas de droit de valider à ce jour\u00a0: %(title)s.", title=facts.titles.get(competency_id, "")
            )
            found.append(Refusal("no_right", sentence, facts=(("competency_id", competency_id),)))
    found += [
        Refusal("level_unknown", _("Un niveau va de 1 à 4."), facts=_where(cell))
        for cell in cells
        if cell.level not in LEVELS
    ]
    for competency_id, note in sorted({(cell.competency_id, cell.note) for cell in cells if cell.note}):
        found += _note_refusals(note, facts.titles.get(competency_id, ""), (("competency_id", competency_id),))
    return found


def two_looks_refusals(*, may_set: bool) -> list[Refusal]:
    """Why somebody cannot say which competencies two people must see."""
    return [] if may_set else [Refusal("not_coordinator", _("Seule la coordination règle la double validation."))]


def _note_refusals(note: str, title: str, about: tuple[tuple[str, object], ...]) -> list[Refusal]:
    found = []
    if len(note) > NOTE_LENGTH:
        sentence = _("%(title)s\u00a0: une note a %(most)s lettres au plus.", title=title, most=NOTE_LENGTH)
        found.append(Refusal("note_too_long", sentence, facts=about))
    if word := refused_words.first_in(note):
        sentence = _(
            "«\u00a0%(word)s\u00a0»\u00a0: parler du geste ou du savoir-faire, jamais de la personne.", word=word
        )
        found.append(Refusal("note_about_person", sentence, facts=about))
    return found


def _person_refusals(person_id: int, facts: BatchFacts) -> list[Refusal]:
    about = (("person_id", person_id),)
    name = facts.names.get(person_id, "")
    if person_id == facts.author_id:
        return [Refusal("oneself", _("Personne ne valide pour soi-même."), facts=about)]
    if facts.expected is not None and person_id not in facts.expected:
        return [Refusal("not_in_group", _("Une personne n’est pas de ce groupe."), facts=about)]
    if person_id in facts.absent:
        return [Refusal("absent", _("%(name)s n’était pas là\u00a0: rien à valider.", name=name), facts=about)]
    return []


def may_validate(competency_id: int, asked_by: Mapping[int, frozenset[int]], rights: Collection[int]) -> bool:
    """Whether the rights held allow this competency.

    One that safety badges ask needs a current right for at least one of them; any other needs none.
    """
    badges = asked_by.get(competency_id, frozenset())
    return not badges or any(badge in rights for badge in badges)


def _where(cell: Cell) -> tuple[tuple[str, object], ...]:
    return (("person_id", cell.person_id), ("competency_id", cell.competency_id))


def split_reached(cells: Sequence[Cell], levels: Mapping[tuple[int, int], int]) -> tuple[list[Cell], list[Cell]]:
    """What to write and what is already reached; of a cell said twice, the highest level is kept."""
    highest: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        where = (cell.person_id, cell.competency_id)
        if where not in highest or cell.level > highest[where].level:
            highest[where] = cell
    to_write = [cell for where, cell in highest.items() if cell.level > levels.get(where, 0)]
    reached = [cell for where, cell in highest.items() if cell.level <= levels.get(where, 0)]
    return to_write, reached


def current_level(lines: Iterable[Line]) -> tuple[int, int | None]:
    """The level that counts and the line that gives it: the highest among those not corrected, the oldest of equals.

    A line that needs a second person counts once another one saw at least as much. (0, None) when nothing counts.
    """
    standing = standing_lines(lines)
    counting = [line for line in standing if not line.needs_second or _seconded(line, standing)]
    if not counting:
        return 0, None
    best = max(counting, key=lambda line: (line.level, -line.id))
    return best.level, best.id


def standing_lines(lines: Iterable[Line]) -> list[Line]:
    """The lines that no correction took away."""
    rows = list(lines)
    corrected = {line.corrects_id for line in rows}
    return [line for line in rows if line.id not in corrected and line.level > 0]


def _seconded(line: Line, standing: Sequence[Line]) -> bool:
    return any(other.author_id != line.author_id and other.level >= line.level for other in standing)


def to_second(lines: Iterable[Line]) -> list[Line]:
    """The lines that wait for a second person and would raise the level, the highest first, the oldest of equals."""
    standing = standing_lines(lines)
    level, _line_id = current_level(standing)
    waiting = [line for line in standing if line.needs_second and line.level > level]
    return sorted(waiting, key=lambda line: (-line.level, line.id))


def reached_by(author_id: int, lines: Iterable[Line], later: Collection[int] = ()) -> int:
    """The level that somebody need not give again: what counts, and what they gave themselves.

    ``later``: lines that came after they opened the page, which do not count.
    """
    standing = [line for line in standing_lines(lines) if line.id not in later]
    own = [line.level for line in standing if line.author_id == author_id]
    return max([current_level(standing)[0], *own])


def crossed_cells(
    cells: Sequence[Cell], lines: Mapping[tuple[int, int], Sequence[Line]], looked_at: datetime, author_id: int
) -> list[int]:
    """Ids of the lines that somebody else wrote since this author looked, with another level than their cell."""
    wanted = {(cell.person_id, cell.competency_id): cell.level for cell in cells}
    return [
        line.id
        for pair, level in wanted.items()
        for line in standing_lines(lines.get(pair, ()))
        if line.came_after(looked_at, author_id) and line.level != level
    ]


def correction_refusals(facts: CorrectionFacts, level: int, reason: str) -> list[Refusal]:
    """Every reason not to correct a validation to this level (0: it does not count at all)."""
    found = []
    if not facts.may_validate:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation corrige une validation.")))
    if facts.author_id == facts.person_id:
        found.append(Refusal("oneself", _("Personne ne valide pour soi-même.")))
    if not facts.rights_ok:
        found.append(Refusal("no_right", _("Pas de droit de valider cette compétence à ce jour.")))
    if facts.already_corrected:
        found.append(Refusal("already_corrected", _("Cette validation est déjà corrigée\u00a0: rouvrez la page.")))
    if level not in (0, *LEVELS):
        found.append(Refusal("level_unknown", _("Un niveau va de 0 à 4."), field="level"))
    elif level == facts.level_now:
        found.append(Refusal("same_level", _("C’est déjà ce niveau\u00a0: rien à corriger."), field="level"))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Indiquez pourquoi."), field="reason"))
    return found


def undo_refusals(facts: UndoFacts, by_id: int, today: date) -> list[Refusal]:
    """A batch is undone by who saved it, on the same day of the house; later, one corrects line by line."""
    found = []
    if by_id != facts.author_id:
        found.append(Refusal("other_author", _("Seule la personne qui a enregistré peut défaire.")))
    if today != facts.saved_on:
        found.append(Refusal("other_day", _("On défait le jour même. Ensuite, corrigez ligne par ligne.")))
    if facts.is_correction:
        found.append(Refusal("is_correction", _("Une correction ne se défait pas\u00a0: corrigez-la à son tour.")))
    return found
