"""The pages of evidence: sending, seeing, and who never sees a byte of it."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.people.models import Person
from fablab.permissions import Role
from pathways.models import Evidence
from pathways.upkeep_evidence import Piece
from tests import make_evidence
from tests.conftest import Statements
from tests.evidence.conftest import files
from tests.make import log_in, make_person, make_staff, make_young
from tests.make_evidence import a_photo, make_piece, make_sheet
from tests.make_pathways import enrol, make_competency, make_group, make_pathway, make_session, make_validator, validate

pytestmark = pytest.mark.usefixtures("folder")
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


def key_of(page: Any) -> str:
    field = BeautifulSoup(page.text, "html.parser").select_one("main input[name=key]")
    assert field is not None
    return str(field["value"])


def send(client: FlaskClient, address: str, raw: bytes, name: str, field: str = "photo", **said: Any) -> Any:
    """Open a form and send it with a file."""
    key = key_of(client.get(address))
    return post(client, address, raw, name, field, key=key, text="Ma boîte", **said)


def post(client: FlaskClient, address: str, raw: bytes, name: str, field: str, **said: str) -> Any:
    """A form with a file, as a browser writes it. Werkzeug's own client leaves a file open beyond half a megabyte."""
    lines = [
        f'--limit\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in said.items()
    ]
    head = f'--limit\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    body = "".join([*lines, head]).encode() + raw + b"\r\n--limit--\r\n"
    return client.post(address, data=body, content_type="multipart/form-data; boundary=limit")


def pieces(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Evidence)) or 0


def errors(page: Any) -> str:
    return " ".join(tag.get_text() for tag in BeautifulSoup(page.text, "html.parser").select(".error"))


# --- sending --------------------------------------------------------------------------------------


def test_a_young_person_adds_a_photo_from_their_phone(client: FlaskClient, session: Session) -> None:
    log_in(client, make_young())
    answer = send(client, "/mes-preuves/ajouter?sorte=photo", make_evidence.a_located_photo(), "IMG_1.jpg")
    assert (answer.status_code, answer.location) == (302, "/mes-preuves")
    page = client.get("/mes-preuves")
    image = BeautifulSoup(page.text, "html.parser").select_one("img.photo")
    assert image is not None
    small = client.get(str(image["src"]))
    assert small.mimetype == "image/jpeg"
    assert b"Exif" not in small.data


def test_only_the_part_in_the_frame_is_sent_on(client: FlaskClient, session: Session) -> None:
    log_in(client, make_young())
    said = {"left": "50", "top": "0", "width": "50", "height": "100"}
    send(client, "/mes-preuves/ajouter?sorte=photo", a_photo((400, 200)), "a.jpg", **said)
    piece = session.scalars(select(Evidence)).one()
    assert Image.open(io.BytesIO(client.get(f"/mes-preuves/{piece.public_id}/fichier").data)).size == (200, 200)


def test_a_file_with_a_dangerous_name_is_given_back_as_plain_bytes(client: FlaskClient, session: Session) -> None:
    log_in(client, make_young())
    raw = b"%PDF-1.7\n1 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj"
    assert send(client, "/mes-preuves/ajouter?sorte=fichier", raw, "../../\u202eplan.pdf", "file").status_code == 302
    piece = session.scalars(select(Evidence)).one()
    answer = client.get(f"/mes-preuves/{piece.public_id}/fichier")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    assert answer.data == raw


@pytest.mark.parametrize(
    ("kind", "field", "raw", "said"),
    [
        ("photo", "photo", b"GIF89a=1;alert(1)", "pas une photo lisible"),
        ("photo", "photo", make_evidence.a_bomb(), "trop de pixels"),
        ("photo", "photo", a_photo()[:700], "abîmée"),
        ("photo", "photo", a_photo() + b"\0" * 8_400_000, "trop lourde"),
        ("fichier", "file", b"<svg><script>1</script></svg>", "contient un programme"),
    ],
)
def test_a_hostile_file_is_refused_beside_its_field_and_changes_nothing(
    client: FlaskClient, session: Session, folder: Path, kind: str, field: str, raw: bytes, said: str
) -> None:
    log_in(client, make_young())
    answer = send(client, f"/mes-preuves/ajouter?sorte={kind}", raw, "motif.svg", field)
    assert answer.status_code == 422
    assert said in errors(answer)
    assert 'value="Ma boîte"' in answer.text, "what was typed is kept"
    assert (pieces(session), files(folder)) == (0, [])


def test_forty_megabytes_are_refused_by_the_length_they_say_and_never_read(
    client: FlaskClient, session: Session
) -> None:
    log_in(client, make_young())

    class Unread(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _room: Any) -> int:
            raise AssertionError("the request was read")

    answer = client.post(
        "/mes-preuves/ajouter?sorte=photo",
        environ_overrides={"wsgi.input": io.BufferedReader(Unread()), "CONTENT_LENGTH": "40000000"},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "trop lourd" in answer.text
    assert pieces(session) == 0


def test_other_pages_still_take_four_megabytes_at_most(client: FlaskClient) -> None:
    log_in(client, make_young())
    assert post(client, "/mes-fiches/nouvelle", b"\0" * 5_000_000, "a.jpg", "photo").status_code == 413


def test_a_photo_that_is_text_and_a_form_without_file_say_what_is_missing(client: FlaskClient) -> None:
    log_in(client, make_young())
    key = key_of(client.get("/mes-preuves/ajouter?sorte=photo"))
    for photo in ({}, {"photo": "not a file"}):
        answer = client.post("/mes-preuves/ajouter?sorte=photo", data={"key": key, "text": "x", **photo})
        assert (answer.status_code, "Choisir une photo" in errors(answer)) == (422, True)


def test_a_kind_of_the_team_or_of_nobody_is_no_page(client: FlaskClient) -> None:
    log_in(client, make_young())
    for kind in ("constat", "sheet", "x"):
        assert client.get(f"/mes-preuves/ajouter?sorte={kind}").status_code == 404


def test_the_facilitator_takes_a_photo_and_comes_back_to_the_session(client: FlaskClient, session: Session) -> None:
    young, group = make_young(), make_group(make_pathway())
    enrol(young, group)
    lesson = make_session(group)
    log_in(client, make_staff())
    page = client.get(f"/seances/{lesson.public_id}/preuves?etape=1")
    link = BeautifulSoup(page.text, "html.parser").select_one("a.count")
    assert link is not None
    address = str(link["href"])
    answer = send(client, address, a_photo(), "a.jpg", shows=address.split("competence=")[1].split("&")[0])
    assert answer.location == f"/seances/{lesson.public_id}/preuves?etape=1"
    again = BeautifulSoup(client.get(answer.location).text, "html.parser").select("a.count.some")
    assert [tag.find(string=True) for tag in again] == ["1"]
    assert "une pièce de" in client.get(f"/seances/{lesson.public_id}/valider?etape=1").text


# --- what stands behind a validation -----------------------------------------------------------------


def test_my_path_and_my_history_show_the_proof_behind_a_validation(client: FlaskClient) -> None:
    young, group = make_young(), make_group(make_pathway())
    enrol(young, group)
    competency = make_competency("SEC-01")
    piece = make_piece(young, piece=Piece("link", "Mon plan", "https://example.org/plan"), shows=[competency.id])
    author = make_validator()
    validate(young, {"SEC-01": 2}, author)
    log_in(client, young)
    path = BeautifulSoup(client.get("/mon-parcours").text, "html.parser")
    assert [tag["href"] for tag in path.find_all("a", string="Mon plan")] == [f"/mes-preuves/{piece.public_id}"]
    log_in(client, author)
    assert "Mon plan" in client.get(f"/jeunes/{young.public_id}/validations").text
    client.post(f"/jeunes/{young.public_id}/preuves/{piece.public_id}/retirer")
    assert "preuve retirée" in client.get(f"/jeunes/{young.public_id}/validations").text


# --- who sees -------------------------------------------------------------------------------------


def addresses(owner: Person, piece: Evidence) -> list[str]:
    """Every address of a piece, one's own and the team's."""
    mine, theirs = f"/mes-preuves/{piece.public_id}", f"/jeunes/{owner.public_id}/preuves/{piece.public_id}"
    return [where + end for where in (mine, theirs) for end in ("", "/fichier", "/petite")]


def test_no_other_young_person_no_referent_no_organisation_and_no_visitor_sees_a_byte(client: FlaskClient) -> None:
    owner = make_young()
    piece = make_piece(owner)
    roles = [role for role in Role if role not in (Role.FACILITATOR, Role.COORDINATOR)]
    others = [make_person(email=f"{role}@example.org", roles=(role,)) for role in roles]
    for person in (None, *others):
        if person is None:
            with client.session_transaction() as cookie:
                cookie.clear()
        else:
            log_in(client, person)
        for address in addresses(owner, piece):
            answer = client.get(address)
            assert answer.status_code in (302, 403, 404), (address, person and person.roles)
            assert answer.mimetype == "text/html"


def test_its_owner_and_the_team_see_it_each_at_their_own_address(client: FlaskClient) -> None:
    owner = make_young()
    piece = make_piece(owner)
    mine, theirs = addresses(owner, piece)[:3], addresses(owner, piece)[3:]
    log_in(client, owner)
    assert [client.get(one).status_code for one in mine + theirs] == [200] * 3 + [403] * 3
    for role in (Role.FACILITATOR, Role.COORDINATOR):
        log_in(client, make_staff(roles=(role,)))
        assert [client.get(one).status_code for one in mine + theirs] == [403] * 3 + [200] * 3
    for header, value in SAFE.items():
        assert client.get(theirs[1]).headers[header] == value
    assert client.get(theirs[1]).headers["Content-Disposition"] == "inline; filename=photo.jpg"


def test_a_piece_is_not_found_under_another_persons_name(client: FlaskClient) -> None:
    piece, other = make_piece(make_young()), make_young("Tom", "Roy")
    log_in(client, make_staff())
    for end in ("", "/fichier", "/petite"):
        assert client.get(f"/jeunes/{other.public_id}/preuves/{piece.public_id}{end}").status_code == 404
    assert client.post(f"/jeunes/{other.public_id}/preuves/{piece.public_id}/retirer").status_code == 404


def test_what_was_taken_away_is_nowhere(client: FlaskClient) -> None:
    owner = make_young()
    piece = make_piece(owner)
    log_in(client, owner)
    assert client.post(f"/mes-preuves/{piece.public_id}/retirer").location == "/mes-preuves"
    assert {client.get(one).status_code for one in addresses(owner, piece)[:3]} == {404}


def test_the_folder_of_files_is_no_page(client: FlaskClient) -> None:
    piece = make_piece(make_young())
    log_in(client, make_staff())
    for address in (f"/evidence/{piece.file_key}.jpg", f"/static/../instance/evidence/{piece.file_key}.jpg"):
        assert client.get(address).status_code == 404


def test_opening_the_evidence_of_somebody_is_noted_in_their_file(client: FlaskClient) -> None:
    owner = make_young()
    log_in(client, make_staff("Samir", "Haddad"))
    assert client.get(f"/jeunes/{owner.public_id}/preuves").status_code == 200
    log_in(client, owner)
    assert "Samir H." in client.get("/mes-donnees").text


# --- my data --------------------------------------------------------------------------------------


def test_my_data_shows_my_evidence_and_the_copy_holds_the_files(client: FlaskClient) -> None:
    owner = make_young()
    piece = make_piece(owner)
    make_sheet(owner, "Ma lampe", photos=1)
    log_in(client, owner)
    assert "Ma lampe" in client.get("/mes-donnees").text
    answer = client.post("/mes-donnees/copie", data={"format": "zip"}, buffered=True)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        assert {"mes-donnees.html", "mes-donnees.json"} <= set(names)
        photos = [name for name in names if name.startswith("preuves/")]
        assert len(photos) == 2
        assert archive.read(f"preuves/{piece.id}-photo.jpg").startswith(b"\xff\xd8\xff")
        told = json.loads(archive.read("mes-donnees.json"))
    assert {line["what"] for line in told["evidence"]} == {"Photo", "Fiche projet"}


# --- statements -----------------------------------------------------------------------------------


def test_the_pages_ask_the_same_number_of_statements_whatever_there_is(
    client: FlaskClient, count_statements: Statements
) -> None:
    young, group = make_young(), make_group(make_pathway())
    enrol(young, group)
    lesson, staff = make_session(group), make_staff()
    pages = [
        (young, "/mes-preuves"),
        (young, "/mon-parcours"),
        (young, "/galerie"),
        (staff, f"/jeunes/{young.public_id}/preuves"),
        (staff, f"/seances/{lesson.public_id}/preuves"),
    ]

    def counted() -> dict[str, int]:
        found = {}
        for person, address in pages:
            log_in(client, person)
            client.get(address)  # the first opening of a day is noted
            count_statements.clear()
            assert client.get(address).status_code == 200
            found[address] = len(count_statements)
        return found

    make_piece(young)
    make_sheet(young, photos=1)
    before = counted()
    for _number in range(3):
        make_piece(young)
        make_sheet(young, photos=2)
    assert counted() == before
    assert {address: number for address, number in before.items() if number > 16} == {}
