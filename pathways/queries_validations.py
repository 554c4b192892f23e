"""What was validated for somebody, line by line, corrections included."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pathways.models_pathways import Level
from pathways.models_validations import Validation
from pathways.queries_evidence import SeenPiece, seen_behind

#: the kind of evidence that is a picture
PHOTO = "photo"


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history, with the pieces it rests on; ``counts`` unless a later line corrects it."""

    line: Validation
    counts: bool
    pieces: tuple[SeenPiece, ...] = ()


def history_of(session: Session, person_id: int, limit: int = 200) -> list[HistoryLine]:
    """Somebody's validations, newest first, two hundred at most. Three statements."""
    lines = session.scalars(
        select(Validation)
        .where(Validation.person_id == person_id)
        .options(joinedload(Validation.competency), joinedload(Validation.author), joinedload(Validation.evidence))
        .order_by(Validation.id.desc())
        .limit(limit)
    ).all()
    corrected = set(
        session.scalars(
            select(Validation.corrects_id).where(Validation.person_id == person_id, Validation.corrects_id.is_not(None))
        )
    )
    seen = seen_behind(session, [line.id for line in lines])
    return [HistoryLine(line, line.id not in corrected, seen.get(line.id, ())) for line in lines]


def line_by_id(session: Session, validation_id: int) -> Validation | None:
    """One validation, with its words and people."""
    wanted = [joinedload(Validation.competency), joinedload(Validation.author), joinedload(Validation.person)]
    return session.get(Validation, validation_id, options=wanted)


def scale(session: Session) -> Sequence[Level]:
    """The levels, lowest first, «pas encore vu» included."""
    return session.scalars(select(Level).order_by(Level.level)).all()


def level_labels(session: Session) -> dict[int, str]:
    """The words of each level, to freeze into a line."""
    return dict(session.execute(select(Level.level, Level.label)).all())


def photos_of(session: Session, person_id: int, limit: int = 200) -> Sequence[Validation]:
    """The validations of somebody whose proof is a photo, newest first: the photos that exist of them or their work."""
    found = select(Validation).where(Validation.person_id == person_id, Validation.evidence_code == PHOTO)
    found = found.options(joinedload(Validation.competency), joinedload(Validation.author))
    return session.scalars(found.order_by(Validation.id.desc()).limit(limit)).all()
