"""The contrast of every pair of colours used together, computed from the style sheet as it is really written."""

import re
from itertools import product
from pathlib import Path

import pytest

SHEET = (Path(__file__).parent.parent / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
PATHWAYS = ("declic", "rebond", "tremplin", "passeur")
STATES = ("ok", "warn", "stop", "neutral", "info")

#: WCAG 2.1 AA: 1.4.3 asks 4.5 for text, 1.4.11 asks 3 for edges of controls and drawings that carry meaning
TEXT, DRAWING = 4.5, 3.0

PAIRS = [
    *(("ink-2", ground, TEXT) for ground in ("ground", "surface", "sunken", "today", "refusal")),
    ("on-ink", "ink", TEXT),
    *((text, ground, TEXT) for text, ground in product(("white", "night-2"), ("night", "night-raised", "bar"))),
    *(("light", ground, DRAWING) for ground in ("night", "night-raised", "bar")),
    *(("night-2", ground, DRAWING) for ground in ("night", "night-raised")),
    *(("on-light", ground, TEXT) for ground in ("light", "light-hover")),
    *(("thread", ground, DRAWING) for ground in ("ground", "surface", "sunken", "refusal")),
    *((state, f"{state}-tint", TEXT) for state in STATES),
    *((state, ground, TEXT) for state, ground in product(STATES, ("surface", "ground"))),
    *(("line-strong", ground, DRAWING) for ground in ("surface", "ground")),
    ("refusal-edge", "ground", DRAWING),
    *((name, "surface", TEXT) for name in PATHWAYS),
    *((f"{name}-word", f"{name}-tint", TEXT) for name in PATHWAYS),
    *(("ink", f"{name}-tint", TEXT) for name in PATHWAYS),
    *(("on-path", name, TEXT) for name in PATHWAYS),
    *(("on-path", state, TEXT) for state in ("info",)),
    *((f"grey-{number}", "sunken", DRAWING) for number in (1, 2, 3)),
    ("surface", "ok", TEXT),
]


def tokens(selector: str) -> dict[str, str]:
    """The colours that one block of the sheet gives, by name."""
    start = SHEET.index(selector)
    block = SHEET[start : SHEET.index("}", start)]
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6});", block))


LIGHT = {"white": "#FFFFFF", **tokens(":root {")}
BY_DEVICE = tokens(':root:not([data-theme="light"])')
BY_HAND = tokens(':root[data-theme="dark"]')
DARK = {**LIGHT, **BY_DEVICE}


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.1, definition of relative luminance)."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Between 1 and 21 (WCAG 2.1, definition of contrast ratio)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_rule_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_used_together_can_be_read(theme: str, front: str, ground: str, least: float) -> None:
    colours = LIGHT if theme == "light" else DARK
    assert contrast(colours[front], colours[ground]) >= least


def test_dark_by_hand_is_the_same_as_dark_by_the_device() -> None:
    assert BY_HAND == BY_DEVICE
    assert len(BY_DEVICE) > 40


def test_other_sheets_name_no_colour_but_white_and_those_drawn_on_badges() -> None:
    for name in ("frame.css", "parts.css"):
        sheet = (Path(__file__).parent.parent / "static" / "css" / name).read_text(encoding="utf-8")
        lines = [line for line in sheet.splitlines() if re.search(r"#[0-9A-Fa-f]{3,8}\b", line)]
        strange = [line for line in lines if "badge" not in line and not re.search(r"#(FFF|999)\b", line)]
        assert strange == []
