"""Everything held about a young person, section by section: the same lines on the page and in the copy they take.

A section is a line in SECTIONS: a key for the copy, its title, and a function of the session, the person and the most
lines wanted, newest first. What a colleague adds to the house about people is added here too.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, desc, func, inspect, literal, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings import queries_feeds
from bookings.models import Booking
from bookings.models_returns import ReturnWish
from fablab import clock, reasons
from fablab.db import Model, UtcDateTime
from fablab.home import my_data_machines, my_data_pace
from fablab.home.my_data_line import Line, line_of, name_of, until, written_to
from fablab.i18n import _, in_french, lazy, say_date, say_phone
from fablab.journal import JournalEntry
from fablab.outbox import Letter, Message
from fablab.people import queries_file, queries_rights, rules
from fablab.people.forms import AUTHORISATION_NAMES, LINK_LABELS, SITUATION_LABELS
from fablab.people.forms_file import CONTACT_LINKS, DISTRICT_LABELS, GENDER_LABELS
from fablab.people.models import Authorisation, Card, Person
from fablab.people.models_access import OpenSession
from fablab.people.models_file import Answer, Contact, Referral, Traineeship
from fablab.people.models_tokens import Token
from machines.models_training import TrainingSeat, TrainingSlot
from pathways.forms import EXCEPTION_WORDS
from pathways.models import (
    Apology,
    Attendance,
    Award,
    CarriedLevel,
    Enrolment,
    Evidence,
    EvidenceShows,
    TrainingRequest,
    TrainingSession,
    Validation,
    ValidationRequest,
)
from pathways.values import last_day
from pathways.words_requests import say_state

Row = TypeVar("Row", bound=Model)
ATTENDANCE_WORDS = {"present": lazy("présent"), "late": lazy("en retard"), "absent": lazy("absent"),
                    "excused": lazy("absence prévenue")}  # fmt: skip
_CONTACT_WORDS = {"emergency": lazy("À appeler en cas d’urgence"), "guardian": lazy("Responsable légal")}
_ANSWER_WORDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "gender": (lazy("Genre"), dict(GENDER_LABELS)),
    "priority_district": (lazy("Quartier prioritaire"), dict(DISTRICT_LABELS)),
    "commune": (lazy("Commune"), {}),
    "situation": (lazy("Situation"), dict(SITUATION_LABELS)),
}
_BOOKING_WORDS = {
    "requested": lazy("demandée"), "confirmed": lazy("confirmée"), "checked_in": lazy("commencée"),
    "done": lazy("faite"), "no_show": lazy("manquée"), "cancelled": lazy("annulée"), "refused": lazy("refusée"),
}  # fmt: skip
_PIECE_WORDS = {
    "photo": lazy("Photo"), "file": lazy("Fichier"), "link": lazy("Lien"), "sheet": lazy("Fiche projet"),
    "checklist": lazy("Liste de contrôle"), "oral": lazy("À l’oral"), "presence": lazy("Présence"),
}  # fmt: skip
#: acts of the team on an account -> how they are said
_ACT_WORDS = {
    "person.create": lazy("Compte créé"), "person.complete": lazy("Compte complété"),
    "person.trainee": lazy("Stage noté"), "card.renew": lazy("Nouvelle carte"),
    "pin.renew": lazy("Nouveau code"), "secret.change": lazy("Code changé"),
    "enter.unlock": lazy("Accès débloqué"), "enter.lock": lazy("Trop d’essais"), "data.copy": lazy("Copie prise"),
    "person.merge": lazy("Comptes réunis"), "person.part": lazy("Fusion défaite"),
    "photos.refuse": lazy("Photos refusées"), "photos.answer": lazy("Choix pour les photos noté"),
    "photos.unanswer": lazy("Choix pour les photos effacé"), "sessions.close": lazy("Appareils fermés"),
}  # fmt: skip
#: what is asked -> how it is called, here and on the coordination's page
REQUEST_WORDS = {"correction": lazy("Corriger"), "erasure": lazy("Effacer"), "photos": lazy("Effacer les photos")}


def identity(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """Who I am in the house."""
    photos = {None: lazy("pas encore demandé"), True: lazy("d’accord"), False: lazy("refusées")}
    yield line_of(None, lazy("Nom"), person.full_name)
    yield line_of(person.birth_date, lazy("Date de naissance"))
    yield line_of(None, lazy("Identifiant"), person.handle)
    yield line_of(None, lazy("Situation"), dict(SITUATION_LABELS).get(person.situation or "", ""))
    yield line_of(None, lazy("Photos"), photos[person.photos_allowed])
    yield line_of(None, lazy("Téléphone"), say_phone(person.phone or "—"))
    yield line_of(None, lazy("Adresse e-mail"), person.written_to or "—")
    yield line_of(person.created_at, lazy("Compte créé"), name_of(person.created_by))


def answers(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What I answered to funders' questions, the answers before included."""
    for one in session.scalars(_mine(Answer, person, limit)):
        label, words = _ANSWER_WORDS[one.kind]
        yield line_of(one.since, label, words.get(one.value or "", one.value or "—"))


def contacts(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """Whom the team calls for me, and whom it called before."""
    links = dict(CONTACT_LINKS)
    for one in session.scalars(_mine(Contact, person, limit)):
        yield line_of(
            one.since, _CONTACT_WORDS[one.kind], one.name, links.get(one.link), say_phone(one.phone), until(one.until)
        )


def followers(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """Who follows me, who sent me, and my traineeship."""
    for link in queries_file.followers_of(session, person.id)[:limit]:
        structure = link.structure.name if link.structure else ""
        yield line_of(
            link.since, lazy("Me suit"), link.referent.full_name, structure, until(link.ended_at or link.until)
        )
    for sent in session.scalars(_mine(Referral, person, limit).options(joinedload(Referral.structure))):
        yield line_of(sent.since, lazy("M’a envoyé ici"), sent.structure.name, until(sent.until))
    for stage in session.scalars(_mine(Traineeship, person, limit)):
        paper = (stage.reference, until(stage.derogation_until))
        yield line_of(stage.since, lazy("Stagiaire"), *paper, stage.medical_opinion_on, until(stage.until))


def agreements(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What was signed, and the yes to photos said at the reception."""
    links = dict(LINK_LABELS)
    signed = session.scalars(_mine(Authorisation, person, limit).options(joinedload(Authorisation.seen_by))).all()
    if person.photos_allowed and not any(one.kind == "image" and not one.withdrawn_on for one in signed):
        minor = rules.needs_parental_authorisation(person.birth_date, clock.local_day(clock.now()))
        parents = lazy("Il manque l’accord d’un parent.") if minor else ""
        yield line_of(None, lazy("Être en photo"), lazy("J’ai dit oui à l’accueil."), parents)
    for one in signed:
        end = one.withdrawn_on or one.valid_until
        signer = f"{one.signer_name} ({links.get(one.signer_link, one.signer_link)})"
        yield line_of(one.signed_on, AUTHORISATION_NAMES[one.kind], signer, name_of(one.seen_by), until(end))


def training(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The pathways I am or was in."""
    found = _mine(Enrolment, person, limit).options(joinedload(Enrolment.version), joinedload(Enrolment.group))
    for one in session.scalars(found):
        group = one.group.name if one.group else ""
        yield line_of(
            one.enrolled_on,
            in_french(one.version.title),
            group,
            str(EXCEPTION_WORDS.get(one.soft_reason or "", one.soft_reason or "")),
            until(one.ended_on),
        )


def attendance(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The sessions where I was noted, and what I said of those I could not come to."""
    sorry = _mine(Apology, person, limit).options(joinedload(Apology.session))
    for said in session.scalars(sorry):
        yield line_of(said.said_at, lazy("J’ai prévenu"), in_french(said.session.title), until(said.withdrawn_at))
    noted = select(Attendance).where(Attendance.person_id == person.id)
    noted = noted.join(TrainingSession).options(joinedload(Attendance.session))
    for one in session.scalars(noted.order_by(TrainingSession.starts_at.desc(), Attendance.id.desc()).limit(limit)):
        late = f"{one.minutes_late} min" if one.minutes_late else ""
        status = ATTENDANCE_WORDS.get(one.status, one.status)
        yield line_of(one.session.starts_at, in_french(one.session.title), status, late)


def validations(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What was validated, by whom, with which proof and which words."""
    wanted = [joinedload(Validation.author), joinedload(Validation.evidence)]
    for one in session.scalars(_mine(Validation, person, limit).options(*wanted)):
        seen = (in_french(one.level_label), in_french(one.evidence.label))
        yield line_of(one.at, in_french(one.title), *seen, one.author.short_name, one.note, one.reason)
    carried = _mine(CarriedLevel, person, limit).where(CarriedLevel.ended_at.is_(None))
    names = (joinedload(CarriedLevel.source), joinedload(CarriedLevel.target), joinedload(CarriedLevel.move))
    for link in session.scalars(carried.options(*names)):
        yield line_of(
            link.move.moved_at,
            in_french(link.target.title),
            _("compte grâce à\u00a0: %(title)s", title=in_french(link.source.title)),
        )


def evidence(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """My photos, files, links and sheets, and what the team noted; those taken away keep their day."""
    found = select(Evidence).where(Evidence.owner_id == person.id).options(joinedload(Evidence.added_by))
    found = found.options(selectinload(Evidence.shows).joinedload(EvidenceShows.competency), joinedload(Evidence.sheet))
    for one in session.scalars(found.order_by(Evidence.id.desc()).limit(limit)):
        gone = _("effacée le %(day)s", day=say_date(one.removed_at)) if one.removed_at else ""
        shows = in_french(", ".join(shown.title or shown.competency.title for shown in one.shows))
        sheet = one.sheet if one.kind == "sheet" else None
        words = (sheet.title, sheet.steps, sheet.materials) if sheet else (_piece_text(one), one.file_name, one.url)
        yield line_of(one.added_at, _PIECE_WORDS[one.kind], *words, shows, one.added_by.short_name, gone)


def _piece_text(piece: Evidence) -> str:
    """The words of a piece: the catalogue's where the team ticked a proof of a stage, else somebody's own."""
    return in_french(piece.text) if piece.stage_id else piece.text


def badges(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The badges handed over to me."""
    for one in session.scalars(_mine(Award, person, limit).options(joinedload(Award.author))):
        end = one.ended_at or last_day(one.expires_at)
        why = one.ended_reason or reasons.say(one.ended_reasons)
        yield line_of(one.awarded_at, in_french(one.badge_name), name_of(one.author), until(end), why)


def bookings(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The machines I booked, and every word written about it."""
    found = select(Booking).where(Booking.holder_id == person.id).options(joinedload(Booking.resource))
    for one in session.scalars(found.order_by(Booking.starts_at.desc(), Booking.id.desc()).limit(limit)):
        passed = " · ".join(why["said"] for why in one.passed_with or ()) or one.override_reason
        words = (one.purpose, passed, one.reason or reasons.say(one.reasons))
        yield line_of(
            one.starts_at, in_french(one.resource.simple_name), _BOOKING_WORDS.get(one.status, one.status), *words
        )
    for wish in session.scalars(_mine(ReturnWish, person, limit).options(joinedload(ReturnWish.resource))):
        yield line_of(wish.asked_at, in_french(wish.resource.simple_name), lazy("On me prévient de son retour"))
    if feed := queries_feeds.of_person(session, person.id):
        yield line_of(feed.made_at, lazy("Mon agenda a une adresse secrète"))


def told(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What the house said to me."""
    for message in session.scalars(_mine(Message, person, limit)):
        yield line_of(message.created_at, written_to(person, message.text))
    for letter in session.scalars(_mine(Letter, person, limit)):
        yield line_of(letter.written_at, written_to(person, letter.subject), letter.to_address)


def access(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """My cards, the devices where I am entered, the keys that programs have."""
    cards = select(Card.made_at, literal(""), Card.revoked_at).where(Card.person_id == person.id)
    ends = func.coalesce(Token.ended_at, Token.expires_at, type_=UtcDateTime())
    keys: CompoundSelect[Any] = union_all(
        cards, select(Token.made_at, Token.name, ends).where(Token.person_id == person.id)
    )
    for made_at, program, end in session.execute(keys.order_by(desc("made_at")).limit(limit)):
        yield line_of(made_at, lazy("Clé pour programmes") if program else lazy("Carte"), program, until(end))
    for opened in session.scalars(_mine(OpenSession, person, limit)):
        yield line_of(opened.opened_at, lazy("Appareil"), opened.device, until(opened.closed_at or opened.ends_at))


def acts(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What was done to my account, and by whom."""
    done = select(JournalEntry, Person).outerjoin(Person, Person.id == JournalEntry.actor_id)
    done = done.where(JournalEntry.thing == "person", JournalEntry.thing_id == person.id)
    for entry, actor in session.execute(done.order_by(JournalEntry.id.desc()).limit(limit)):
        yield line_of(entry.at, _ACT_WORDS.get(entry.verb, lazy("Acte de l’équipe")), name_of(actor))


def openings(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """Who opened my file, day by day."""
    for one in queries_rights.openings_of(session, person.id, limit):
        yield line_of(one.first_at, one.reader.short_name)


def requests(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What I asked, and what was answered."""
    for one in queries_rights.requests_of(session, person.id)[:limit]:
        yield line_of(one.asked_at, REQUEST_WORDS[one.kind], one.text, one.answer or lazy("pas encore de réponse"))


def _mine(model: type[Row], person: Person, limit: int) -> Select[Row]:
    """The rows of a table about somebody, newest first."""
    columns = inspect(model).columns
    return select(model).where(columns["person_id"] == person.id).order_by(columns["id"].desc()).limit(limit)


def asked(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What I asked of the team: to be trained, to be seen; and the slots in which I sat."""
    trained = _mine(TrainingRequest, person, limit).options(joinedload(TrainingRequest.badge))
    for one in session.scalars(trained):
        yield line_of(one.asked_at, in_french(one.badge.name), say_state(one.status), one.answer)
    for seen in session.scalars(
        _mine(ValidationRequest, person, limit).options(joinedload(ValidationRequest.competency))
    ):
        yield line_of(
            seen.asked_at, in_french(seen.title or seen.competency.title), str(seen.own_level), seen.words, seen.answer
        )
    seats = _mine(TrainingSeat, person, limit).options(joinedload(TrainingSeat.slot).joinedload(TrainingSlot.booking))
    for seat in session.scalars(seats):
        yield line_of(seat.slot.booking.starts_at, seat.slot.booking.purpose, seat.state)


#: key in the copy, title, what gathers it; in the order shown
SECTIONS: tuple[tuple[str, Any, Callable[[Session, Person, int], Iterator[Line]]], ...] = (
    ("identity", lazy("Qui je suis"), identity),
    ("openings", lazy("Qui a ouvert mon dossier"), openings),
    ("contacts", lazy("Qui appeler"), contacts),
    ("answers", lazy("Mes réponses"), answers),
    ("followers", lazy("Qui me suit"), followers),
    ("agreements", lazy("Tous mes accords, ceux d’avant compris"), agreements),
    ("pathways", lazy("Mes parcours"), training),
    ("papers", lazy("Mes papiers"), my_data_pace.papers),
    ("calls", lazy("Quand l’équipe m’a appelé"), my_data_pace.calls),
    ("after", lazy("Après mes parcours"), my_data_pace.after),
    ("own_pace", lazy("À mon rythme"), my_data_pace.own_pace),
    ("attendance", lazy("Mes présences"), attendance),
    ("validations", lazy("Ce qui est validé"), validations),
    ("evidence", lazy("Mes preuves"), evidence),
    ("badges", lazy("Mes badges"), badges),
    ("asked", lazy("Ce que j’ai demandé"), asked),
    ("bookings", lazy("Mes réservations"), bookings),
    ("uses", lazy("Ce que j’ai fait sur les machines"), my_data_machines.uses),
    ("reports", lazy("Les problèmes que j’ai signalés"), my_data_machines.reports),
    ("log_lines", lazy("Ce que j’ai écrit au carnet des machines"), my_data_machines.log_lines),
    ("waits", lazy("Les places que j’attends"), my_data_machines.waits),
    ("messages", lazy("Ce qui m’a été dit"), told),
    ("access", lazy("Mes cartes et appareils"), access),
    ("acts", lazy("Ce qui a été fait sur mon compte"), acts),
    ("requests", lazy("Mes demandes"), requests),
    ("ending", lazy("La fin de mon dossier"), my_data_pace.ending),
)
