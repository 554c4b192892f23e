"""Why somebody has not the badge of a stage yet, in words for the team."""

from collections.abc import Collection

from fablab.i18n import _, in_french
from pathways.queries_stage import StagePage


def why_no_badge(page: StagePage, waiting: Collection[int]) -> list[str]:
    """Each reason in a sentence; none when the badge is held.

    ``waiting``: ids of competencies of which a level waits for a second person (queries_requests.waits_for_second).
    """
    if page.held:
        return []
    titles = {one.id: in_french(one.title) for one, _level in (*page.stage.aims, *page.among)}
    found = []
    for aim in page.aims:
        if aim.competency_id not in page.gap.missing:
            continue
        title = titles[aim.competency_id]
        if aim.competency_id in waiting:
            found.append(_("%(title)s\u00a0: vu une fois, une deuxième personne doit confirmer.", title=title))
        elif aim.level:
            words = _(
                "%(title)s\u00a0: niveau %(level)s, il faut %(target)s.",
                level=aim.level,
                target=aim.target,
                title=title,
            )
            found.append(words)
        else:
            found.append(_("%(title)s\u00a0: pas encore validé.", title=title))
    if page.gap.to_choose:
        found.append(_("Au choix\u00a0: encore %(count)s à valider.", count=page.gap.to_choose))
    if page.enrolment.status == "enrolled":
        found.append(_("Pas encore noté présent\u00a0: les badges viennent avec la première présence."))
    return found or [_("Tout est atteint\u00a0: le badge arrive avec la prochaine présence ou validation.")]
