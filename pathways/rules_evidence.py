"""The rules of evidence: facts in, refusals out.

The catalogue says which kinds of evidence come with a file; the house says from which level one is asked.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from fablab.i18n import _, ngettext
from fablab.people.rules import needs_parental_authorisation
from fablab.refusals import Refusal
from pathways.values_evidence import (
    CHECKLIST,
    KINDS,
    MOST_BYTES,
    MOST_PIECES,
    PHOTOS_OF_A_SHEET,
    TEXT_LENGTH,
    WEAK,
    WORDS,
    AddingFacts,
    ProofFacts,
    SheetFacts,
    TickFacts,
)
from pathways.values_validating import Cell

#: names said in a refusal; the others are counted
_NAMED = 3


def proof_refusals(cells: Sequence[Cell], facts: ProofFacts) -> list[Refusal]:
    """Why the evidence is not enough for these levels, competency by competency, with the names of who lacks it."""
    found = []
    for competency_id in sorted({cell.competency_id for cell in cells}):
        mine = [cell for cell in cells if cell.competency_id == competency_id]
        title, about = facts.titles.get(competency_id, ""), (("competency_id", competency_id),)
        if any(_is_weak(cell, facts) for cell in mine):
            sentence = _("%(title)s\u00a0: être présent ou en parler ne suffit pas à ce niveau.", title=title)
            found.append(Refusal("evidence_weak", sentence, facts=about))
        if lacking := sorted({cell.person_id for cell in mine if lacks_piece(cell, facts)}):
            names = [facts.names.get(person_id, "") for person_id in lacking]
            sentence = _(
                "%(title)s\u00a0: il manque une photo, un fichier, un lien ou une fiche (%(names)s).",
                title=title,
                names=_some_of(names),
            )
            found.append(Refusal("piece_missing", sentence, facts=about))
        if lacking := sorted({cell.person_id for cell in mine if _lacks_tick(cell, facts)}):
            sentence = _(
                "%(title)s\u00a0: rien n’est coché dans les preuves attendues (%(names)s).",
                title=title,
                names=_some_of([facts.names.get(person_id, "") for person_id in lacking]),
            )
            found.append(Refusal("tick_missing", sentence, facts=about))
    return found


def lacks_piece(cell: Cell, facts: ProofFacts) -> bool:
    """Whether a cell rests on a kind of evidence that comes with a file, at a level that asks for it, without any."""
    asked = cell.level >= facts.levels.piece_from_level and _kind(cell, facts) in facts.with_file
    return asked and not facts.pieces.get((cell.person_id, cell.competency_id))


def _lacks_tick(cell: Cell, facts: ProofFacts) -> bool:
    """The same of a checklist: it rests on what was ticked, from the level that asks for a piece."""
    asked = cell.level >= facts.levels.piece_from_level and _kind(cell, facts) == CHECKLIST
    return asked and not facts.ticked.get((cell.person_id, cell.competency_id))


def behind(cells: Sequence[Cell], facts: ProofFacts) -> Mapping[tuple[int, int], tuple[int, ...]]:
    """The pieces on which each cell rests: all there are, and for a checklist what was ticked too."""
    found = {}
    for cell in cells:
        where = (cell.person_id, cell.competency_id)
        ticked = facts.ticked.get(where, ()) if _kind(cell, facts) == CHECKLIST else ()
        found[where] = (*facts.pieces.get(where, ()), *ticked)
    return found


def _is_weak(cell: Cell, facts: ProofFacts) -> bool:
    """Whether presence or words alone are said; where the catalogue expects no more, they are enough at any level."""
    kind = _kind(cell, facts)
    asked = cell.level >= facts.levels.seen_from_level and kind in WEAK
    return asked and kind != facts.expected.get(cell.competency_id)


def _kind(cell: Cell, facts: ProofFacts) -> str:
    return cell.evidence or facts.expected.get(cell.competency_id, "")


def _some_of(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    said = ", ".join(names[:_NAMED])
    return f"{said} {ngettext('et %(num)s autre', 'et %(num)s autres', more)}" if more > 0 else said


def adding_refusals(kind: str, text: str, url: str, size: int, facts: AddingFacts) -> list[Refusal]:
    """Every reason not to add a piece of this kind."""
    found = []
    if kind not in KINDS or not (facts.by_owner or facts.by_team) or (kind in WORDS and not facts.by_team):
        found.append(Refusal("evidence_kind", _("Cette sorte de preuve ne s’ajoute pas ici.")))
    if facts.pieces >= MOST_PIECES or facts.bytes_kept + size > MOST_BYTES:
        found.append(Refusal("evidence_full", _("Il y a déjà beaucoup de preuves\u00a0: en retirer d’abord.")))
    if len(text) > TEXT_LENGTH:
        found.append(Refusal("text_long", _("%(most)s lettres au plus.", most=TEXT_LENGTH), field="text"))
    if not text.strip() and kind != "sheet":
        found.append(Refusal("text_missing", _("Dire en quelques mots ce que cela montre."), field="text"))
    if kind == "link":
        found += link_refusals(url)
    return found


def link_refusals(url: str) -> list[Refusal]:
    """Why an address cannot be kept: only pages of the web, without a name and password in them."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        right = False
    if right and len(url) <= 500 and not any(ord(sign) < 33 for sign in url):
        return []
    return [Refusal("link_wrong", _("Copier une adresse entière, qui commence par https://."), field="url")]


def removing_refusals(*, by_owner: bool, by_team: bool, in_use: bool) -> list[Refusal]:
    """A piece on which a validation rests is taken away by the team, who sees what it leaves without proof."""
    if not (by_owner or by_team):
        return [Refusal("not_mine", _("Cette preuve est à quelqu’un d’autre."))]
    if in_use and not by_team:
        return [Refusal("in_use", _("Une validation s’appuie dessus. Je demande à l’équipe de la retirer."))]
    return []


def tick_refusals(proof: str, facts: TickFacts) -> list[Refusal]:
    """Every reason not to tick, or take back, an expected proof of a stage."""
    found = []
    if not facts.by_team:
        found.append(Refusal("not_facilitator", _("Seule l’équipe d’animation coche une preuve.")))
    if facts.oneself:
        found.append(Refusal("oneself", _("Personne ne coche pour soi-même.")))
    if proof not in facts.expected:
        found.append(Refusal("proof_unknown", _("Cette preuve n’est plus attendue\u00a0: rouvrir la page.")))
    return found


def photo_refusals(photos: int) -> list[Refusal]:
    """A sheet has three photos at most."""
    if photos < PHOTOS_OF_A_SHEET:
        return []
    return [Refusal("photos_full", _("Trois photos au plus\u00a0: en retirer une d’abord."), field="photo")]


def sheet_refusals(owner_id: int, by_id: int) -> list[Refusal]:
    """Only its owner writes, changes and shows a sheet."""
    return [] if owner_id == by_id else [Refusal("not_mine", _("Cette fiche est à quelqu’un d’autre."))]


def hiding_refusals(why: str) -> list[Refusal]:
    """Whoever takes a sheet out of the gallery says why: its owner reads it."""
    return [] if why.strip() else [Refusal("reason_missing", _("Indiquez pourquoi."), field="reason")]


def form_refusals(added_for: int, owner_id: int) -> list[Refusal]:
    """A form that added a piece for somebody adds none for somebody else."""
    if added_for == owner_id:
        return []
    return [Refusal("key_taken", _("Cette page a déjà servi\u00a0: l’ouvrir encore une fois."))]


def changing_refusals(*, by_owner: bool, by_team: bool, removed: bool) -> list[Refusal]:
    """Why nobody may say anew what a piece shows."""
    found = removing_refusals(by_owner=by_owner, by_team=by_team, in_use=False)
    return found + ([Refusal("removed", _("Cette preuve est retirée."))] if removed else [])


def gallery_refusals(facts: SheetFacts, day: date) -> list[Refusal]:
    """Why a sheet is not in the gallery on a day, its owner's own yes left aside."""
    found = []
    if facts.hidden:
        found.append(Refusal("hidden", _("L’équipe a retiré cette fiche de la galerie.")))
    if facts.photos and facts.photos_refused:
        found.append(Refusal("photos_refused", _("J’ai dit non aux photos. Je montre la fiche sans photo.")))
    if facts.photos and needs_parental_authorisation(facts.birth_date, day) and not facts.image_covered:
        found.append(Refusal("image_missing", _("Il manque l’accord de mes parents pour les photos.")))
    return found


def is_shown(facts: SheetFacts, day: date) -> bool:
    """Whether a sheet stands in the gallery on a day: its owner agrees, and nothing is against it."""
    return facts.agrees and not facts.gone and not gallery_refusals(facts, day)
