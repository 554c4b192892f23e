"""A machine's photo, files and links: put there by the coordination, read by whoever may see the machine."""

import io
import secrets
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import kept_files
from fablab.home import evidence_files
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_docs, queries_docs
from machines.models import Machine
from machines.models_docs import MachineDoc
from machines.values_docs import MOST
from pathways.upkeep_evidence import Piece
from tests.conftest import NOW
from tests.machines.pages import read, text
from tests.make import log_in, make_staff
from tests.make_machines import Fablab, make_machine

PDF = b"%PDF-1.4\n% rien\n"
ADDRESS = "/machines/VIN-01/documents"


@pytest.fixture(autouse=True)
def _folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, "folder", lambda: tmp_path)


@pytest.fixture
def nadia(vinyl: Machine) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def a_file(machine: Machine, by: Person, title: str = "Notice") -> MachineDoc:
    piece = Piece("file", title, contents={"file": PDF}, file_name="notice.pdf")
    return actions_docs.add(machine, piece, secrets.token_hex(16), by, NOW)


def send(client: FlaskClient, **sent: Any) -> Any:
    """The form of a document, as its page gives it."""
    key = read(client, ADDRESS).select_one("main input[name=key]")
    assert key is not None
    return client.post(ADDRESS, data={"key": str(key["value"]), "title": "Notice", **sent})


def test_a_pdf_is_listed_on_the_young_persons_page_and_given_to_be_kept(
    client: FlaskClient, session: Session, fablab: Fablab, nadia: Person, ines: Person
) -> None:
    log_in(client, nadia)
    assert send(client, file=(io.BytesIO(PDF), "Ma notice.pdf")).status_code == 303
    doc = session.scalars(select(MachineDoc)).one()
    assert client.get(f"/machines/documents/{doc.public_id}/fichier").data == PDF
    log_in(client, ines)
    page = read(client, "/reserver/VIN-01/fiche")
    link = page.select_one(f'main a[href="/reserver/VIN-01/documents/{doc.public_id}"]')
    assert link is not None
    assert client.get("/reserver/VIN-01/documents/1").status_code == 404
    make_machine(fablab, "FDM-09")
    assert client.get(f"/reserver/FDM-09/documents/{doc.public_id}").status_code == 404, "of another machine"
    answer = client.get(str(link["href"]))
    assert (answer.data, answer.headers["Content-Type"]) == (PDF, "application/octet-stream")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Copier un lien, ou choisir un fichier."),
        ({"url": "javascript:alert(1)"}, "Copier une adresse entière"),
        ({"url": "https://example.org/a", "file": (io.BytesIO(PDF), "a.pdf")}, "l’un des deux"),
        ({"file": (io.BytesIO(b"<svg onload=x>"), "a.svg")}, "Choisir un fichier PDF."),
        ({"file": (io.BytesIO(b"<html>"), "a.pdf")}, "n’est pas un vrai fichier pdf"),
        ({"file": (io.BytesIO(b""), "a.pdf")}, "Ce fichier est vide."),
        ({"url": "https://example.org/a", "title": " "}, "Écrire un titre."),
    ],
)
def test_what_is_neither_a_page_nor_a_pdf_is_refused_beside_its_field(
    client: FlaskClient, session: Session, nadia: Person, sent: dict[str, Any], said: str
) -> None:
    log_in(client, nadia)
    answer = send(client, **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(MachineDoc)).all() == []
    assert list(kept_files.everything()) == []


def test_a_link_leaves_without_saying_where_from(client: FlaskClient, nadia: Person, ines: Person) -> None:
    log_in(client, nadia)
    assert send(client, url="https://example.org/vinyle").status_code == 303
    log_in(client, ines)
    link = read(client, "/reserver/VIN-01/fiche").select_one('main a[href="https://example.org/vinyle"]')
    assert link is not None
    assert {"noreferrer", "noopener"} <= set(link["rel"])


def test_the_latest_photo_is_shown_drawn_anew(
    client: FlaskClient, session: Session, nadia: Person, ines: Person
) -> None:
    log_in(client, nadia)
    for color in ("red", "blue"):
        drawn = io.BytesIO()
        Image.new("RGB", (400, 300), color).save(drawn, "PNG")
        drawn.seek(0)
        key = read(client, "/machines/VIN-01/photo").select_one("main input[name=key]")
        assert key is not None
        sent = {"key": str(key["value"]), "text": "La machine de face", "photo": (drawn, "IMG_1.png")}
        assert client.post("/machines/VIN-01/photo", data=sent).status_code == 303
    latest = session.scalars(select(MachineDoc).order_by(MachineDoc.id.desc())).first()
    assert latest is not None
    log_in(client, ines)
    image = read(client, "/reserver/VIN-01/fiche").select_one("main img.photo")
    assert image is not None
    assert (image["src"], image["alt"]) == (
        "/reserver/VIN-01/photo",
        "La machine de face",
    )
    answer = client.get(str(image["src"]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    shown = answer.data
    log_in(client, nadia)
    assert client.get(f"/machines/documents/{latest.public_id}/photo").data == shown


def test_taken_off_it_is_not_read_any_more_and_comes_back(
    client: FlaskClient, session: Session, vinyl: Machine, nadia: Person, ines: Person
) -> None:
    doc = a_file(vinyl, nadia)
    log_in(client, nadia)
    assert read(client, ADDRESS).select_one(f'main form[action="/machines/documents/{doc.public_id}/retirer"]')
    page = BeautifulSoup(
        client.post(f"/machines/documents/{doc.public_id}/retirer", follow_redirects=True).text, "html.parser"
    )
    assert page.select_one(f'form[action="/machines/documents/{doc.public_id}/remettre"]') is not None
    with pytest.raises(Refused, match="doc_gone"):
        actions_docs.remove(doc, nadia, NOW)
    log_in(client, ines)
    assert client.get(f"/reserver/VIN-01/documents/{doc.public_id}").status_code == 404
    actions_docs.put_back(doc, nadia, NOW)
    with pytest.raises(Refused, match="doc_there"):
        actions_docs.put_back(doc, nadia, NOW)
    assert client.get(f"/reserver/VIN-01/documents/{doc.public_id}").status_code == 200


def test_the_same_form_adds_once_and_serves_nobody_else(session: Session, vinyl: Machine, nadia: Person) -> None:
    piece, key = Piece("link", "Notice", url="https://example.org/a"), secrets.token_hex(16)
    first = actions_docs.add(vinyl, piece, key, nadia, NOW)
    with pytest.raises(Refused, match="form_used"):
        actions_docs.add(vinyl, Piece("link", "Notice", url="https://example.org/b"), key, nadia, NOW)
    assert actions_docs.add(vinyl, piece, key, nadia, NOW).id == first.id
    with pytest.raises(Refused, match="form_used"):
        actions_docs.add(vinyl, piece, key, make_staff("Rose", roles=(Role.COORDINATOR,)), NOW)
    assert len(session.scalars(select(MachineDoc)).all()) == 1


def test_a_machine_has_so_many_documents_and_no_more(session: Session, vinyl: Machine, nadia: Person) -> None:
    for number in range(MOST):
        a_file(vinyl, nadia, f"Notice {number}")
    with pytest.raises(Refused, match="docs_many"):
        a_file(vinyl, nadia)
    assert len(dict(kept_files.everything())) == MOST
    assert len(queries_docs.docs_of(session, vinyl.id).papers) == MOST


def test_the_files_of_machines_are_known_to_the_house(session: Session, vinyl: Machine, nadia: Person) -> None:
    a_file(vinyl, nadia)
    assert evidence_files.apart(session, NOW) == evidence_files.Apart((), ())


def test_a_facilitator_reads_them_and_does_not_change_them(
    client: FlaskClient, vinyl: Machine, nadia: Person, fablab: object
) -> None:
    a_file(vinyl, nadia)
    log_in(client, make_staff("Awa"))
    page = read(client, "/machines/VIN-01")
    assert "Notice" in text(page)
    assert page.select_one(f'main a[href="{ADDRESS}"]') is None
    read(client, ADDRESS, 403)
    log_in(client, nadia)
    assert read(client, "/machines/VIN-01").select_one(f'main a[href="{ADDRESS}"]') is not None
