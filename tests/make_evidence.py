"""Real bytes of photos and files, honest and hostile, and pieces of evidence made through the actions."""

import io
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageDraw

from fablab import clock, pictures
from fablab.people.models import Person
from pathways import actions_evidence, actions_sheets
from pathways.models_evidence import Evidence, ProjectSheet
from pathways.upkeep_evidence import Piece

GPS = 0x8825


def drawing(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return image.convert(mode)


def as_bytes(image: Image.Image, kind: str = "JPEG", **said: Any) -> bytes:
    """The bytes of a picture in a format."""
    out = io.BytesIO()
    image.save(out, kind, **said)
    return out.getvalue()


def a_photo(size: tuple[int, int] = (320, 240)) -> bytes:
    """An honest photo."""
    return as_bytes(drawing(size))


def a_located_photo() -> bytes:
    """A photo that says where and when it was taken, by which camera, with a comment, turned on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right to see it upright
    exif[0x010F] = "SecretCamera"
    exif[0x0132] = "2026:11:24 10:00:00"
    exif.get_ifd(GPS).update({1: "N", 2: (45.0, 34.0, 12.0), 3: "E", 4: (5.0, 55.0, 3.0)})
    return as_bytes(drawing(), exif=exif, comment=b"taken at home", icc_profile=b"a profile with a name in it" * 8)


def a_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few kilobytes whose head says billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def an_archive(names: Iterable[str] = ("3D/3dmodel.model",), size: int = 10) -> bytes:
    """A zip of these names, each of so many zeros: the same bytes at each hour, tests are named after them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"0" * size, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def a_photo_piece(text: str = "Ma boîte") -> Piece:
    """A photo made ready to keep."""
    drawn = pictures.drawn_anew(a_photo())
    return Piece("photo", text, contents={"large": drawn.large, "small": drawn.small}, file_name="photo.jpg")


def make_piece(
    owner: Person, by: Person | None = None, piece: Piece | None = None, shows: Iterable[int] = ()
) -> Evidence:
    """A piece of somebody's, a photo unless said otherwise, added by themselves unless said otherwise."""
    return actions_evidence.add(
        owner, by or owner, piece or a_photo_piece(), set(shows), key=secrets.token_hex(16), now=clock.now()
    )


def make_sheet(owner: Person, title: str = "Ma lampe", *, photos: int = 0, shows: Iterable[int] = ()) -> ProjectSheet:
    """A sheet of somebody's project, with so many photos."""
    words = actions_sheets.SheetWords(title, "Je dessine.\nJe découpe.", "Contreplaqué", 90)
    sheet = actions_sheets.write(owner, words, set(shows), key=secrets.token_hex(16), now=clock.now())
    for number in range(photos):
        piece = a_photo_piece(f"Photo {number + 1}")
        actions_sheets.add_photo(sheet, piece, owner, key=secrets.token_hex(16), now=clock.now())
    return sheet
