"""Who needs a second step to enter, and how often a letter with a link may be asked for. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from fablab.i18n import _
from fablab.people.rules_secrets import Tries
from fablab.permissions import Role
from fablab.refusals import Refusal

#: they read everybody's file or may give any right: a password alone is not enough, the house chose
TWO_STEPS = (Role.COORDINATOR, Role.ADMINISTRATOR)
#: letters with a link that one address may ask for, then how long it waits
LETTERS, WAIT = 3, timedelta(hours=1)


def needs_second_step(roles: Iterable[str], *, required: bool) -> bool:
    """Whether these roles enter in two steps; ``required`` is the house's own setting."""
    return required and any(role in TWO_STEPS for role in roles)


def too_many_letters(asked: Tries, now: datetime) -> Refusal | None:
    """Why no letter leaves now for an address, whether anybody has it or not."""
    if asked.locked_until is None or now >= asked.locked_until:
        return None
    minutes = -int((now - asked.locked_until).total_seconds() // 60)
    sentence = _("Trop de demandes pour cette adresse\u00a0: réessayer dans %(minutes)s\u00a0min.", minutes=minutes)
    return Refusal("too_many_letters", sentence, field="email")


def after_letter(asked: Tries, now: datetime) -> Tries:
    """The count after one more letter: the third in a row begins a wait; after a wait it begins anew."""
    over = asked.locked_until is not None and now >= asked.locked_until
    count = 1 if over else asked.count + 1
    return Tries(count, now + WAIT if count >= LETTERS else None)
