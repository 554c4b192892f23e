"""The sprite holds every icon that a page shows, and nothing else."""

import re
from functools import cache
from pathlib import Path

import pytest

from fablab import icons
from fablab.home.navigation import ENTRIES

ROOT = Path(__file__).parent.parent
#: where icons are named: as a word in quotes, in templates and in the navigation
NAMED_IN = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/navigation.py"), *ROOT.glob("fablab/home/*.py")]


def words_in_quotes() -> set[str]:
    """Every quoted word that could name an icon."""
    return {
        word for path in NAMED_IN for word in re.findall(r'["\']([a-z0-9-]+)["\']', path.read_text(encoding="utf-8"))
    }


@cache
def drawn() -> frozenset[str]:
    """The name of every icon of the package."""
    return frozenset(re.findall(r'<symbol [^>]*id="([a-z0-9-]+)"', icons.source()))


def icons_called() -> set[str]:
    """The names that the navigation and templates give to the macros that draw an icon."""
    found = {icon for entries in ENTRIES.values() for _endpoint, _label, icon in entries}
    for path in ROOT.glob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        found.update(re.findall(r'\bicon\("([a-z0-9-]+)"', text))
        found.update(re.findall(r'\bicon_name="([a-z0-9-]+)"', text))
        found.update(re.findall(r'"icon": "([a-z0-9-]+)"', text))
        # the third word of a button, the drawing of a chip, and any other quoted name that only an icon has
        found.update({word for word in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', text) if word in drawn()})
        found.update(re.findall(r', "(?:lit|edge|light|stop)", "(?!light")([a-z0-9-]+)"', text))
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
