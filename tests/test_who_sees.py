"""Who sees what of a young person: their ids tried by everybody else, in every page, file and download.

One young person has one of everything, each with a word that is written nowhere else. Every address that answers GET
is then asked by somebody of each role with this person's ids in it; so is what only a form hands out, the copy of one's
data and cards to print. Zips, tables and documents are read as pages are. What each role sees is said in SEES: more is
a leak, less is a page that no longer shows what it is there for.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from bookings import actions_feeds, queries_feeds
from fablab.db import db, transaction
from fablab.home import merging_actions
from fablab.home.my_data import FORMATS
from fablab.people import actions_file, actions_rights
from fablab.people.actions_file import FollowUpFacts
from fablab.people.models import FollowUp, Person
from fablab.people.secrets import feed_key
from fablab.permissions import Role
from machines import actions_docs, actions_repair, actions_training
from machines.models import Machine
from machines.models_docs import MachineDoc
from machines.values_repair import Report
from machines.values_training import SlotWish
from pathways import actions, actions_requests
from pathways.models import Enrolment, MovedEnrolment, Validation, VersionMove
from pathways.upkeep_evidence import Piece
from pathways.values_validating import Cell
from tests.conftest import NOW
from tests.make import make_authorisation, make_minor, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_care import make_care, write_line
from tests.make_evidence import a_photo_piece, make_piece, make_sheet
from tests.make_file import make_contact, make_structure, make_trainee
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import enrol, make_competency, make_group, make_right, make_session, make_validator
from tests.make_rooms import lend, make_activity, make_key, make_paper, make_room, make_tenant
from tests.make_supplies import make_move, make_supply
from tests.read_files import words_of
from tests.test_routes import Seats, routes

DAY = date(2026, 11, 25)
DAY_OF_ROOM = date(2026, 12, 15)  # a room is asked for ten days before

#: what is held of the young person -> how it is written in an answer, figures without their spaces; photos and
#: documents to print are answers of their own, and read too
WORDS = {
    "name": "Quatremarre",
    "identifier": "zibeline-77",
    "phone": "0677889911",
    "contact": "Hortense",
    "contact phone": "0677889922",
    "signer": "Ombeline",
    "commune": "Aillon",
    "structure": "Cordée",
    "referent": "Wandrille",
    "derogation": "DER-4417",
    "piece": "Marqueterie",
    "sheet": "Guéridon",
    "note of a validation": "équerre",
    "request to be seen": "colimaçon",
    "request about data": "corindon",
    # of an organisation's key, and whoever has it
    "key": "Bergamote",
    "key holder": "Hildegarde",
}

_TEAM = set(WORDS) - {"commune", "structure", "referent", "request about data", "key", "key holder"} | {
    "photo",
    "document",
}
#: who else reads it: what is not said here is shown to nobody of that role
SEES: dict[Role | None, set[str]] = {
    None: set(),
    Role.YOUNG: set(),
    Role.REFERENT: set(),
    Role.STRUCTURE: set(),
    # whom to call, asked at the desk where the account is made; an organisation of the house, to lend it a room:
    # not whose it is
    Role.RECEPTION: {
        "name",
        "identifier",
        "phone",
        "contact",
        "contact phone",
        "signer",
        "document",
        "structure",
        "key",
        "key holder",
    },
    Role.FACILITATOR: _TEAM,
    Role.COORDINATOR: {*WORDS, "photo", "document"},
    Role.ADMINISTRATOR: {"structure", "referent"},  # an organisation and an account of the house, not whose they are
}

#: ids by the beginning of the address when they are its «public_id», by their name otherwise
Ids = dict[str, Any]


def a_doc(machine: Machine, by: Person) -> MachineDoc:
    """A link on the page of a machine."""
    return actions_docs.add(machine, Piece("link", "Notice", "https://example.org/"), "who-sees-doc", by, NOW)


def make_kept() -> tuple[dict[Role | None, Person | None], Ids]:
    """Léontine, a minor with one of everything: somebody of each role who is not she, and the ids of all that is hers.

    The other young person is of her group; the other referent follows another.
    """
    lea = make_minor("Léontine", "Quatremarre", handle="zibeline-77", phone="0677889911")
    twin = make_minor("Léontine", "Quatremare")
    fablab, samir, nadia = make_fablab(), make_staff(), make_staff("Nadia", roles=(Role.COORDINATOR,))
    shift = make_shift(samir, fablab.place, on(DAY, "13:30"), on(DAY, "18:00"))
    machine, laser = make_machine(fablab, "VIN-01"), make_machine(fablab, "LAS-01", badge=make_badge("BS-LASER"))
    badge = make_badge()
    held = give_badge(lea, badge)
    make_authorisation(lea, "machines", signer_name="Ombeline", seen_by=samir)
    make_contact(lea, name="Hortense", phone="0677889922")
    make_trainee(lea, reference="DER-4417")
    structure, referent = make_structure("Cordée alpine"), make_staff("Wandrille", roles=(Role.REFERENT,))
    facts = FollowUpFacts({"commune": "Aillon-le-Vieux"}, structure.public_id)
    actions_file.record_follow_up(lea, facts, nadia, NOW)
    with transaction() as session:
        session.add(FollowUp(person_id=lea.id, referent_id=referent.id, since=DAY))
    competency, group = make_competency(), make_group()
    piece = make_piece(lea, piece=a_photo_piece("Marqueterie"), shows=[competency.id])
    sheet = make_sheet(lea, "Guéridon", photos=1, shows=[competency.id])
    moved = moved_with(enrol(lea, group), nadia)
    lesson = make_session(group, leads=[samir])
    cell = Cell(lea.id, competency.id, 2, note="Tient l’équerre.")
    saved = actions.validate_batch(None, make_validator(), [cell], key="who-sees-1", now=NOW)
    seen = actions_requests.ask_to_be_seen(lea, make_competency("NUM-09"), 2, "Un escalier en colimaçon.", NOW)
    asked = actions_requests.ask_training(lea, laser.badge, NOW)
    question = actions_rights.ask(lea, "correction", "Je collectionne le corindon.", NOW)
    booking = make_booking(machine, slot("14:00", "15:00", DAY), lea)
    with transaction():
        booking.there_until = on(DAY, "14:30")  # it goes on past closing
    actions_feeds.open_mine(lea, NOW)
    feed = queries_feeds.of_person(db.session(), lea.id)
    assert feed is not None
    make_right(samir, laser.badge)
    room = make_room(fablab.house)
    wish = SlotWish(laser.id, samir.id, slot("16:00", "17:00", DAY), (asked.public_id,))
    problem = Report("wear", "La lame est usée.", False, "who-sees-problem")
    readers: dict[Role | None, Person | None] = {role: make_staff("Lou", roles=(role,)) for role in Role}
    enrol(lou := make_young("Lou", "Durand"), group)
    return readers | {None: None, Role.YOUNG: lou}, {
        "/api/v1/bookings": booking.public_id,
        "/badges": held.public_id,
        "/changements-de-version": moved.public_id,
        "/demandes": question.public_id,
        "/demandes/formations": asked.public_id,
        "/demandes/validations": seen.public_id,
        "/fusions": merging_actions.merge(lea, make_minor("Léontine", "Quatremare"), (), nadia, NOW).public_id,
        "/formations": actions_training.plan_slot(wish, samir, NOW).public_id,
        "/equipe": samir.public_id,
        "/equipe/permanences": shift.public_id,
        "/equipe/reservations": booking.public_id,
        "/galerie": sheet.public_id,
        "/groupes": group.public_id,
        "/jeunes": lea.public_id,
        "/machines/apres-fermeture": booking.public_id,
        "/machines/carnet": write_line(machine, samir).public_id,
        "/machines/documents": (doc := a_doc(machine, nadia)).public_id,
        "/machines/entretiens": make_care(machine, samir).public_id,
        "/machines/problemes": actions_repair.report(machine, problem, a_photo_piece("La lame"), lea, NOW).public_id,
        "/matieres": (film := make_supply(samir)).public_id,
        "/matieres/mouvements": make_move(film, samir).public_id,
        "/mes-fiches": sheet.public_id,
        "/mes-preuves": piece.public_id,
        "/reservations": booking.public_id,
        "/salles/reservations": (lent := lend(room, make_tenant(), slot("14:00", "15:00", DAY_OF_ROOM))).public_id,
        "/salles/comptes": lent.public_id,
        "/structures": (tenant := make_tenant()).public_id,
        "/salles/cles": make_key(tenant, samir, "Bergamote", "Hildegarde").public_id,
        "/structures/papiers": make_paper(tenant, nadia).public_id,
        "/seances": lesson.public_id,
        "/seances-ou-j-aide": lesson.public_id,
        "/valider/jeunes": lea.public_id,
        "batch_id": saved.batch.id,
        "code": {
            **dict.fromkeys(("/jeunes", "/mon-parcours", "/parcours"), lesson.group.version.pathway.code),
            "/badges": badge.code,
            "/mes-badges": badge.code,
            "/salles": room.code,
            "/structures": "seat_in_town",
            **dict.fromkeys(("/activites", "/agenda"), make_activity(room).code),
        },
        "competency_id": competency.id,
        "day": DAY.isoformat(),
        "doc_id": doc.public_id,
        "key": feed_key(feed.nonce),
        "number": 1,
        "position": 1,
        "other_id": twin.public_id,
        "piece_id": piece.public_id,
        "sheet_id": sheet.public_id,
        "size": "grande",
        "stage_id": lesson.group.version.stages[0].id,
        "target_id": lesson.group.version.stages[0].targets[0].id,
        "validation_id": db.session.query(Validation).filter_by(person_id=lea.id).one().id,
    }


def moved_with(enrolment: Enrolment, by: Person) -> VersionMove:
    """A change of version in which somebody was taken along."""
    version = {"from_version_id": enrolment.version_id, "to_version_id": enrolment.version_id}
    with transaction() as session:
        made = VersionMove(**version, mapping={}, groups=[], sessions=[], moved_at=NOW, moved_by_id=by.id)
        made.enrolments = [MovedEnrolment(enrolment_id=enrolment.id)]
        session.add(made)
    return made


def address(app: Flask, rule: Rule, ids: Ids) -> str:
    """The address with this person's ids in it. KeyError: a new kind of thing, to be made in make_kept."""
    beginning = rule.rule.partition("/<")[0]
    values = {name: ids[beginning] if name == "public_id" else ids[name] for name in rule.arguments}
    if "code" in values:
        values["code"] = ids["code"].get(beginning, "VIN-01")
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def words_in(answer: Any) -> Iterator[str]:
    """What of this person stands in an answer: a picture, a document, the words and the figures of whatever it is."""
    if answer.status_code != 200:
        return
    if answer.mimetype.startswith("image/"):
        yield "photo"
    if answer.mimetype == "application/pdf":
        yield "document"
    said = words_of(answer.get_data())
    answer.close()
    joined = re.sub(r"\s|&nbsp;", "", said)
    yield from (what for what, word in WORDS.items() if word in said or word in joined)


def sent_for(ids: Ids) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The files that a form asks for: the rule of its address, where it is sent and with what."""
    for told in FORMATS:
        yield "/mes-donnees/copie", "/mes-donnees/copie", {"format": told}
    cards = f"/groupes/{ids['/groupes']}/cartes"
    yield "/groupes/<public_id>/cartes", cards, {"person": [ids["/jeunes"]]}


def test_each_role_sees_of_somebody_what_is_its_own_to_see_and_nothing_more(app: Flask) -> None:
    (readers, ids), seats = make_kept(), Seats(app)
    seen: dict[Role | None, dict[str, str]] = {role: {} for role in SEES}
    for rule, _access in routes(app):
        if "GET" not in (rule.methods or set()) or (rule.arguments and rule.rule.startswith("/reglages")):
            continue
        where = address(app, rule, ids)
        for role, reader in readers.items():
            for what in words_in(seats.ask(reader, "GET", where)):
                seen[role].setdefault(what, rule.rule)
    for said, where, sent in sent_for(ids):
        for role, reader in readers.items():
            for what in words_in(seats.ask(reader, "POST", where, data=sent)):
                seen[role].setdefault(what, said)
    for role, allowed in SEES.items():
        assert set(seen[role]) == allowed, f"{role}: {seen[role]}"


def test_who_takes_a_copy_finds_in_the_zip_what_is_held_of_them(app: Flask) -> None:
    _readers, ids = make_kept()
    herself = db.session.query(Person).filter_by(public_id=ids["/jeunes"]).one()
    answer = Seats(app).ask(herself, "POST", "/mes-donnees/copie", data={"format": "zip"})
    assert answer.mimetype == "application/zip"
    assert set(words_in(answer)) >= {"name", "identifier", "phone", "contact", "commune", "piece", "sheet"}


def test_the_cards_of_a_group_say_whose_they_are_to_who_may_print_them_only(app: Flask) -> None:
    (readers, ids), seats = make_kept(), Seats(app)
    _rule, where, sent = list(sent_for(ids))[-1]
    read = {role: set(words_in(seats.ask(reader, "POST", where, data=sent))) for role, reader in readers.items()}
    assert {role for role, found in read.items() if found} == {Role.FACILITATOR, Role.COORDINATOR, Role.RECEPTION}
    assert read[Role.FACILITATOR] == {"identifier", "document"}, "a card says no name: it may be lost"
