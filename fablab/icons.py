"""The sprite of small icons (Bootstrap Icons), trimmed to the ones that our pages use.

The drawings are third-party: they are installed with the package `bootstrap-flask`, whose wheel holds them,
and never committed. `python -m fablab.icons` writes `static/vendor/icons.svg`; `make install` calls it.
Pictograms of machines are our own and live in `static/img/pictograms.svg`.
"""

import re
import sys
from importlib.metadata import files
from pathlib import Path

PACKAGE = "bootstrap-flask"
SOURCE = "flask_bootstrap/static/bootstrap5/icons/bootstrap-icons.svg"
TARGET = Path(__file__).parent.parent / "static" / "vendor" / "icons.svg"

# tests/test_icons.py keeps this list equal to what the templates use.
ICONS = (
    "arrow-counterclockwise",
    "arrow-left",
    "arrow-right",
    "arrows-collapse-vertical",
    "award",
    "bar-chart",
    "bell",
    "box-arrow-right",
    "building",
    "calendar-check",
    "calendar-event",
    "calendar-plus",
    "calendar-week",
    "chat-dots",
    "check",
    "check-circle-fill",
    "check2-square",
    "chevron-left",
    "chevron-right",
    "clipboard-check",
    "clock-fill",
    "collection",
    "exclamation-circle-fill",
    "eye-fill",
    "hammer",
    "hourglass-split",
    "house-door",
    "inbox",
    "info-circle",
    "key",
    "lightbulb",
    "list-ul",
    "megaphone",
    "patch-check-fill",
    "pencil-fill",
    "people",
    "people-fill",
    "person-badge",
    "person-check",
    "person-plus",
    "person-vcard",
    "play-circle-fill",
    "plus-lg",
    "printer",
    "qr-code-scan",
    "question-circle",
    "search",
    "signpost-split",
    "slash-circle",
    "sliders",
    "speedometer2",
    "stars",
    "sun",
    "telephone",
    "tools",
    "trash",
    "volume-up",
    "wrench-adjustable",
    "x-circle",
)


def source() -> str:
    """The whole sprite of the installed package; RuntimeError when the package or its sprite is missing."""
    for file in files(PACKAGE) or ():
        if file.as_posix() == SOURCE:
            return file.read_text(encoding="utf-8")
    raise RuntimeError(f"{PACKAGE} is installed without {SOURCE}: install the versions of requirements.lock.")


def trimmed(whole: str, names: tuple[str, ...] = ICONS) -> str:
    """Only the symbols named, in that order, without classes; KeyError names those that do not exist."""
    symbols = dict(re.findall(r'<symbol [^>]*id="([a-z0-9-]+)">(.*?)</symbol>', whole, re.DOTALL))
    if unknown := [name for name in names if name not in symbols]:
        raise KeyError(f"No such icon: {', '.join(unknown)}")
    kept = (f'<symbol id="{name}" viewBox="0 0 16 16">{symbols[name]}</symbol>' for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(kept)}</svg>\n'


def build(target: Path = TARGET) -> Path:
    """Write the trimmed sprite and answer where it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(trimmed(source()), encoding="utf-8")
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
