"""Moving somebody to another version of their pathway: what becomes of each competency, and where they stand. Pure."""

from collections.abc import Collection, Mapping, Sequence

from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_versions import Aimed, Fates, Known, Standing


def proposed(before: Sequence[Known], after: Sequence[Known]) -> dict[str, tuple[str, ...]]:
    """Which competency counts for which, as far as their keys say: who wrote a new one said where it comes from.

    Without such a word, a new one that is called as one that was dropped takes its place.
    """
    known, coming = {one.code for one in before}, {one.code for one in after}
    by_title = {one.title.casefold(): one.code for one in before if one.code not in coming}
    found: dict[str, tuple[str, ...]] = {}
    for one in after:
        if one.code in known:
            continue
        source = one.replaces if one.replaces in known else by_title.get(one.title.casefold())
        if source is not None:
            found[source] = (*found.get(source, ()), one.code)
    return found


def fates(before: Sequence[Known], after: Sequence[Known], mapping: Mapping[str, Sequence[str]]) -> Fates:
    """What becomes of each competency under this mapping."""
    coming = {one.code for one in after}
    known = {one.code for one in before}
    taken = {code for codes in mapping.values() for code in codes}
    counted = {code: tuple(mapping.get(code, ())) for code in (one.code for one in before)}
    return Fates(
        kept=tuple(code for code in counted if code in coming),
        renamed={code: to[0] for code, to in counted.items() if code not in coming and len(to) == 1},
        split={code: to for code, to in counted.items() if len(to) > 1 or (to and code in coming)},
        dropped=tuple(code for code, to in counted.items() if code not in coming and not to),
        new=tuple(one.code for one in after if one.code not in known and one.code not in taken),
    )


def mapping_refusals(
    before: Sequence[Known],
    after: Sequence[Known],
    mapping: Mapping[str, Sequence[str]],
    guarded: Mapping[str, str],
) -> list[Refusal]:
    """Why this mapping cannot be: ``guarded`` are the titles, by code, of what must be seen by somebody's own eyes.

    A level that opens a machine, or that two people must see, is never taken over from another competency.
    """
    known, coming = {one.code for one in before}, {one.code for one in after}
    found = []
    for code, targets in mapping.items():
        field = f"to_{code}"
        if code not in known or any(target not in coming or target in known for target in targets):
            sentence = _("Choisir parmi les compétences nouvelles de cette version.")
            found.append(Refusal("mapping_unknown", sentence, field=field))
        for target in targets:
            if target in guarded:
                sentence = _("«\u00a0%(title)s\u00a0» ouvre une machine\u00a0: elle se voit.", title=guarded[target])
                found.append(Refusal("mapping_guarded", sentence, field=field))
    return found


def standing(
    aims: Sequence[Aimed],
    levels: Mapping[str, int],
    mapping: Mapping[str, Sequence[str]],
    badges: Collection[str] = (),
) -> Standing:
    """Where somebody stands in the new version: ``levels`` by code of what they hold, ``badges`` their names."""
    counted = dict(levels)
    for code, targets in mapping.items():
        for target in targets:
            counted[target] = max(counted.get(target, 0), levels.get(code, 0))
    return Standing(
        counts=tuple(aim for aim in aims if counted.get(aim.code, 0) >= aim.level),
        left=tuple(aim for aim in aims if counted.get(aim.code, 0) < aim.level),
        badges=tuple(badges),
    )


def move_refusals(
    *, may_move: bool, published: bool, same_pathway: bool, other_version: bool, people: int, following: Sequence[str]
) -> list[Refusal]:
    """Why these people cannot be moved; ``following``: the names of those who follow the new version already."""
    found = []
    if not may_move:
        found.append(Refusal("not_coordinator", _("Seule la coordination change de version.")))
    if not published:
        found.append(Refusal("not_published", _("Cette version n’est pas publiée\u00a0: rouvrir la page.")))
    if not same_pathway or not other_version:
        found.append(Refusal("other_pathway", _("Choisir une autre version du même parcours.")))
    if not people:
        found.append(Refusal("nobody", _("Choisir au moins un groupe ou une personne."), field="groups"))
    if following:
        sentence = _("Déjà dans la nouvelle version\u00a0: %(names)s.", names=", ".join(following))
        found.append(Refusal("already_enrolled", sentence, field="groups"))
    return found


def shown_refusals(shown: str, now: str) -> list[Refusal]:
    """Why a move is not what was shown before confirming; both are stamps of what it does."""
    if shown == now:
        return []
    return [Refusal("changed_meanwhile", _("Quelque chose a changé entre-temps\u00a0: relire, puis confirmer."))]


def move_back_refusals(*, may_move: bool, moved_since: bool, version_draft: bool) -> list[Refusal]:
    """Why a move cannot be undone; one that is undone already is left as it is."""
    found = []
    if not may_move:
        found.append(Refusal("not_coordinator", _("Seule la coordination change de version.")))
    if moved_since:
        found.append(
            Refusal("moved_since", _("Ces personnes ont changé de version depuis\u00a0: annuler d’abord cela."))
        )
    if version_draft:
        found.append(Refusal("not_published", _("La version d’avant n’est plus publiée.")))
    return found
