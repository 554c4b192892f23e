"""What a person had seen of a value they change: two who change it at once are shown both, none is lost silently."""

import hashlib
import json
from typing import Any

from fablab.i18n import _
from fablab.refusals import Refusal


def stamp(value: Any) -> str:
    """A short mark of a value: says whether it is still the one that was shown."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def meanwhile(value: str, *, field: str) -> Refusal:
    """Somebody else changed it since it was shown: ``value`` is what holds now, in words."""
    sentence = _(
        "Changé entre-temps par quelqu’un d’autre\u00a0: «\u00a0%(value)s\u00a0». "
        "Enregistrer à nouveau garde ce qui est écrit ici.",
        value=value,
    )
    return Refusal("changed_meanwhile", sentence, field=field)
