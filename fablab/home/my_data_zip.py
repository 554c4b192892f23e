"""The copy that somebody takes with their files: the page, the lines for machines, every photo and file as kept."""

import tempfile
import zipfile
from typing import IO, Any

from sqlalchemy.orm import Session

from fablab import kept_files
from fablab.people.models import Person
from pathways import queries_evidence

#: bytes of the zip held in memory; beyond, it is a file that goes away by itself
IN_MEMORY = 4 * 1024 * 1024


def packed(session: Session, person: Person, pages: dict[str, str]) -> IO[Any]:
    """A zip, open at its beginning: ``pages`` by their names, and every file of somebody's evidence."""
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # whoever answers with it closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in pages.items():
            archive.writestr(name, text)
        for piece, key in queries_evidence.keys_of(session, person.id):
            path = kept_files.path_of(key, "large" if piece.kind == "photo" else "file")
            if path.is_file():
                name = f"preuves/{piece.id}-{piece.file_name}"
                archive.write(path, name, zipfile.ZIP_STORED if piece.kind == "photo" else zipfile.ZIP_DEFLATED)
    out.seek(0)
    return out
