"""The sprite holds every icon that a page shows, and nothing else."""

import re
from pathlib import Path

import pytest

from fablab import icons

ROOT = Path(__file__).parent.parent
#: where icons are named: as a word in quotes, in templates and in the navigation
NAMED_IN = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/navigation.py"), *ROOT.glob("fablab/home/*.py")]


def words_in_quotes() -> set[str]:
    """Every quoted word that could name an icon."""
    return {
        word for path in NAMED_IN for word in re.findall(r'["\']([a-z0-9-]+)["\']', path.read_text(encoding="utf-8"))
    }


def icons_called() -> set[str]:
    """The names that templates give to the macros that draw an icon."""
    found: set[str] = set()
    for path in ROOT.glob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        found.update(re.findall(r'\bicon\("([a-z0-9-]+)"', text))
        found.update(re.findall(r'\bicon_name="([a-z0-9-]+)"', text))
    return found


def test_the_list_is_in_order_and_says_each_icon_once() -> None:
    assert list(icons.ICONS) == sorted(set(icons.ICONS))


def test_every_icon_called_is_in_the_list() -> None:
    assert icons_called() <= set(icons.ICONS)


def test_every_icon_of_the_list_is_used() -> None:
    assert set(icons.ICONS) <= words_in_quotes()


def test_the_sprite_is_made_of_the_list_alone() -> None:
    sprite = icons.trimmed(icons.source())
    assert re.findall(r'<symbol id="([a-z0-9-]+)"', sprite) == list(icons.ICONS)
    assert "class=" not in sprite


def test_an_icon_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match="no-such-icon"):
        icons.trimmed(icons.source(), ("check", "no-such-icon"))


def test_the_sprite_is_written_where_pages_look_for_it(tmp_path: Path) -> None:
    target = icons.build(tmp_path / "vendor" / "icons.svg")
    assert target.read_text(encoding="utf-8").startswith("<svg")
