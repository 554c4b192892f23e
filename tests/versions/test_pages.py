"""The pages of versions: a whole new version written and published through them, people moved and back."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.people.models import Person
from pathways.models import Competency, Enrolment, PathwayVersion, Stage, VersionMove
from pathways.queries_versions import draft_and_published
from tests.conftest import Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import attend, enrol, make_group, make_pathway, make_safety_badge, make_session, validate
from tests.versions.given import changed, coordinator, drafted, stage, target

DRAFT = "/parcours/REBOND/brouillon"


@pytest.fixture
def nadia(client: FlaskClient, session: Session) -> Person:
    """A coordinator, logged in."""
    nadia = coordinator()
    log_in(client, nadia)
    return nadia


@pytest.fixture
def old(session: Session) -> PathwayVersion:
    make_safety_badge("BS-VINYLE", {"SEC-01": 2}, min_age=11)
    return make_pathway("REBOND", audience="16-25 ans")


def page(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def fields(soup: BeautifulSoup, **other: Any) -> dict[str, Any]:
    """What a browser would send of the page's form, with some of it written otherwise."""
    sent: dict[str, Any] = {}
    main = soup.find("main")
    assert main is not None
    form = next(one for one in main.find_all("form") if one.find(["textarea", "select"]) or one.find("input", id=True))
    for one in form.find_all(["input", "textarea", "select"]):
        kind, name = one.get("type", one.name), str(one["name"])
        if one.name == "textarea":
            sent[name] = one.text.lstrip("\r\n")
        elif one.name == "select":
            chosen = one.find("option", selected=True) or one.find("option")
            assert chosen is not None
            sent[name] = chosen["value"]
        elif kind in ("checkbox", "radio"):
            if one.has_attr("checked"):
                sent.setdefault(name, []).append(one.get("value", "y"))
        else:
            sent[name] = one.get("value", "")
    return {**sent, **other}


def saved(client: FlaskClient, address: str, **other: Any) -> None:
    answer = client.post(address, data=fields(page(client, address), **other))
    assert answer.status_code == 303, answer.get_data(as_text=True)


def test_a_version_is_prepared_written_and_published_in_pages(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    assert "Rebond" in page(client, "/parcours").text
    assert "Préparer une nouvelle version" in page(client, "/parcours/REBOND").text
    assert client.post(f"/parcours/REBOND/versions/{old.number}/preparer").status_code == 303
    assert "une copie de la version publiée" in page(client, DRAFT).text
    saved(client, f"{DRAFT}/textes", project="une lampe")
    saved(client, f"{DRAFT}/public", max_age="24", per_week="", own_pace="y")
    saved(client, f"{DRAFT}/badges", target_badges=["BS-VINYLE"])
    saved(client, f"{DRAFT}/pieces", photo_choice_asked="all", parental_authorisation_asked="minors")
    draft = session.scalars(select(PathwayVersion).where(PathwayVersion.status == "draft")).one()
    assert draft.papers == [
        {"paper": "parental_authorisation", "signed": False, "minors_only": True, "label": "autorisation parentale"},
        {"paper": "photo_choice", "signed": False, "minors_only": False, "label": "choix pour les photos"},
    ]
    exp = stage(draft, "EXP").id
    saved(client, f"{DRAFT}/etapes/{exp}", name="Goûter", expected_proofs="un croquis\n\nune photo")
    saved(client, f"{DRAFT}/etapes/{exp}/choix", count="1", level="2", among=["NUM-01", "PRO-03"])
    saved(client, f"{DRAFT}/competences/{target(draft, 'SEC-01').id}", level="3", criteria="le fait seul")
    new = {"title": "Souder", "i_can": "Je soude.", "criteria": "soude", "level": "2", "family": "electronics"}
    saved(client, f"{DRAFT}/etapes/{exp}/competences/nouvelle", **new)
    saved(client, f"{DRAFT}/etapes/{stage(draft, 'PAR').id}/competences", competency="SEC-01", level="4")
    client.post(f"{DRAFT}/etapes/{exp}/place", data={"to": "down"})
    told = page(client, DRAFT).text
    for words in (
        "un objet", "une lampe", "Étape Goûter", "un croquis, une photo", "Apprendre, Goûter, Fabriquer, Partager",
        "Je soude.", "3 · En autonomie", "Badge BS-VINYLE", "autorisation parentale (mineurs)",
    ):  # fmt: skip
        assert words in told, words
    seen = page(client, f"{DRAFT}/publier").find("input", attrs={"name": "seen"})
    assert seen is not None
    assert client.post(f"{DRAFT}/publier", data={"seen": seen["value"]}).status_code == 303
    session.expire_all()
    assert (draft.status, old.status) == ("published", "retired")
    assert [(one.code, one.sessions) for one in draft.stages][:2] == [("APP", [1]), ("EXP", [2])]
    assert stage(draft, "EXP").choice == {"count": 1, "among": ["NUM-01", "PRO-03"], "level": 2}
    assert "Reprendre en brouillon" in page(client, "/parcours/REBOND").text
    assert "une lampe" in page(client, f"/parcours/REBOND/versions/{draft.number}").text
    client.post(f"/parcours/REBOND/versions/{draft.number}/depublier")
    session.expire_all()
    assert (draft.status, old.status) == ("draft", "published")


@pytest.mark.parametrize(
    ("where", "other", "said"),
    [
        ("textes", {"title": ""}, "Écrire quelque chose."),
        ("textes", {"young_label": "x" * 201}, "200 lettres au plus."),
        ("public", {"min_age": "douze"}, "Écrire un nombre entier"),
        ("public", {"group_max": "0"}, "Entre 1 et 100."),
        ("badges", {"choice_count": "2"}, "Dire combien, et parmi lesquels."),
        ("etapes/nouvelle", {"name": ""}, "Écrire quelque chose."),
        ("etapes/{exp}/choix", {"count": "2"}, "Dire combien, à quel niveau, et parmi lesquelles."),
        ("etapes/{exp}", {"expected_proofs": "\n".join("abcdefghijklm")}, "12 lignes au plus."),
        ("competences/{target}", {"criteria": " "}, "Écrire au moins une ligne."),
        ("etapes/{exp}/competences", {"competency": ""}, "Choisir une compétence."),
        ("etapes/{exp}/competences/nouvelle", {"level": "9"}, "Niveau visé"),
    ],
)
def test_what_is_badly_written_is_refused_beside_the_field_and_nothing_is_lost(
    client: FlaskClient, nadia: Person, old: PathwayVersion, where: str, other: dict[str, str], said: str
) -> None:
    draft = drafted(old, nadia)
    address = f"{DRAFT}/" + where.format(exp=stage(draft, "EXP").id, target=target(draft, "SEC-01").id)
    sent = fields(page(client, address), **other)
    answer = client.post(address, data=sent)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert soup.title is not None
    assert soup.title.text.startswith("Erreur")
    assert said in soup.text
    kept = fields(soup)
    assert {name: kept.get(name) for name in sent if name in kept and isinstance(sent[name], str)} == {
        name: value for name, value in sent.items() if name in kept and isinstance(value, str)
    }


def test_two_coordinators_at_once_are_shown_both(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    draft = drafted(old, nadia)
    address = f"{DRAFT}/textes"
    theirs = fields(page(client, address), title="Rebond — ensemble")
    mine = fields(page(client, address), title="Rebond — pas à pas", project="une lampe")
    assert client.post(address, data=theirs).status_code == 303
    answer = client.post(address, data=mine)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert "Changé entre-temps par quelqu’un d’autre" in soup.text
    assert "Rebond — ensemble" in soup.text
    kept = fields(soup)
    assert (kept["title"], kept["project"]) == ("Rebond — pas à pas", "une lampe")
    # Saved again, having seen both: what is written here is kept.
    assert client.post(address, data=kept).status_code == 303
    session.expire_all()
    assert (draft.title, draft.project) == ("Rebond — pas à pas", "une lampe")


def test_a_draft_is_thrown_away_once_asked(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    drafted(old, nadia)
    assert "perdu" in page(client, f"{DRAFT}/ecarter").text
    client.post(f"{DRAFT}/ecarter")
    assert session.scalars(select(PathwayVersion.status)).all() == ["published"]
    # What is no draft any more leads to the versions, or is not there.
    assert client.get(DRAFT).status_code == 302
    assert client.get(f"{DRAFT}/publier").status_code == 302
    assert client.get(f"{DRAFT}/textes").status_code == 404


def test_a_competency_and_a_stage_are_taken_out_once_asked(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    draft = drafted(old, nadia)
    one = target(draft, "SEC-01").id
    assert "reste validé" in page(client, f"{DRAFT}/competences/{one}/retirer").text
    client.post(f"{DRAFT}/competences/{one}/retirer")
    par = stage(draft, "PAR").id
    assert "1 compétence visée part avec elle" in page(client, f"{DRAFT}/etapes/{par}/retirer").text
    client.post(f"{DRAFT}/etapes/{par}/retirer")
    assert "Expérimenter\u00a0: ajouter une compétence visée." in page(client, f"{DRAFT}/publier").text
    left = session.scalars(select(Stage.code).where(Stage.version_id == draft.id).order_by(Stage.position)).all()
    assert left == ["EXP", "APP", "FAB"]


def test_people_are_moved_after_a_preview_and_moved_back(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    group = make_group(old, "Rebond 4")
    ines = make_young("Inès")
    enrolment = enrol(ines, group)
    attend(make_session(group), ines)
    validate(ines, {"SEC-01": 2, "NUM-01": 2})
    new = changed(old, nadia)
    fresh = session.scalars(select(Competency.code).where(Competency.replaces == "NUM-01")).one()
    address = f"/parcours/REBOND/versions/{old.number}/deplacer"
    first = page(client, address)
    assert "Compétence NUM-01 devient Je dessine" in first.text
    sent = {"groups": [f"g{group.public_id}"], "to_NUM-01": [fresh]}
    shown = client.post(address, data={**sent, "act": "preview"}).get_data(as_text=True)
    assert "1 sur 4" in shown
    assert "REBOND : Expérimenter" in shown
    assert "Expérimenter\u00a0: Compétence SEC-01, niveau 3" in shown
    assert session.scalars(select(Enrolment.version_id)).one() == old.id
    seen = BeautifulSoup(shown, "html.parser").find("input", attrs={"name": "seen"})
    assert seen is not None
    stale = client.post(address, data={**sent, "act": "move", "seen": "x"})
    assert stale.status_code == 422
    assert "Quelque chose a changé entre-temps" in stale.get_data(as_text=True)
    answer = client.post(address, data={**sent, "act": "move", "seen": seen["value"]})
    assert answer.status_code == 303
    session.expire_all()
    assert enrolment.version_id == new.id
    move = session.scalars(select(VersionMove)).one()
    assert "compte aussi pour\u00a0: Je dessine" in page(client, f"/changements-de-version/{move.public_id}").text
    assert "1 personne" in page(client, "/parcours/REBOND").text
    client.post(f"/changements-de-version/{move.public_id}/annuler")
    session.expire_all()
    assert enrolment.version_id == old.id
    assert "Annulé le" in page(client, f"/changements-de-version/{move.public_id}").text


def test_a_mapping_to_what_opens_a_machine_is_refused_beside_it(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    enrol(make_young("Inès"), make_group(old, "Rebond 4"))
    changed(old, nadia)
    fresh = session.scalars(select(Competency.code).where(Competency.replaces == "NUM-01")).one()
    make_safety_badge("BS-LASER", {fresh: 2})
    address = f"/parcours/REBOND/versions/{old.number}/deplacer"
    answer = client.post(address, data={"to_NUM-01": [fresh], "act": "preview"})
    assert answer.status_code == 422
    assert "ouvre une machine" in answer.get_data(as_text=True)
    assert "Choisir au moins un groupe" in answer.get_data(as_text=True)


def test_only_the_coordination_sees_these_pages(client: FlaskClient, session: Session, old: PathwayVersion) -> None:
    log_in(client, make_staff())
    for address in ("/parcours", "/parcours/REBOND", DRAFT, f"/parcours/REBOND/versions/{old.number}"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/parcours", "/parcours/REBOND", "/parcours/REBOND/versions/{old}", DRAFT, f"{DRAFT}/textes", f"{DRAFT}/public",
        f"{DRAFT}/badges", f"{DRAFT}/pieces", f"{DRAFT}/publier", f"{DRAFT}/ecarter", f"{DRAFT}/etapes/nouvelle",
        f"{DRAFT}/etapes/{{exp}}", f"{DRAFT}/etapes/{{exp}}/choix", f"{DRAFT}/etapes/{{exp}}/competences",
        f"{DRAFT}/etapes/{{exp}}/competences/nouvelle", f"{DRAFT}/etapes/{{exp}}/retirer",
        f"{DRAFT}/competences/{{target}}", f"{DRAFT}/competences/{{target}}/retirer",
        "/parcours/REBOND/versions/{first}/deplacer", "/changements-de-version/{move}",
    ],
)  # fmt: skip
def test_a_page_asks_ten_statements_at_most_whatever_there_is(
    client: FlaskClient,
    nadia: Person,
    old: PathwayVersion,
    session: Session,
    count_statements: Statements,
    address: str,
) -> None:
    for number in range(4):
        group = make_group(old, f"Rebond {number}")
        for name in ("Inès", "Lina"):
            young = make_young(f"{name} {number}")
            enrol(young, group)
            validate(young, {"SEC-01": 2, "NUM-01": 2})
    new = changed(old, nadia)
    draft = drafted(new, nadia)
    move = VersionMove(
        from_version_id=old.id, to_version_id=new.id, mapping={}, groups=[], sessions=[], moved_at=new.published_at,
        moved_by_id=nadia.id,
    )  # fmt: skip
    session.add(move)
    session.commit()
    said = {"old": new.number, "first": old.number, "move": move.public_id}
    address = address.format(exp=stage(draft, "EXP").id, target=target(draft, "SEC-01").id, **said)
    client.get(address)
    count_statements.clear()
    assert client.get(address).status_code == 200
    assert len(count_statements) <= 10, count_statements
    if address.endswith("deplacer"):
        crews = [one["value"] for one in page(client, address).find_all("input", attrs={"name": "groups"})]
        count_statements.clear()
        assert "Où chacun en sera" in client.post(address, data={"groups": crews}).get_data(as_text=True)
        assert len(count_statements) <= 12, count_statements


def test_the_charter_is_written_where_the_pathway_has_one(
    client: FlaskClient, nadia: Person, old: PathwayVersion, session: Session
) -> None:
    client.post(f"/parcours/REBOND/versions/{old.number}/preparer")
    assert "/brouillon/charte" not in client.get(DRAFT).text
    assert client.get(f"{DRAFT}/charte").status_code == 404
    passeur = make_pathway("PASSEUR", charter=["Je montre, je n’impose pas."], own_pace=True)
    assert "Je montre, je n’impose pas." in client.get(f"/parcours/PASSEUR/versions/{passeur.number}").text
    client.post(f"/parcours/PASSEUR/versions/{passeur.number}/preparer")
    draft = "/parcours/PASSEUR/brouillon"
    assert f"{draft}/charte" in client.get(draft).text
    long = "Je range. " * 20
    saved(client, f"{draft}/charte", charter=f"Je montre, je n’impose pas.\r\n\r\n{long}")
    session.expire_all()
    found, _published = draft_and_published(session, "PASSEUR")
    assert found is not None
    assert found.charter == ["Je montre, je n’impose pas.", long.strip()]
    assert old.charter is None
    told = client.get(draft).text
    assert "Charte" in told
    assert "Je range." in told
    for wrong, said in (("", "Écrire au moins une ligne"), ("x" * 301, "300 lettres au plus par ligne")):
        sent = fields(page(client, f"{draft}/charte"), charter=wrong)
        refused = client.post(f"{draft}/charte", data=sent)
        assert refused.status_code == 422
        assert said in refused.text
