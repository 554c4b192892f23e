"""Sheets of projects: mine, one, and those shown in the gallery of the house."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab.people import rules
from fablab.people.models import Person
from pathways.models_evidence import Evidence, EvidenceShows, ProjectSheet
from pathways.models_pathways import Pathway
from pathways.rules_evidence import is_shown
from pathways.values_evidence import SheetFacts

#: sheets of a page of the gallery: read before the agreements are asked
GALLERY = 60


def photos_of(sheet: ProjectSheet) -> list[Evidence]:
    """The photos of a sheet, in the order in which they were added."""
    return [piece for piece in sheet.pieces if piece.kind == "photo" and piece.removed_at is None]


def facts_of(sheet: ProjectSheet, day: date) -> SheetFacts:
    """What the rules of the gallery must know of a sheet, its owner and their agreements on a day."""
    owner = sheet.owner
    return SheetFacts(
        agrees=sheet.shown_at is not None,
        hidden=sheet.hidden_at is not None,
        photos=len(photos_of(sheet)),
        birth_date=owner.birth_date,
        image_covered=rules.covered(owner.authorisations, "image", day),
        photos_refused=owner.photos_allowed is False,
        gone=owner.left_at is not None,
    )


def sheets_of(session: Session, owner_id: int) -> Sequence[ProjectSheet]:
    """Somebody's sheets with their photos, the latest first, fifty at most."""
    found = select(ProjectSheet).where(ProjectSheet.owner_id == owner_id, ProjectSheet.title != "")
    found = found.options(selectinload(ProjectSheet.pieces))
    return session.scalars(found.order_by(ProjectSheet.changed_at.desc(), ProjectSheet.id.desc()).limit(50)).all()


def sheet_by_public_id(session: Session, public_id: str, owner_id: int | None = None) -> ProjectSheet | None:
    """One sheet with all that its page needs; of this owner only, if one is said."""
    found = select(ProjectSheet).where(ProjectSheet.public_id == public_id)
    if owner_id is not None:
        found = found.where(ProjectSheet.owner_id == owner_id)
    return session.scalar(
        found.options(
            selectinload(ProjectSheet.pieces).selectinload(Evidence.shows).joinedload(EvidenceShows.competency),
            joinedload(ProjectSheet.owner).selectinload(Person.authorisations),
            joinedload(ProjectSheet.pathway).selectinload(Pathway.versions),
        )
    )


def gallery(session: Session, day: date) -> list[ProjectSheet]:
    """The sheets that stand in the gallery on a day, the latest first: five statements."""
    agreed = select(ProjectSheet).where(ProjectSheet.shown_at.is_not(None), ProjectSheet.hidden_at.is_(None))
    agreed = agreed.options(
        selectinload(ProjectSheet.pieces),
        joinedload(ProjectSheet.owner).selectinload(Person.authorisations),
        joinedload(ProjectSheet.pathway).selectinload(Pathway.versions),
    )
    found = session.scalars(agreed.order_by(ProjectSheet.shown_at.desc(), ProjectSheet.id.desc()).limit(GALLERY))
    return [sheet for sheet in found if is_shown(facts_of(sheet, day), day)]


def shown_sheet(session: Session, public_id: str, day: date) -> ProjectSheet | None:
    """A sheet that stands in the gallery on a day, or None."""
    sheet = sheet_by_public_id(session, public_id)
    return sheet if sheet is not None and is_shown(facts_of(sheet, day), day) else None


def hidden(session: Session) -> Sequence[ProjectSheet]:
    """The sheets that the team took out of the gallery while their owners agree, fifty at most."""
    found = select(ProjectSheet).where(ProjectSheet.hidden_at.is_not(None), ProjectSheet.shown_at.is_not(None))
    found = found.options(joinedload(ProjectSheet.owner))
    return session.scalars(found.order_by(ProjectSheet.hidden_at.desc(), ProjectSheet.id.desc()).limit(50)).all()
