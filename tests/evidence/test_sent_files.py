"""Files, honest and hostile, with real bytes; and their names."""

from collections.abc import Iterator

import pytest
from flask import Flask

from fablab import sent_files
from fablab.refusals import Refused
from tests import make_evidence as make

pytestmark = pytest.mark.usefixtures("speaking")
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def speaking(template_app: Flask) -> Iterator[None]:
    """Refusals are said in a language: inside a request."""
    with template_app.test_request_context():
        yield


def refused(raw: bytes, name: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        sent_files.check(raw, name)
    return caught.value.codes


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plan.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"),
        ("motif.svg", SVG),
        ("piece.stl", b"\0" * 80 + (2).to_bytes(4, "little") + b"\0" * 100),
        ("piece.stl", b"solid cube\nfacet normal 0 0 1\nendsolid cube\n"),
        ("plan.dxf", b"0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nEOF\n"),
        ("piece.3mf", make.an_archive()),
        ("jeu.sb3", make.an_archive(["project.json"])),
        ("programme.ino", b"void setup() { pinMode(13, OUTPUT); }\n"),
        ("mesures.csv", "pièce;épaisseur\nA;3\n".encode()),
    ],
)
def test_the_files_of_a_workshop_are_taken(name: str, raw: bytes) -> None:
    sent_files.check(raw, name)


@pytest.mark.parametrize(
    "active",
    [
        b"<script>alert(1)</script>",
        b"<SCRIPT xlink:href='https://evil.example/x.js'/>",
        b"<rect onload='alert(1)'/>",
        b"<a href='javascript:alert(1)'><text>x</text></a>",
        b"<foreignObject><iframe src='https://evil.example'/></foreignObject>",
    ],
)
def test_a_drawing_with_a_program_in_it_is_refused(active: bytes) -> None:
    assert refused(SVG.replace(b"<path", active + b"<path"), "motif.svg") == ["file_active"]


def test_a_drawing_that_grows_when_it_is_read_is_refused() -> None:
    laughs = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + SVG
    assert refused(laughs, "motif.svg") == ["file_active"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plan.pdf", b"<html><script>alert(1)</script></html>\n%PDF-1.7"),
        ("plan.pdf", b"%PDF-1.7\n<html><script>alert(1)</script></html>"),
        ("plan.pdf", b"MZ\x90\0 a program"),
        ("piece.stl", b"\0" * 80 + (9).to_bytes(4, "little") + b"\0" * 100),
        ("piece.3mf", make.a_photo() + make.an_archive()),
        ("piece.3mf", make.an_archive()[:40]),
        ("piece.3mf", make.an_archive(["bomb"], 105_000_000)),
        ("piece.3mf", make.an_archive([str(number) for number in range(2100)])),
        ("mesures.csv", b"a;b\0c"),
        ("notes.txt", b"<!DOCTYPE html><body onload=alert(1)>"),
        ("motif.svg", "﻿<svg></svg>".encode("utf-16")),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, raw: bytes) -> None:
    assert refused(raw, name) == ["file_not_that"]


@pytest.mark.parametrize("name", ["virus.exe", "page.html", "page.htm", "script.js", "photo.jpg", "sans-fin", "a.svgz"])
def test_other_kinds_of_files_are_refused(name: str) -> None:
    assert refused(b"anything", name) == ["file_kind"]


def test_an_empty_file_and_one_of_forty_megabytes_are_refused() -> None:
    assert refused(b"", "notes.txt") == ["file_empty"]
    assert refused(b"a" * 40_000_000, "notes.txt") == ["file_heavy"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\plan.PDF", "plan.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("\u2066piece\u2069.stl", "piece.stl"),
        ('a"; filename="b.html\r\nX: y.txt', "a filenameb.htmlX y.txt"),
        ("boîte à outils.svg", "boîte à outils.svg"),
        (".htaccess", "htaccess"),
        ("", "fichier"),
        ("x" * 300 + ".stl", "x" * 70 + ".stl"),
        ("con\0trol\x07.txt", "control.txt"),
    ],
)
def test_a_name_is_made_plain(sent: str, kept: str) -> None:
    assert sent_files.name_of(sent) == kept
