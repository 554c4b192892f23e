"""«Ma fiche projet»: written, its photos, shown in the gallery and taken back, hidden by the team with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab import clock, journal, kept_files, outbox
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_evidence
from pathways.models_evidence import Evidence, ProjectSheet, ValidationEvidence
from pathways.models_groups import Enrolment
from pathways.models_pathways import PathwayVersion
from pathways.queries_sheets import facts_of
from pathways.rules_evidence import (
    gallery_refusals,
    hiding_refusals,
    photo_refusals,
    removing_refusals,
    sheet_refusals,
)
from pathways.upkeep_evidence import Piece


@dataclass(frozen=True)
class SheetWords:
    """What a young person writes on a sheet."""

    title: str
    steps: str = ""
    materials: str = ""
    minutes: int | None = None


def write(owner: Person, words: SheetWords, shows: Collection[int], *, key: str, now: datetime) -> ProjectSheet:
    """A new sheet, once only by ``key``: sent again, it holds what was sent last. It is a piece of evidence at once.

    Raises Refused: key_taken, and what ``rules_evidence`` says.
    """
    with transaction() as session:
        people = upkeep.lock_people(session, [owner.id])
        sheet = session.scalar(select(ProjectSheet).where(ProjectSheet.request_key == key))
        if sheet is not None:
            _mine(sheet, owner)
            _change(session, sheet, words, shows, now)
            return sheet
        sheet = ProjectSheet(owner_id=owner.id, made_at=now, request_key=key, pathway_id=_pathway(session, owner.id))
        _put(sheet, words, now)
        session.add(sheet)
        session.flush()
        me = people[owner.id]
        piece = upkeep_evidence.add_piece(session, me, me, Piece("sheet"), now, key=None, file_key=None)
        piece.sheet_id = sheet.id
        session.flush()
        upkeep_evidence.set_shows(session, piece.id, shows)
        journal.note(session, "sheet.write", "project_sheet", sheet.id, by=owner, now=now)
    return sheet


def change(sheet: ProjectSheet, words: SheetWords, shows: Collection[int], by: Person, now: datetime) -> None:
    """Other words on my sheet. Raises Refused."""
    with transaction() as session:
        upkeep.lock_people(session, [by.id])
        mine = session.get_one(ProjectSheet, sheet.id)
        _mine(mine, by)
        _change(session, mine, words, shows, now)
        journal.note(session, "sheet.change", "project_sheet", sheet.id, by=by, now=now)


def add_photo(sheet: ProjectSheet, piece: Piece, by: Person, *, key: str, now: datetime) -> Evidence:
    """One more photo on my sheet, three at most; once only by ``key``. Raises Refused."""
    with kept_files.keeping(piece.contents) as files, transaction() as session:
        people = upkeep.lock_people(session, [by.id])
        _mine(session.get_one(ProjectSheet, sheet.id), by)
        if before := upkeep_evidence.added_before(session, key, by.id):
            return before
        photos = select(func.count()).where(
            Evidence.sheet_id == sheet.id, Evidence.kind == "photo", Evidence.removed_at.is_(None)
        )
        if refusals := photo_refusals(session.scalar(photos) or 0):
            raise Refused(refusals)
        made = upkeep_evidence.add_piece(session, people[by.id], people[by.id], piece, now, key=key, file_key=files.key)
        made.sheet_id = sheet.id
        session.flush()
        files.used = True
        journal.note(session, "evidence.add", "evidence", made.id, by=by, now=now, kind=piece.kind)
    return made


def remove(sheet: ProjectSheet, by: Person, now: datetime) -> None:
    """Take my sheet away with its photos, unless a validation rests on it. Raises Refused: in_use."""
    with transaction() as session:
        upkeep.lock_people(session, [by.id])
        mine = session.get_one(ProjectSheet, sheet.id)
        _mine(mine, by)
        pieces = session.scalars(select(Evidence).where(Evidence.sheet_id == mine.id)).all()
        ids = [piece.id for piece in pieces]
        rests = select(ValidationEvidence.evidence_id).where(ValidationEvidence.evidence_id.in_(ids))
        if refusals := removing_refusals(
            by_owner=True, by_team=False, in_use=session.scalar(rests.limit(1)) is not None
        ):
            raise Refused(refusals)
        keys = upkeep_evidence.blank([piece for piece in pieces if piece.removed_at is None], by, now)
        mine.title = mine.steps = mine.materials = ""
        mine.minutes = mine.shown_at = None
        journal.note(session, "sheet.remove", "project_sheet", mine.id, by=by, now=now)
    kept_files.remove(keys)


def show(sheet: ProjectSheet, by: Person, now: datetime) -> None:
    """Agree that my sheet stands in the gallery of the house. Raises Refused with what is against it."""
    with transaction() as session:
        upkeep.lock_people(session, [by.id])
        mine = session.get_one(ProjectSheet, sheet.id)
        _mine(mine, by)
        if refusals := gallery_refusals(facts_of(mine, clock.local_day(now)), clock.local_day(now)):
            raise Refused(refusals)
        mine.shown_at = mine.shown_at or now
        journal.note(session, "sheet.show", "project_sheet", sheet.id, by=by, now=now)


def take_back(sheet: ProjectSheet, by: Person, now: datetime) -> None:
    """My sheet is in the gallery no more, from now on. Raises Refused."""
    with transaction() as session:
        upkeep.lock_people(session, [by.id])
        mine = session.get_one(ProjectSheet, sheet.id)
        _mine(mine, by)
        mine.shown_at = None
        journal.note(session, "sheet.take_back", "project_sheet", sheet.id, by=by, now=now)


def hide(sheet: ProjectSheet, why: str, by: Person, now: datetime) -> None:
    """Take somebody's sheet out of the gallery, saying why; its owner is told. Raises Refused: reason_missing."""
    if refusals := hiding_refusals(why):
        raise Refused(refusals)
    with transaction() as session:
        upkeep.lock_people(session, [sheet.owner_id])
        theirs = session.get_one(ProjectSheet, sheet.id)
        if theirs.hidden_at:
            return
        theirs.hidden_at, theirs.hidden_by_id, theirs.hidden_why = now, by.id, why.strip()
        journal.note(session, "sheet.hide", "project_sheet", sheet.id, by=by, now=now)
        outbox.tell(
            session,
            session.get_one(Person, theirs.owner_id),
            "sheet-hidden",
            key=f"sheet-hidden:{theirs.public_id}:{int(now.timestamp())}",
            now=now,
            link=f"/mes-fiches/{theirs.public_id}",
            title=theirs.title,
            reason=why.strip(),
        )


def unhide(sheet: ProjectSheet, by: Person, now: datetime) -> None:
    """The sheet may stand in the gallery again, if its owner still agrees."""
    with transaction() as session:
        upkeep.lock_people(session, [sheet.owner_id])
        theirs = session.get_one(ProjectSheet, sheet.id)
        theirs.hidden_at = theirs.hidden_by_id = theirs.hidden_why = None
        journal.note(session, "sheet.unhide", "project_sheet", sheet.id, by=by, now=now)


def _mine(sheet: ProjectSheet, owner: Person) -> None:
    if refusals := sheet_refusals(sheet.owner_id, owner.id):
        raise Refused(refusals)


def _change(session: Session, sheet: ProjectSheet, words: SheetWords, shows: Collection[int], now: datetime) -> None:
    _put(sheet, words, now)
    piece = session.scalar(select(Evidence.id).where(Evidence.sheet_id == sheet.id, Evidence.kind == "sheet"))
    if piece is not None:
        upkeep_evidence.set_shows(session, piece, shows)


def _put(sheet: ProjectSheet, words: SheetWords, now: datetime) -> None:
    sheet.title, sheet.steps, sheet.materials = words.title, words.steps, words.materials
    sheet.minutes, sheet.changed_at = words.minutes, now


def _pathway(session: Session, owner_id: int) -> int | None:
    """The pathway lived now, or the last one: what the gallery says of who made it."""
    found = select(PathwayVersion.pathway_id).join(Enrolment, Enrolment.version_id == PathwayVersion.id)
    found = found.where(Enrolment.person_id == owner_id, Enrolment.status != "referred")
    return session.scalar(found.order_by(Enrolment.ended_on.is_not(None), Enrolment.id.desc()).limit(1))
