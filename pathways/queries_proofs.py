"""The proofs that a stage expects, and which of them the team ticked for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pathways.models_evidence import Evidence
from pathways.models_pathways import PathwayVersion, Stage


@dataclass(frozen=True)
class ExpectedProof:
    """One line of the checklist: who ticked it and when, nobody yet when empty."""

    text: str
    by: str | None = None
    at: datetime | None = None


def expected_proofs(
    session: Session, person_id: int, pathway_id: int, stage_code: str, proofs: Sequence[str]
) -> tuple[ExpectedProof, ...]:
    """The proofs that a stage expects in its order, those ticked with who and when. One statement, none for none."""
    if not proofs:
        return ()
    ticks = {one.text: one for one in reversed(standing_ticks(session, person_id, pathway_id, stage_code))}
    return tuple(
        ExpectedProof(text, ticks[text].added_by.first_name, ticks[text].added_at)
        if text in ticks
        else ExpectedProof(text)
        for text in proofs
    )


def standing_ticks(session: Session, person_id: int, pathway_id: int, stage_code: str) -> Sequence[Evidence]:
    """What is ticked of a stage, the oldest first, whichever version of the pathway somebody lived then."""
    found = select(Evidence).join(Evidence.stage).join(Stage.version)
    found = found.where(
        Evidence.owner_id == person_id,
        Evidence.removed_at.is_(None),
        Stage.code == stage_code,
        PathwayVersion.pathway_id == pathway_id,
    )
    return session.scalars(found.options(joinedload(Evidence.added_by)).order_by(Evidence.id)).all()
