"""Safety badges: handed over, to one or many, by somebody who holds the dated right."""

from collections.abc import Sequence
from datetime import datetime

from bookings.queries import lock_house
from fablab.db import transaction
from fablab.people.models import Person
from pathways import upkeep_badges
from pathways.models_badges import Award, Badge


def hand_over(badge: Badge, people: Sequence[Person], by: Person, now: datetime) -> list[Award]:
    """Hand a safety badge to one or many people: all or nothing. Gives one award each, in the order given.

    Valid from now to the end of the same local day N months later. To somebody who held it before, it is a
    renewal: a successor of the earlier award. The same person handing the same badge over twice on a day
    gives the award already made, so a form sent twice counts once. Their bookings to come are asked again.
    Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        return upkeep_badges.give_badge(session, badge, people, by, now)
