"""Every template compiles and imports nothing that it does not use."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from tests import refusal_table, source

ROOT = Path(__file__).parent.parent / "templates"
NAMES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("**/*") if path.is_file())
IMPORT = re.compile(r"\{%-?\s*from\s+\"[^\"]+\"\s+import\s+([^%]+?)\s*-?%\}")


@pytest.mark.page
@pytest.mark.parametrize("name", NAMES)
def test_the_template_compiles(template_app: Flask, name: str) -> None:
    template_app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_template_uses_every_macro_it_imports(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    body = IMPORT.sub("", text)
    imported = [word.split(" as ")[-1].strip() for found in IMPORT.findall(text) for word in found.split(",")]
    unused = [word for word in imported if word not in ("with context",) and not re.search(rf"\b{word}\(", body)]
    assert unused == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("components/")])
def test_the_component_says_what_it_takes(name: str) -> None:
    assert (
        (ROOT / name).read_text(encoding="utf-8").lstrip().startswith(("{#", '{% include "components/frame/side.html"'))
    )


def test_a_way_back_is_an_address_and_words() -> None:
    # A text given as «back» would be read letter by letter: its second as the words, its first as the address.
    for path in refusal_table.sources():
        for call in re.findall(r"render_template\([^)]*\)", path.read_text(encoding="utf-8")):
            assert not re.search(r"\bback=", call), path
    for name in NAMES:
        for said in re.findall(r"\{% set back = ([^%]*?) %\}", (ROOT / name).read_text(encoding="utf-8")):
            assert re.match(r"\((url_for\(|\w[\w.]*, )", said), (name, said)


def test_every_form_with_fields_is_checked_by_the_house_and_not_by_the_browser() -> None:
    # The browser's own bubble says one fault at a time, in its own language, and never at the top of the page.
    bare = []
    for name in NAMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        for start in (found.start() for found in re.finditer(r"<form\b", text)):
            form = text[start : text.find("</form>", start)]
            asks = re.search(r"\bfield\(|\brequired\b|type=\"(email|number|date|url)\"|slot_grid\(", form)
            if asks and "novalidate" not in form.splitlines()[0]:
                bare.append(name)
    assert bare == []


def test_a_page_s_title_names_the_page_and_the_house_follows_by_itself() -> None:
    for name in NAMES:
        for said in re.findall(r"block title %\}(.*?)\{% endblock", (ROOT / name).read_text(encoding="utf-8")):
            assert "super()" not in said, name
            assert "house.short_name" not in said, name


def names_of_the_frame() -> set[str]:
    """What the frame around every page is told: a page that handed over one of these names would change the frame."""
    names = set()
    for function in source.nodes(ROOT.parent / "fablab" / "home" / "frame.py"):
        if isinstance(function, ast.FunctionDef) and function.name in ("_surroundings", "_addresses"):
            for node in ast.walk(function):
                keys = node.keys if isinstance(node, ast.Dict) else [getattr(node, "slice", None)]
                names |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return names


def test_no_page_hands_over_a_name_of_the_frame() -> None:
    of_the_frame = names_of_the_frame()
    assert {"frame", "navigation", "search_url"} <= of_the_frame
    for path in refusal_table.sources():
        for call in source.nodes(path):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "render_template":
                said = {keyword.arg for keyword in call.keywords} & of_the_frame
                assert not said, f"{path.name}:{call.lineno}: {said}"
