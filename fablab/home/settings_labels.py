"""What each setting is called, by its key: for the journal, and the page of what is still invented."""

from typing import Any

from fablab.home import settings_funders, settings_identity, settings_letters
from fablab.home.settings_words import SETTINGS

_GROUPS = (settings_identity.GROUP, settings_letters.GROUP, settings_funders.WORDS)
LABELS: dict[str, Any] = {one.key: one.label for one in SETTINGS}
LABELS |= {fact.key: fact.label for group in _GROUPS for fact in group.facts}
