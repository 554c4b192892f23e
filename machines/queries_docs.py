"""What stands on the pages of machines."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from machines.models_docs import MachineDoc

#: how many of those taken off a page shows
MOST_GONE = 10


@dataclass(frozen=True)
class Docs:
    """The photo of a machine, its files and links in their order, and what was taken off, latest first."""

    photo: MachineDoc | None
    papers: tuple[MachineDoc, ...]
    removed: tuple[MachineDoc, ...]


def docs_of(session: Session, machine_id: int) -> Docs:
    """All of a machine; of photos, the latest. One statement."""
    found = select(MachineDoc).where(MachineDoc.machine_id == machine_id)
    every = session.scalars(found.order_by(MachineDoc.added_at, MachineDoc.id)).all()
    standing = [one for one in every if one.removed_at is None]
    photos = [one for one in standing if one.kind == "photo"]
    gone = sorted((one for one in every if one.removed_at), key=lambda one: (one.removed_at, one.id), reverse=True)
    papers = tuple(one for one in standing if one.kind != "photo")
    return Docs(photos[-1] if photos else None, papers, tuple(gone[:MOST_GONE]))


def by_public_id(session: Session, public_id: str) -> MachineDoc | None:
    """One of them, with its machine."""
    return session.scalar(
        select(MachineDoc).where(MachineDoc.public_id == public_id).options(joinedload(MachineDoc.machine))
    )


def by_key(session: Session, key: str) -> MachineDoc | None:
    """What a form added."""
    return session.scalar(select(MachineDoc).where(MachineDoc.request_key == key))


def all_keys(session: Session) -> set[str]:
    """The keys of every file of a machine."""
    return {key for key in session.scalars(select(MachineDoc.file_key)) if key}
