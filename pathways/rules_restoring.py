"""The rules of ways back in training: what may be taken back, by whom and until when. Facts in, refusals out."""

from datetime import date

from fablab.i18n import _
from fablab.refusals import Refusal


def reopen_refusals(*, may_manage: bool) -> list[Refusal]:
    """Why somebody cannot open a closed group again."""
    return [] if may_manage else [Refusal("not_facilitator", _("Seule l’équipe rouvre un groupe."))]


def undo_call_refusals(author_id: int | None, called_on: date | None, by_id: int, today: date) -> list[Refusal]:
    """A call is taken back by who made it, on the same day of the house; later, one calls again.

    ``called_on`` is None: there was no call, or it is taken back already.
    """
    if called_on is None:
        return [Refusal("no_call", _("Aucun appel à annuler."))]
    found = []
    if author_id != by_id:
        found.append(Refusal("other_author", _("Seule la personne qui a fait l’appel l’annule.")))
    if called_on != today:
        found.append(Refusal("other_day", _("On annule le jour même. Ensuite, refaire l’appel.")))
    return found


def undo_hand_over_refusals(
    author_id: int | None, given_on: date, by_id: int, today: date, *, safety: bool
) -> list[Refusal]:
    """A badge handed to the wrong person is undone by who gave it, the same day; later it is taken back."""
    found = []
    if not safety:
        found.append(Refusal("not_safety", _("Seul un badge de sécurité se retire.")))
    if author_id != by_id:
        found.append(
            Refusal("other_author", _("Seule la personne qui l’a remis annule\u00a0: sinon, retirer le badge."))
        )
    if given_on != today:
        found.append(Refusal("other_day", _("On annule le jour même\u00a0: ensuite, retirer le badge.")))
    return found


def right_return_refusals(*, may_give: bool, ended_on: date | None, today: date) -> list[Refusal]:
    """A right ended by mistake is given back the same day; later, another one is given."""
    found = []
    if not may_give:
        found.append(Refusal("not_coordinator", _("Seule la coordination rend le droit de valider.")))
    if ended_on != today:
        found.append(Refusal("other_day", _("On rend un droit le jour même\u00a0: sinon, en donner un autre.")))
    return found


def take_back_refusals(*, may: bool, is_correction: bool, reason: str) -> list[Refusal]:
    """Why the coordination cannot take a whole batch of validations back."""
    found = []
    if not may:
        found.append(Refusal("not_coordinator", _("Seule la coordination retire un lot de validations.")))
    if is_correction:
        found.append(Refusal("is_correction", _("Une correction ne se défait pas\u00a0: corrigez-la à son tour.")))
    if not reason.strip():
        found.append(Refusal("reason_missing", _("Indiquez pourquoi."), field="reason"))
    return found
