"""Saying under what a group meets, and who pays its hours."""

from datetime import datetime

from fablab import journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import queries_frames, upkeep_enrolling
from pathways.models_groups import Group
from pathways.rules_frames import frame_refusals


def say_frame(
    group: Group,
    legal_frame: str | None,
    scheme_id: int | None,
    by: Person,
    now: datetime,
    *,
    paid_by_house: bool = False,
) -> Group:
    """Say the legal frame of a group and its one funder; None: not said. ``paid_by_house``: no scheme pays.

    Raises Refused.
    """
    with transaction() as session:
        offered = [one.id for one in queries_frames.schemes(session)]
        if refusals := frame_refusals(legal_frame, scheme_id, offered, may_manage=by.may("group.manage")):
            raise Refused(refusals)
        group = upkeep_enrolling.locked_group(session, group.id)
        before = {
            "frame_before": group.legal_frame,
            "scheme_before": group.scheme_id,
            "house_before": group.paid_by_house,
        }
        paid_by_house = paid_by_house and scheme_id is None
        if (group.legal_frame, group.scheme_id, group.paid_by_house) != (legal_frame, scheme_id, paid_by_house):
            group.legal_frame, group.scheme_id, group.paid_by_house = legal_frame, scheme_id, paid_by_house
            said = {"frame": legal_frame, "scheme": scheme_id, "house": paid_by_house, **before}
            journal.note(session, "group.frame", "training_group", group.id, by=by, now=now, said=said)
    return group
