"""Which PINs and passwords are refused, and what wrong tries lead to. Pure.

Six digits with a pause after 5 wrong tries and the team's help after 10: the house's choice within the CNIL's
deliberation 2022-100 (a short secret is only safe when tries are few).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fablab.i18n import _
from fablab.people.names import fold
from fablab.refusals import Refusal

PIN_LENGTH = 6
SHORT_LENGTH = 4
PASSWORD_LENGTH = 12
TRIES_BEFORE_PAUSE = 5
TRIES_BEFORE_HELP = 10
PAUSE = timedelta(minutes=15)
#: wrong tries that one count takes in a day, whatever right secrets come in between
TRIES_A_DAY, DAY = 20, timedelta(days=1)
#: devices known to one identifier, each with a count of its own, and how long one stays known without entering
DEVICES, DEVICE_KEPT = 5, timedelta(days=400)
#: how long wrong tries count without another one: ten tries a year find nothing in a million codes. The same for
#: identifiers that nobody has, else what is forgotten would tell who exists
TRIES_KEPT = timedelta(days=365)
#: how long the row of an identifier stays whose tries a right secret has undone
NONE_KEPT = timedelta(days=1)

_RUNS = "01234567890", "09876543210"
#: what is tried first, folded; those under 12 letters are refused by their length already
_COMMON = (
    "motdepasse", "password", "azertyuiop", "qwertyuiop", "123456789", "987654321", "bonjour", "chambery", "ladynamo",
    "fablab", "administrateur", "administrator", "bienvenue", "soleil", "doudou", "jetaime", "iloveyou", "letmein",
)  # fmt: skip


def pin_refusals(pin: str, birth: date | None) -> list[Refusal]:
    """Why a PIN cannot be chosen: not six digits, a run or a repetition, or something of the birth date."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        return [Refusal("pin_shape", _("Le code a 6 chiffres."), field="pin")]
    if any(pin in run for run in _RUNS) or any(pin == pin[:size] * (PIN_LENGTH // size) for size in (1, 2, 3)):
        return [Refusal("pin_easy", _("Ce code est trop facile à deviner : choisir un autre code."), field="pin")]
    if birth and (f"{birth:%Y}" in pin or pin in {birth.strftime(shape) for shape in ("%d%m%y", "%y%m%d", "%m%d%y")}):
        sentence = _("Ce code vient de la date de naissance : choisir un autre code.")
        return [Refusal("pin_birth", sentence, field="pin")]
    return []


def same_pin(new: str, old: str) -> list[Refusal]:
    """Why a PIN is no change: it is what was typed as the old one, right or not."""
    if new != old:
        return []
    return [Refusal("pin_same", _("C’est le même code : choisir un autre code."), field="pin")]


def same_password(new: str, old: str) -> list[Refusal]:
    """Why a password is no change: it is what was typed as the old one, right or not."""
    if new != old:
        return []
    return [Refusal("password_same", _("C’est le même mot de passe : en choisir un autre."), field="password")]


def short_refusals(short: str, pin: str, birth: date | None) -> list[Refusal]:
    """Why a code for kiosks cannot be chosen: not four digits, too easy, of the birth date, or a part of the PIN.

    Ten thousand codes are few: they open nothing but an enrolled kiosk, and tries are counted (CNIL 2022-100).
    """
    if len(short) != SHORT_LENGTH or not (short.isascii() and short.isdigit()):
        return [Refusal("short_shape", _("Le code court a 4 chiffres."), field="pin")]
    born = {birth.strftime(shape) for shape in ("%Y", "%d%m", "%m%d", "%m%y")} if birth else set()
    easy = any(short in run for run in _RUNS) or short[:2] == short[2:] or short in born
    if easy or short in pin:
        sentence = _("Ce code court est trop facile, ou déjà dans mon code : j’en choisis un autre.")
        return [Refusal("short_easy", sentence, field="pin")]
    return []


def password_refusals(password: str, email: str) -> list[Refusal]:
    """Why a password cannot be chosen: too short, made of the e-mail's name, or among those tried first."""
    if len(password) < PASSWORD_LENGTH:
        sentence = _("12 caractères au moins : trois mots qui vont mal ensemble, par exemple.")
        return [Refusal("password_short", sentence, field="password")]
    bare = fold(password).replace(" ", "")
    if any(len(word) > 2 and word in bare for word in fold(email.partition("@")[0]).split()):
        sentence = _("Ce mot de passe contient le nom de l’adresse e-mail : en choisir un autre.")
        return [Refusal("password_name", sentence, field="password")]
    left = bare
    for word in _COMMON:
        left = left.replace(word, "")
    # A common word followed by a year, or dressed with a few figures, is tried first too.
    if len(set(bare)) < 5 or sum(letter.isalpha() for letter in left) < 3:
        sentence = _("Ce mot de passe est trop courant : en choisir un autre.")
        return [Refusal("password_common", sentence, field="password")]
    return []


@dataclass(frozen=True)
class Tries:
    """Wrong tries in a row of one count, the pause they led to, and those of the day that began then."""

    count: int = 0
    locked_until: datetime | None = None
    day_count: int = 0
    day_began: datetime | None = None


def lock(tries: Tries, now: datetime, *, help_after: int | None) -> Refusal | None:
    """Why nobody may try now: a pause, or (from ``help_after`` tries) until the team unlocks."""
    if help_after is not None and tries.count >= help_after:
        sentence = _("Trop d’essais. Je demande à quelqu’un de l’équipe de débloquer mon accès.")
        return Refusal("locked_until_help", sentence, field="secret")
    if tries.locked_until is not None and now < tries.locked_until:
        return Refusal("locked", _pause(tries.locked_until - now), field="secret")
    return None


def _pause(left: timedelta) -> str:
    minutes = -int(-left.total_seconds() // 60)
    if minutes <= 60:
        return _(
            "Trop d’essais : pause de %(minutes)s\u00a0min. Quelqu’un de l’équipe peut aider avant.", minutes=minutes
        )
    hours = -(-minutes // 60)
    return _("Trop d’essais : pause de %(hours)s\u00a0h. Quelqu’un de l’équipe peut aider avant.", hours=hours)


def after_wrong(tries: Tries, now: datetime) -> Tries:
    """The count after one more wrong try: every fifth one begins a pause, the day's last one lasts until its end."""
    began = tries.day_began if tries.day_began is not None and now < tries.day_began + DAY else None
    count, day_count, day_began = tries.count + 1, (tries.day_count if began else 0) + 1, began or now
    until = now + PAUSE if count % TRIES_BEFORE_PAUSE == 0 else None
    if day_count >= TRIES_A_DAY:
        until = max(until or now, day_began + DAY)
    return Tries(count, until, day_count, day_began)


def tries_left(tries: Tries) -> int:
    """How many wrong tries remain before the next pause, 1 to 5."""
    return min(TRIES_BEFORE_PAUSE - tries.count % TRIES_BEFORE_PAUSE, max(1, TRIES_A_DAY - tries.day_count))
