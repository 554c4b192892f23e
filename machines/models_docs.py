"""What the coordination puts on a machine's page: its photo, files to read, links. Never about people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from machines.models import Machine
from machines.values_docs import KINDS, TITLE_LENGTH


class MachineDoc(Model):
    """A photo, a file or a link of a machine. Taken off, it is kept, and may be put back."""

    __tablename__ = "machine_doc"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name="link_has_address"),
        CheckConstraint("(kind = 'link') = (file_key IS NULL)", name="file_has_key"),
        Index("ix_machine_doc_machine", "machine_id", "added_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), comment="of a photo: what one sees on it")
    url: Mapped[str | None] = mapped_column(String(500))
    file_key: Mapped[str | None] = mapped_column(String(32), unique=True, comment="names its files in the folder")
    file_name: Mapped[str | None] = mapped_column(String(80))
    file_size: Mapped[int] = mapped_column(default=0, comment="bytes")
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice adds once")
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    machine: Mapped[Machine] = relationship()
    added_by: Mapped[Person] = relationship(foreign_keys=[added_by_id])

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """What it is about, as the journal says it."""
        return [("resource", self.machine_id)]
