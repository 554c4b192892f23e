"""What the coordination hears by itself of groups, once."""

from datetime import datetime

from fablab import clock
from fablab.db import transaction
from fablab.outbox import tell
from pathways.models_groups import Group
from pathways.queries_enrolling import groups_starting, members_of
from pathways.rules_enrolling import WARNED_BEFORE, small_group
from pathways.upkeep_leads import coordinators


def warn_of_small_groups(now: datetime) -> list[Group]:
    """Tell the coordination of groups that start within a week and lack people: once a group and first day."""
    with transaction() as session:
        day = clock.local_day(now)
        starting = groups_starting(session, day, day + WARNED_BEFORE)
        members = members_of(session, [group.id for group in starting])
        small = [
            group
            for group in starting
            if small_group(group.starts_on, day, members.get(group.id, 0), group.version.group_min)
        ]
        told = sorted(coordinators(session), key=lambda person: person.id) if small else []
        for group in small:
            for person in told:
                tell(
                    session,
                    person,
                    "group-small",
                    key=f"group-small:{group.id}:{group.starts_on}:{person.id}",
                    now=now,
                    link=f"/groupes/{group.public_id}",
                    group=group,
                    members=members.get(group.id, 0),
                    least=group.version.group_min,
                )
    return small
