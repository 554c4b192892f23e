"""Photos that people send: read with suspicion, drawn anew, and nothing kept of the file that came.

What is kept is a new JPEG made from the pixels alone: no position, no date, no camera, no thumbnail of before the crop,
no words hidden in it, and nothing that another program could read as a page or an archive.
"""

import io
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps

from fablab.i18n import _
from fablab.refusals import refuse

#: bytes that a photo may weigh
HEAVIEST = 8 * 1024 * 1024
#: longest side of what is kept, and of the small one shown in lists
LARGE, SMALL = 2048, 480
FORMATS = ("JPEG", "PNG", "WEBP")
#: pixels that may be unpacked: a JPEG is read at a smaller scale, the others are unpacked whole
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
NARROWEST = 16

# One at a time in a process: a large photo takes a hundred megabytes while it is unpacked.
_drawing = threading.Lock()


@dataclass(frozen=True)
class Crop:
    """What of a photo is kept, in hundredths of its width and height, as it is seen upright."""

    left: int = 0
    top: int = 0
    width: int = 100
    height: int = 100

    def inside(self) -> bool:
        """Whether it lies on the photo and leaves something of it."""
        along = self.left >= 0 and self.width >= 5 and self.left + self.width <= 100
        return along and self.top >= 0 and self.height >= 5 and self.top + self.height <= 100


WHOLE = Crop()


@dataclass(frozen=True)
class Picture:
    """A photo drawn anew: two JPEG files."""

    large: bytes
    small: bytes


def drawn_anew(raw: bytes, crop: Crop = WHOLE) -> Picture:
    """A photo made from the pixels of another.

    Raises Refused: photo_heavy, photo_unknown, photo_huge, photo_damaged, crop_outside.
    """
    if len(raw) > HEAVIEST:
        raise refuse("photo_heavy", _("Cette photo est trop lourde\u00a0: 8\u00a0Mo au plus."), field="photo")
    if not crop.inside():
        raise refuse("crop_outside", _("Le cadre sort de la photo\u00a0: le choisir encore."), field="photo")
    with _drawing:
        return _draw(raw, crop)


def _draw(raw: bytes, crop: Crop) -> Picture:
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # a hostile file makes the readers of formats fail in any way
        sentence = _("Ce fichier n’est pas une photo lisible\u00a0: JPEG, PNG ou WebP.")
        raise refuse("photo_unknown", sentence, field="photo") from error
    # The size said in the file's head, before anything is unpacked.
    if image.width * image.height > MOST_PIXELS[str(image.format)]:
        raise _too_many_pixels()
    if min(image.size) < NARROWEST:
        raise refuse("photo_small", _("Cette photo est trop petite."), field="photo")
    try:
        upright = _upright(image)
        chosen = _cropped(upright, crop)
        return Picture(_jpeg(chosen, LARGE), _jpeg(chosen, SMALL))
    except Exception as error:  # as above: truncated, or packed wrongly
        sentence = _("Cette photo est abîmée\u00a0: la prendre encore une fois.")
        raise refuse("photo_damaged", sentence, field="photo") from error


def _too_many_pixels() -> Exception:
    return refuse("photo_huge", _("Cette photo a trop de pixels\u00a0: la prendre plus petite."), field="photo")


def _upright(image: Image.Image) -> Image.Image:
    """The first picture of the file, turned as its camera says, in plain colours on white."""
    image.draft("RGB", (LARGE, LARGE))  # a JPEG is then unpacked at a half or a quarter of its size
    image.load()
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I"):  # sixteen bits: the high ones are what is seen
        turned = turned.point(lambda value: value / 256).convert("L")
    if turned.has_transparency_data:
        seen = turned.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        turned = Image.alpha_composite(ground, seen)
    return turned.convert("RGB")


def _cropped(image: Image.Image, crop: Crop) -> Image.Image:
    if crop == WHOLE:
        return image
    left, top = image.width * crop.left // 100, image.height * crop.top // 100
    right = left + max(image.width * crop.width // 100, 1)
    return image.crop((left, top, right, top + max(image.height * crop.height // 100, 1)))


def _jpeg(image: Image.Image, longest: int) -> bytes:
    fitted = image.copy()
    fitted.thumbnail((longest, longest))
    # Pasted on a blank sheet: an image of this library carries along what its file said (comment, profile, EXIF).
    blank = Image.new("RGB", fitted.size)
    blank.paste(fitted)
    out = io.BytesIO()
    blank.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
