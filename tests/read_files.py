"""The words of what a page hands out to keep, whatever its kind: text, a table, a zip, a document to print."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"\bstream\r?\n(.*?)\r?\nendstream", re.S)
_PAIR = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
_SHOWN = re.compile(rb"\[((?:\((?:\\.|[^\\)])*\)|[^\]])*)\]\s*TJ|(\((?:\\.|[^\\)])*\))\s*Tj", re.S)
_STRING = re.compile(rb"\(((?:\\.|[^\\)])*)\)", re.S)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(data: bytes, name: str = "") -> str:
    """Everything that can be read in a file: of a zip (a workbook is one) all its files and their names."""
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join([name, *(words_of(archive.read(one), one) for one in archive.namelist())])
    if data.startswith(b"%PDF-"):
        return f"{name}\n{words_of_pdf(data)}"
    return f"{name}\n{data.decode('utf-8', 'ignore')}"


def words_of_pdf(data: bytes) -> str:
    """The lines drawn in a document, and what stands around them.

    Each font numbers its glyphs anew: a line is read with every font of the document, and one reading is right.
    """
    streams = list(_unpacked(data))
    fonts = [dict(_PAIR.findall(one)) for one in streams if b"begincmap" in one]
    lines = [b"".join(_glyphs(shown)) for one in streams if b"BT" in one for shown in _SHOWN.finditer(one)]
    return "\n".join([data.decode("latin-1"), *(_read(line, font) for line in lines for font in fonts)])


def _unpacked(data: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(data):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:  # kept as it is
            yield found[1]


def _glyphs(shown: re.Match[bytes]) -> Iterator[bytes]:
    for string in _STRING.finditer(shown[1] or shown[2]):
        yield _ESCAPED.sub(_unescaped, string[1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8)]) if said[:1].isdigit() else _NAMED.get(said, said)


def _read(line: bytes, font: dict[bytes, bytes]) -> str:
    glyphs = (line[at : at + 2].hex().upper().encode() for at in range(0, len(line), 2))
    return "".join(bytes.fromhex(font.get(glyph, b"").decode()).decode("utf-16-be") for glyph in glyphs)
