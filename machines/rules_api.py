"""Why what a program asks cannot be read or is not theirs to ask. Pure; the rules of the house stand elsewhere."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from fablab.i18n import _
from fablab.refusals import Refusal

#: bookings and uses are asked for so long a time at most, free times for so long
LONGEST_PERIOD, LONGEST_LOOK = timedelta(days=92), timedelta(days=7)


def unknown_key() -> Refusal:
    """The key opens nothing, or there is none."""
    return Refusal("key_unknown", _("Cette clé n’ouvre rien."))


def too_many_unknown() -> Refusal:
    """Too many unknown keys came from one address."""
    return Refusal("keys_unknown_often", _("Trop de clés inconnues\u00a0: attendre une minute."))


def lacks_answer_key() -> Refusal:
    """A request to write that does not name itself."""
    sentence = _("Donner un en-tête Idempotency-Key de 8 à 64 signes.")
    return Refusal("answer_key_needed", sentence, field="Idempotency-Key")


def not_json() -> Refusal:
    """What is sent is something else."""
    return Refusal("json_only", _("Envoyer du JSON\u00a0: application/json."))


def unreadable(fields: Iterable[tuple[str, str]]) -> list[Refusal]:
    """What is wrong with each field, by the kind of its fault."""
    words = {
        "missing": _("Il manque cette valeur."),
        "extra_forbidden": _("Cette valeur n’est pas attendue."),
        "twice": _("Une seule valeur est attendue."),
    }
    other = _("Cette valeur ne se lit pas ou n’est pas possible.")
    return [Refusal("unreadable", words.get(kind, other), field=field) for field, kind in fields]


def period_refusals(start: datetime, end: datetime, longest: timedelta) -> list[Refusal]:
    """Why a time cannot be asked for: it ends before it starts, or is too long."""
    if end <= start:
        return [Refusal("period_reversed", _("La fin vient avant le début."), field="to")]
    if end - start > longest:
        return [Refusal("period_too_long", _("Au plus %(days)s jours à la fois.", days=longest.days), field="to")]
    return []


def length_refusals(minutes: int, least: int, most: int) -> list[Refusal]:
    """Why a machine has no times of this length."""
    if not least <= minutes <= most:
        sentence = _("De %(least)s à %(most)s minutes pour cette machine.", least=least, most=most)
        return [Refusal("length_not_allowed", sentence, field="minutes")]
    return []


def for_whom_refusals(*, own: bool, said: bool, mine: bool, known: bool) -> list[Refusal]:
    """Why a key does not act for this person: another one than its maker, nobody said, or nobody of that name."""
    if own:
        return (
            [Refusal("key_own_only", _("Cette clé n’agit que pour la personne qui l’a faite."), field="person")]
            if said and not mine
            else []
        )
    if not said:
        return [Refusal("person_needed", _("Dire pour qui."), field="person")]
    if not known:
        return [Refusal("person_unknown", _("Personne n’a cet identifiant public."), field="person")]
    return []


def unknown_machine() -> Refusal:
    """No machine of the house has this code."""
    return Refusal("machine_unknown", _("Aucune machine n’a ce code."), field="machine")


def why_needed(*, own: bool, said: bool) -> list[Refusal]:
    """Why a booking is not cancelled yet: somebody else's asks for a reason."""
    if not own and not said:
        return [Refusal("reason_needed", _("Dire pourquoi\u00a0: la personne est prévenue."), field="reason")]
    return []
