"""The rules of saying under what a group meets, and who pays its hours. Facts in, refusals out."""

from collections.abc import Collection

from fablab.i18n import _
from fablab.refusals import Refusal
from pathways.values_frames import LEGAL_FRAMES


def frame_refusals(
    legal_frame: str | None, scheme_id: int | None, offered: Collection[int], *, may_manage: bool
) -> list[Refusal]:
    """Why this cannot be said of a group. ``offered``: ids of the schemes that pay for something."""
    found = [] if may_manage else [Refusal("not_facilitator", _("Seule l’équipe dit le cadre d’un groupe."))]
    if legal_frame is not None and legal_frame not in LEGAL_FRAMES:
        found.append(Refusal("frame_unknown", _("Choisissez un cadre de la liste."), field="legal_frame"))
    if scheme_id is not None and scheme_id not in offered:
        found.append(Refusal("scheme_unknown", _("Choisissez un financeur de la liste."), field="scheme"))
    return found


def is_excluded(pathway: str, excluded: Collection[str] | None) -> bool:
    """Whether a scheme does not pay for a pathway: a warning, the coordination may have an agreement of its own.

    CAF's «prestation de service Jeunes» leaves out projects of vocational integration.
    """
    return pathway in (excluded or ())
