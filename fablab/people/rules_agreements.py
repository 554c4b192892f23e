"""Which agreements can be signed by whom, and for how long. Pure."""

from datetime import date, timedelta

from fablab.i18n import _
from fablab.people.rules import CONSENT_AGE, MAJORITY, age_on
from fablab.refusals import Refusal

#: an agreement on photos says until when; two years at most is the house's own choice
IMAGE_LASTS = timedelta(days=731)


def refusals(kind: str, signer_link: str, birth: date | None, signed_on: date, until: date | None) -> list[Refusal]:
    """Why this cannot be recorded: signed by the young person too early, photos without an end."""
    found = []
    if signer_link == "self":
        # Showing one's badges online is a choice of one's own from 15; everything else from 18.
        least = CONSENT_AGE if kind == "online_badge" else MAJORITY
        if birth is None or age_on(birth, signed_on) < least:
            sentence = _("Le jeune signe pour lui-même à partir de %(age)s ans.", age=least)
            found.append(Refusal("self_too_young", sentence, field="signer_link"))
    if kind == "image" and (until is None or until - signed_on > IMAGE_LASTS):
        sentence = _("L’accord pour les photos a un dernier jour, deux ans après la signature au plus.")
        found.append(Refusal("image_too_long", sentence, field="valid_until"))
    return found


def photos_back_refusals(*, ended: bool) -> list[Refusal]:
    """Why an answer about photos cannot become «not asked yet»: a no that ended what was agreed."""
    if ended:
        return [Refusal("stands", _("Ce refus a mis fin à un accord : il reste, jusqu’à un nouveau oui."))]
    return []
