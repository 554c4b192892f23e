"""Files that people send: a few kinds, each known by its first bytes and not by its name. Kept as they came.

They are never shown by our pages nor opened by our programs: given back to be downloaded, as bytes of no kind
(``fablab.kept_files.answer``).
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable

from fablab.i18n import _
from fablab.refusals import refuse

#: bytes that a file may weigh
HEAVIEST = 10 * 1024 * 1024
LONGEST_NAME = 80
#: an archive that would unpack to more, or holds more things, is a trap
_UNPACKED, _THINGS = 100 * 1024 * 1024, 2000
#: what a drawing has no need of, and a page would run
_ACTIVE = re.compile(rb"<\s*script|<\s*foreignobject|<\s*iframe|<!entity|javascript:|\bon[a-z]+\s*=", re.IGNORECASE)
_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|script|iframe|body)\b", re.IGNORECASE)


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return b"\0" not in raw


def _is_plain(raw: bytes) -> bool:
    return _is_text(raw) and not _PAGE.search(raw)


def _is_drawing(raw: bytes) -> bool:
    return _is_text(raw) and b"<svg" in raw[:4096].lower()


def _is_pdf(raw: bytes) -> bool:
    return raw.startswith(b"%PDF-") and not _PAGE.search(raw[:4096])


def _is_stl(raw: bytes) -> bool:
    if len(raw) >= 84 and len(raw) == 84 + 50 * int.from_bytes(raw[80:84], "little"):
        return True
    return raw.lstrip().startswith(b"solid") and _is_plain(raw)


def _is_dxf(raw: bytes) -> bool:
    if raw.startswith(b"AutoCAD Binary DXF"):
        return True
    return _is_plain(raw) and re.match(rb"\s*(?:0|999)\s*\r?\n", raw) is not None


def _is_archive(raw: bytes) -> bool:
    """A zip from its first byte on, that unpacks to a reasonable size; its things are only counted."""
    if not raw.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            things = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        return False
    return len(things) <= _THINGS and sum(one.file_size for one in things) <= _UNPACKED


#: the end of the name -> whether the bytes are that
KINDS: dict[str, Callable[[bytes], bool]] = {
    "pdf": _is_pdf,
    "svg": _is_drawing,
    "stl": _is_stl,
    "dxf": _is_dxf,
    "3mf": _is_archive,
    "fcstd": _is_archive,
    "odt": _is_archive,
    "ods": _is_archive,
    "odp": _is_archive,
    "odg": _is_archive,
    "docx": _is_archive,
    "xlsx": _is_archive,
    "pptx": _is_archive,
    "sb3": _is_archive,
    "ino": _is_plain,
    "py": _is_plain,
    "txt": _is_plain,
    "csv": _is_plain,
    "gcode": _is_plain,
}


def name_of(sent: str) -> str:
    """A file's name without folders, marks that hide its end, or signs that a system reads; never empty."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    stem, dot, end = re.sub(r"[^\w .()-]", "", plain).strip(" .-").rpartition(".")
    if not dot:
        stem, end = end, ""
    stem = stem.strip(" .-")[: LONGEST_NAME - 10] or "fichier"
    return f"{stem}.{end[:8].lower()}" if end else stem


def check(raw: bytes, name: str) -> None:
    """Whether a file may be kept under this name. Raises Refused: file_empty, file_heavy, file_kind, file_active."""
    end = name.rpartition(".")[2]
    if not raw:
        raise refuse("file_empty", _("Ce fichier est vide."), field="file")
    if len(raw) > HEAVIEST:
        raise refuse("file_heavy", _("Ce fichier est trop lourd\u00a0: 10\u00a0Mo au plus."), field="file")
    if end not in KINDS:
        known = ", ".join(KINDS)
        raise refuse(
            "file_kind",
            _("Cette sorte de fichier n’est pas prise. Celles qui le sont\u00a0: %(known)s.", known=known),
            field="file",
        )
    if not KINDS[end](raw):
        raise refuse(
            "file_not_that", _("Ce fichier n’est pas un vrai fichier %(end)s, ou il est abîmé.", end=end), field="file"
        )
    if end == "svg" and _ACTIVE.search(raw):
        sentence = _("Ce dessin contient un programme\u00a0: l’enregistrer en SVG simple, puis l’envoyer.")
        raise refuse("file_active", sentence, field="file")
