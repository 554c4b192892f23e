"""Photos, honest and hostile, with real bytes: drawn anew or refused, and nothing of the file that came is kept."""

import io
import random
import zlib

import pytest
from flask import Flask
from PIL import Image

from fablab import pictures
from fablab.pictures import Crop
from fablab.refusals import Refused
from tests import make_evidence as make

pytestmark = pytest.mark.usefixtures("speaking")


@pytest.fixture
def speaking(template_app: Flask) -> object:
    """Refusals are said in a language: inside a request."""
    with template_app.test_request_context():
        yield


def seen(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


def refused(raw: bytes, crop: Crop = pictures.WHOLE) -> list[str]:
    with pytest.raises(Refused) as caught:
        pictures.drawn_anew(raw, crop)
    return caught.value.codes


def is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 200 and pixel[2] < 60)


def test_a_photo_is_kept_as_two_new_jpegs_of_the_same_picture() -> None:
    drawn = pictures.drawn_anew(make.a_photo((3000, 1500)))
    large, small = seen(drawn.large), seen(drawn.small)
    assert (large.format, large.size, small.size) == ("JPEG", (2048, 1024), (480, 240))
    assert is_red(large.getpixel((100, 500)))
    assert not is_red(large.getpixel((1900, 500)))


def test_position_date_camera_comment_and_profile_are_gone_and_the_photo_stands_upright() -> None:
    raw = make.a_located_photo()
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(make.GPS), "the photo that is sent does say where"
    for kept in (pictures.drawn_anew(raw).large, pictures.drawn_anew(raw).small):
        image = seen(kept)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not any(word in kept for word in (b"Exif", b"SecretCamera", b"2026:11", b"at home", b"profile"))
        assert image.size[0] < image.size[1], "turned as its camera said"
        assert is_red(image.getpixel((image.width // 2, 10)))


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_of_the_eight_ways_to_hold_a_camera_is_turned_upright(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    image = seen(pictures.drawn_anew(make.as_bytes(make.drawing(), exif=exif)).large)
    assert image.size == ((320, 240) if turn < 5 else (240, 320))


def test_what_is_outside_the_frame_is_nowhere_in_what_is_kept() -> None:
    image = seen(pictures.drawn_anew(make.a_photo((400, 200)), Crop(50, 0, 50, 100)).large)
    assert image.size == (200, 200)
    assert not any(is_red(image.getpixel((across, 100))) for across in range(5, 200, 5))


@pytest.mark.parametrize("crop", [Crop(60, 0, 50, 100), Crop(-1, 0, 50, 50), Crop(0, 0, 0, 100), Crop(0, 97, 100, 4)])
def test_a_frame_beside_the_photo_is_refused(crop: Crop) -> None:
    assert refused(make.a_photo(), crop) == ["crop_outside"]


@pytest.mark.parametrize("mode", ["CMYK", "L", "1"])
def test_other_colours_become_plain_ones(mode: str) -> None:
    kind = "PNG" if mode == "1" else "JPEG"
    assert seen(pictures.drawn_anew(make.as_bytes(make.drawing(mode=mode), kind)).large).mode == "RGB"


def test_sixteen_bits_keep_their_light() -> None:
    grey = Image.new("I;16", (64, 64), 0x8000)
    pixel = seen(pictures.drawn_anew(make.as_bytes(grey, "PNG")).large).getpixel((30, 30))
    assert isinstance(pixel, tuple)
    assert 120 <= pixel[0] <= 136


def test_what_is_transparent_is_seen_on_white() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert seen(pictures.drawn_anew(make.as_bytes(clear, "PNG")).large).getpixel((30, 30)) == (255, 255, 255)


def test_of_a_photo_that_moves_the_first_picture_is_kept() -> None:
    others = [Image.new("RGB", (320, 240), "green")] * 3
    raw = make.as_bytes(make.drawing(), "WEBP", save_all=True, append_images=others, lossless=True)
    image = seen(pictures.drawn_anew(raw).large)
    assert getattr(image, "n_frames", 1) == 1
    assert is_red(image.getpixel((40, 100)))


def test_a_photo_with_an_archive_or_a_page_behind_it_loses_them() -> None:
    for behind in (make.an_archive(), b"<html><script>alert(1)</script>"):
        drawn = pictures.drawn_anew(make.a_photo() + behind)
        assert b"PK\x03\x04" not in drawn.large
        assert b"script" not in drawn.large + drawn.small


@pytest.mark.parametrize("bomb", [(50_000, 50_000), (12_000, 12_000), (100_000, 400)])
def test_a_few_bytes_that_would_unpack_to_billions_of_pixels_are_refused_unread(bomb: tuple[int, int]) -> None:
    assert refused(make.a_bomb(*bomb)) == ["photo_huge"]


def test_words_packed_to_fill_the_memory_are_refused() -> None:
    packed = zlib.compress(b"a" * 70_000_000, 9)
    body = b"zTXt" + b"Comment\0\0" + packed
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    png = make.as_bytes(make.drawing(), "PNG")
    assert refused(png[:33] + chunk + png[33:])[0] in ("photo_unknown", "photo_damaged")


def test_a_photo_cut_short_is_refused() -> None:
    assert refused(make.a_photo((800, 600))[:2000]) == ["photo_damaged"]


def test_a_photo_of_forty_megabytes_is_refused() -> None:
    assert refused(make.a_photo() + b"\0" * 40_000_000) == ["photo_heavy"]


def test_a_dot_is_not_a_photo() -> None:
    assert refused(make.as_bytes(make.drawing((4, 4)), "PNG")) == ["photo_small"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a/*\x01\x00*/=1;alert(1)//" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n<html><script>alert(1)</script></html>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\xff\xd8\xff\xe0 not a photo at all",
        make.as_bytes(make.drawing(), "BMP"),
        make.as_bytes(make.drawing(), "TIFF"),
        make.as_bytes(make.drawing(), "GIF"),
        make.an_archive(),
    ],
    ids=["nothing", "gif+js", "svg", "pdf+html", "eps", "jpeg in name only", "bmp", "tiff", "gif", "zip"],
)
def test_what_is_not_a_photo_of_a_known_kind_is_refused(raw: bytes) -> None:
    assert refused(raw) == ["photo_unknown"]


def test_no_damage_of_any_byte_gets_further_than_a_refusal() -> None:
    chance = random.Random(7)
    for honest in (make.a_photo(), make.as_bytes(make.drawing(), "PNG"), make.as_bytes(make.drawing(), "WEBP")):
        for _try in range(60):
            raw = bytearray(honest)
            for _byte in range(chance.randint(1, 12)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            try:
                drawn = pictures.drawn_anew(bytes(raw[: chance.randint(10, len(raw))]))
            except Refused:
                continue
            assert seen(drawn.large).format == "JPEG"
