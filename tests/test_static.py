"""What a page weighs, and what it must never contain: the strict content policy would break it in silence."""

import gzip
import re
from pathlib import Path

import pytest

from fablab import icons

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(path for path in ROOT.glob("templates/**/*.html") if "mail" not in path.parts)

COMMON = ("tokens", "frame", "parts")


def weight(*texts: str) -> int:
    """Bytes on the wire, each file compressed by itself."""
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


def files(pattern: str) -> list[str]:
    """The texts of our own static files."""
    return [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(f"static/{pattern}"))]


def test_the_style_sheets_of_a_page_weigh_12_kb_at_most() -> None:
    # Every page loads the common three; a few load one more of their own.
    common = weight(*(files(f"css/{name}.css")[0] for name in COMMON))
    own = [
        weight(path.read_text(encoding="utf-8")) for path in ROOT.glob("static/css/*.css") if path.stem not in COMMON
    ]
    assert common + max(own, default=0) <= 12_000


def test_the_icons_weigh_8_kb_at_most() -> None:
    assert weight(icons.trimmed(icons.source())) <= 8_000


def test_scripts_stay_small() -> None:
    # All of them together; the page that loads most (the grid: page, forms, kept, validation) stays under half of it.
    assert weight(*files("js/*.js")) <= 14_000
    assert weight(*(files(f"js/{name}.js")[0] for name in ("page", "forms", "kept", "validation"))) <= 7_000


@pytest.mark.parametrize(
    ("unwanted", "why"),
    [
        (r"\sstyle\s*=", "a style attribute: the content policy refuses it"),
        (r"<style", "an inline style sheet"),
        (r"\son[a-z]+\s*=\s*[\"']", "an inline handler"),
        (r"<script(?![^>]*\bsrc=)", "an inline script"),
        (r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", "an address of somebody else's"),
        (r"javascript:", "a script in an address"),
        (r"placeholder\s*=", "a placeholder instead of a label"),
    ],
)
def test_no_template_holds(unwanted: str, why: str) -> None:
    guilty = [path.relative_to(ROOT).as_posix() for path in TEMPLATES if re.search(unwanted, path.read_text("utf-8"))]
    assert guilty == [], why


def test_no_sheet_or_script_calls_another_site() -> None:
    for text in files("css/*.css") + files("js/*.js"):
        assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", text)


def test_no_script_imports_another() -> None:
    # A relative import would lose the digest in the address, and browsers keep static files a year.
    assert not [text for text in files("js/*.js") if re.search(r"^\s*import\b", text, re.MULTILINE)]


def test_pictograms_draw_with_the_colours_of_the_page() -> None:
    (sprite,) = files("img/pictograms.svg")
    assert "#" not in re.sub(r"<!--.*?-->", "", sprite, flags=re.DOTALL)
    assert weight(sprite) <= 2_000
