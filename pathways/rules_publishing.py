"""Who prepares, publishes and takes back a version of a pathway, and when not. Facts in, refusals out."""

from collections.abc import Collection, Iterable

from fablab.i18n import _, ngettext
from fablab.refusals import Refusal
from pathways.rules_versions import Fault

#: where the fault of a field is mended
PLACES = {
    "audience": "public", "group": "public", "places_per_year": "public", "hours": "public", "sessions": "public",
    "prerequisites": "public", "aimed_badges": "badges", "chosen_badges": "badges", "stages": "stages",
}  # fmt: skip


def not_coordinator() -> Refusal:
    """Only the coordination changes pathways."""
    return Refusal("not_coordinator", _("Seule la coordination change un parcours."))


def prepare_refusals(*, may_change: bool, draft: bool) -> list[Refusal]:
    """Why no new version can be prepared: one draft at a time."""
    found = [] if may_change else [not_coordinator()]
    if draft:
        found.append(Refusal("draft_exists", _("Une nouvelle version est déjà en préparation\u00a0: l’ouvrir.")))
    return found


def draft_refusals(*, may_change: bool, is_draft: bool) -> list[Refusal]:
    """Why this version cannot be written in."""
    found = [] if may_change else [not_coordinator()]
    if not is_draft:
        found.append(Refusal("not_draft", _("Cette version n’est plus un brouillon\u00a0: elle ne change plus.")))
    return found


def aim_refusals(competency_id: int, aimed: Collection[int]) -> list[Refusal]:
    """Why a stage cannot aim at a competency; ``aimed``: those that it aims at already."""
    if competency_id not in aimed:
        return []
    return [Refusal("already_aimed", _("Cette étape vise déjà cette compétence."), field="competency")]


def publish_refusals(
    faults: Iterable[tuple[Fault, str]], *, may_change: bool, is_draft: bool, seen: bool, changes: int
) -> list[Refusal]:
    """Why a draft cannot be published; ``seen``: it still is what was shown before confirming."""
    found = draft_refusals(may_change=may_change, is_draft=is_draft)
    for fault, sentence in faults:
        found.append(Refusal("incomplete", sentence, field=PLACES.get(str(fault.path[0]), "")))
    if is_draft and not seen:
        sentence = _("Le brouillon a changé entre-temps\u00a0: relire ce qui change, puis publier.")
        found.append(Refusal("changed_meanwhile", sentence))
    if is_draft and not changes:
        found.append(Refusal("nothing", _("Rien ne change\u00a0: il n’y a pas de nouvelle version à publier.")))
    return found


def unpublish_refusals(*, may_change: bool, published: bool, enrolled: int, groups: int, draft: bool) -> list[Refusal]:
    """Why a version cannot become a draft again; afterwards one prepares a new version from the one before."""
    found = [] if may_change else [not_coordinator()]
    if not published:
        found.append(Refusal("not_published", _("Cette version n’est pas publiée.")))
    if enrolled:
        sentence = ngettext(
            "%(num)s personne y est inscrite\u00a0: préparer plutôt une nouvelle version à partir de la précédente.",
            "%(num)s personnes y sont inscrites\u00a0: préparer plutôt une nouvelle version à partir de la précédente.",
            enrolled,
        )
        found.append(Refusal("version_lived", sentence))
    elif groups:
        sentence = _("Un groupe suit cette version\u00a0: préparer une nouvelle version à partir de la précédente.")
        found.append(Refusal("version_lived", sentence))
    if draft:
        found.append(Refusal("draft_exists", _("Une autre version est en préparation\u00a0: l’écarter d’abord.")))
    return found
