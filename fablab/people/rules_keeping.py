"""How long a young person's file is kept, and when it ends. Pure.

GDPR, article 5.1.e; CNIL, framework of social support (2021): two years after the last contact, in the active base.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from fablab.i18n import _
from fablab.refusals import Refusal

PREFIX = "keeping"
#: how long a file is said to end before it does
NOTICE = timedelta(days=30)
#: how long it is kept further, once somebody says why
LONGER = relativedelta(months=6)
#: why a file is kept longer
REASONS = ("comes_back", "asked", "dispute", "funder")


@dataclass(frozen=True)
class KeepingRules:
    """What the house decides of it: months without any contact before a file ends."""

    months_kept: int = 24


def forgotten_since(today: date, rules: KeepingRules) -> date:
    """Whoever had their last contact before this day has a file that ends."""
    return today - relativedelta(months=rules.months_kept)


def ends_on(listed_on: date, kept_until: date | None) -> date:
    """The day on which a file that was said to end is erased."""
    noticed = listed_on + NOTICE
    return max(noticed, kept_until) if kept_until else noticed


def keep_refusals(why: str, *, listed: bool) -> list[Refusal]:
    """Why a file is not kept longer: it does not end, or nobody said why."""
    if not listed:
        return [Refusal("not_ending", _("Ce dossier ne finit pas\u00a0: il n’y a rien à garder."))]
    if why not in REASONS:
        return [Refusal("why_missing", _("Choisir pourquoi ce dossier est gardé."), field="why")]
    return []


def end_refusals(*, past: bool, silent: bool) -> list[Refusal]:
    """Why a file does not end now: its day has not come, somebody keeps it, or somebody was heard of."""
    return [] if past and silent else [Refusal("goes_on", _("Ce dossier ne finit pas aujourd’hui."))]
