"""Who may have a key for programs, for what and until when. Pure. Why so: docs/decisions/0030-keys-for-programs.md."""

from collections.abc import Collection
from datetime import date, timedelta

from fablab.i18n import _
from fablab.people.rules import MAJORITY
from fablab.people.values_tokens import Wanted
from fablab.refusals import Refusal

#: a key that nobody renews ends: a year and a day at most
LONGEST = timedelta(days=366)
#: keys of one person that work at once
MOST = 10
#: an answer is said again so long; a request without one is given up after so long
ANSWER_KEPT, GIVEN_UP = timedelta(days=1), timedelta(minutes=1)


def grown_up_refusals(age: int | None) -> list[Refusal]:
    """Why somebody has no key of their own: a program would hold what concerns a minor."""
    if age is None or age < MAJORITY:
        return [Refusal("key_adults_only", _("Les clés pour programmes sont pour les adultes, à partir de 18 ans."))]
    return []


def key_refusals(wanted: Wanted, *, offered: Collection[str], working: int, today: date) -> list[Refusal]:
    """Why this key is not made. ``offered``: the scopes that its maker's roles allow; ``working``: keys they have."""
    found = []
    if not wanted.scopes or not set(wanted.scopes) <= set(offered):
        found.append(Refusal("key_scope", _("Choisir dans la liste ce que la clé permet."), field="scopes"))
    if wanted.last_day < today:
        found.append(Refusal("key_past", _("Ce jour est passé."), field="last_day"))
    if wanted.last_day > today + LONGEST:
        found.append(Refusal("key_too_long", _("Une clé dure un an au plus."), field="last_day"))
    if working >= MOST:
        sentence = _("Déjà %(most)s clés\u00a0: en retirer une d’abord.", most=MOST)
        found.append(Refusal("key_too_many", sentence))
    return found


def use_refusals(scope: str, *, works: bool, given: Collection[str], may: bool, grown_up: bool) -> list[Refusal]:
    """Why a key does not open this: it is over, was not made for it, or whoever made it may no longer."""
    if not works:
        return [Refusal("key_over", _("Cette clé est finie ou retirée\u00a0: en faire une autre."))]
    if scope not in given:
        return [Refusal("key_lacks_scope", _("Cette clé ne permet pas cela\u00a0: %(scope)s.", scope=scope))]
    if not (may and grown_up):
        return [Refusal("key_maker_may_not", _("La personne qui a fait cette clé n’en a pas, ou plus, le droit."))]
    return []


def good_answer_key(key: str) -> bool:
    """Whether a program may name its request so."""
    return 8 <= len(key) <= 64 and key.isascii() and key.isprintable() and " " not in key


def answer_refusals(*, same: bool, done: bool) -> list[Refusal]:
    """Why what was asked under a key already used is not said again: it was something else, or is being done."""
    if not same:
        sentence = _("Cette clé d’idempotence a servi pour une autre demande\u00a0: en donner une autre.")
        return [Refusal("answer_other", sentence, field="Idempotency-Key")]
    if not done:
        return [Refusal("answer_coming", _("La même demande est en cours\u00a0: redemander dans une seconde."))]
    return []
