"""What was chosen in a pathway, and which safety badges were earned: few statements for many people."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from pathways.models_badges import Award, Badge
from pathways.models_groups import Enrolment
from pathways.models_own_pace import EnrolmentChoice
from pathways.models_pathways import Competency
from pathways.models_validations import Mastery
from pathways.values_own_pace import BADGES, Chosen, Offer, Option


def chosen_by(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, Chosen]:
    """What is chosen now, by enrolment and offer. One statement, none for nobody."""
    if not enrolments:
        return {}
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = session.execute(
        select(EnrolmentChoice.enrolment_id, EnrolmentChoice.offer, EnrolmentChoice.code).where(
            EnrolmentChoice.enrolment_id.in_([one.id for one in enrolments]), EnrolmentChoice.dropped_at.is_(None)
        )
    )
    for enrolment_id, offer, code in rows:
        found[enrolment_id][offer].add(code)
    return {id_: {offer: frozenset(codes) for offer, codes in offers.items()} for id_, offers in found.items()}


def earned_safety(session: Session, person_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Codes of the safety badges that people earned, ended by age since or not; one taken back does not count."""
    next_one = aliased(Award)
    rows = session.execute(
        select(Award.person_id, Badge.code)
        .join(Badge, Badge.id == Award.badge_id)
        .outerjoin(next_one, next_one.renews_id == Award.id)
        .where(Award.person_id.in_(person_ids), Badge.kind == "safety", Award.undone_at.is_(None))
        .where(Award.ended_at.is_(None) | next_one.id.is_not(None))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, code in rows:
        found[person_id].add(code)
    return defaultdict(frozenset, {person_id: frozenset(codes) for person_id, codes in found.items()})


def offers_of(session: Session, enrolment: Enrolment) -> list[Offer]:
    """What somebody chooses in their pathway, what is chosen and what is validated: five statements at most."""
    version = enrolment.version
    chosen = chosen_by(session, [enrolment]).get(enrolment.id, {})
    offers = []
    codes = {code for stage in version.stages if stage.choice for code in stage.choice["among"]}
    if codes:
        rows = session.execute(
            select(Competency.code, Competency.i_can, Mastery.level)
            .outerjoin(Mastery, (Mastery.competency_id == Competency.id) & (Mastery.person_id == enrolment.person_id))
            .where(Competency.code.in_(codes))
        )
        known = {code: (i_can, level or 0) for code, i_can, level in rows}
        for stage in version.stages:
            if stage.choice:
                least, mine = int(stage.choice["level"]), chosen.get(stage.code, frozenset())
                options = tuple(
                    Option(code, known[code][0], known[code][1] >= least, code in mine)
                    for code in stage.choice["among"]
                    if code in known
                )
                offers.append(Offer(stage.code, stage.name, int(stage.choice["count"]), options))
    if version.badge_choice:
        names = dict(
            session.execute(select(Badge.code, Badge.name).where(Badge.code.in_(version.badge_choice["among"]))).all()
        )
        earned = earned_safety(session, [enrolment.person_id])[enrolment.person_id]
        mine = chosen.get(BADGES, frozenset())
        options = tuple(
            Option(code, names[code], code in earned, code in mine)
            for code in version.badge_choice["among"]
            if code in names
        )
        offers.append(Offer(BADGES, "", int(version.badge_choice["count"]), options))
    return offers
