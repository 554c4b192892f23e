"""The end of a pathway at one's own pace is said 30 and 7 days before; how it ended is said by a person, never here."""

from datetime import datetime

from fablab import clock
from fablab.db import db, transaction
from fablab.outbox import tell
from pathways import upkeep
from pathways.models_groups import Enrolment
from pathways.queries_own_pace_list import running
from pathways.queries_warning import said
from pathways.rules_own_pace import last_day, step_of


def warn_of_ends(now: datetime) -> int:
    """Tell who follows a pathway that ends within 30 days, then 7: once a step and end. How many were told."""
    today, told = clock.local_day(now), 0
    for enrolment in running(db.session()):
        last = last_day(enrolment.enrolled_on, enrolment.version.max_months)
        step = step_of(last, today) if last else None
        if last is None or step is None:
            continue
        key = f"own-pace-ends:{enrolment.id}:{last:%Y%m%d}:{step}"
        if not said(db.session(), key):
            _tell(enrolment, key, now)
            told += 1
    return told


def _tell(enrolment: Enrolment, key: str, now: datetime) -> None:
    version = enrolment.version
    with transaction() as session:
        tell(
            session,
            enrolment.person,
            "own-pace-ends",
            key=key,
            now=now,
            link=upkeep.PATH,
            pathway=version.short_title,
            day=last_day(enrolment.enrolled_on, version.max_months),
        )
