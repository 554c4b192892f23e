"""Who somebody was is forgotten, for good; what is counted stays without a name. Everything in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.models import Booking
from fablab import clock, journal, kept_files
from fablab.db import known_id, transaction
from fablab.home import erased_list, erasing_rows
from fablab.i18n import _
from fablab.people import upkeep, upkeep_access
from fablab.people.models import Person, RoleGrant
from fablab.people.models_merging import Merge
from fablab.people.models_rights import DataRequest
from fablab.people.rules_erasing import ErasingFacts, blurred_birth, erase_refusals, read_on
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import upkeep_evidence
from pathways.models_groups import OPEN_ENROLMENT, Attendance, Enrolment, TrainingSession

#: an enrolment that is not over
RUNNING = ("referred", *OPEN_ENROLMENT)
#: a booking that is not over
_AHEAD = ("requested", "confirmed", "checked_in")


@dataclass(frozen=True)
class Erased:
    """What went: rows deleted, pieces and sheets emptied, files deleted."""

    rows: int
    pieces: int
    sheets: int
    files: int


def facts_of(session: Session, person: Person, now: datetime) -> ErasingFacts:
    """What the rules of erasing look at. Two statements and the roles."""
    held = set(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person.id)))
    running = select(func.count()).where(Enrolment.person_id == person.id, Enrolment.status.in_(RUNNING))
    ahead = select(func.count()).where(
        Booking.holder_id == person.id,
        Booking.ends_at > now,
        Booking.status.in_(_AHEAD),
    )
    enrolments, bookings = session.execute(select(running.scalar_subquery(), ahead.scalar_subquery())).one()
    return ErasingFacts(
        only_young=held == {Role.YOUNG},
        erased=person.erased_at is not None,
        merged=person.merged_into_id is not None,
        enrolments=enrolments,
        bookings=bookings,
    )


def _whatever(_session: Session) -> None:
    pass


def erase(
    person: Person, by: Person | None, now: datetime, *, require: Callable[[Session], None] = _whatever
) -> Erased:
    """Erase a young person: names, birth, ways in, contacts, agreements, letters, words, photos. Never to come back.

    Enrolments, presences, levels, badges and bookings stay, counted as before. Accounts made one with this one go too.
    It is written in the list of who was erased, so that a backup brought back later is erased again. ``require`` is
    asked once nobody else can change the person, and may refuse too. Raises Refused: erased, team, enrolled, booked.
    """
    person_id = known_id(person)
    with transaction() as session:
        engine.lock_house(session)
        person = session.get_one(Person, person_id)
        upkeep.lock(session, person)
        if refusals := erase_refusals(facts_of(session, person, now)):
            raise Refused(refusals)
        require(session)
        gone = _erase(session, person, by, now)
        erased_list.add(erased_list.ABOUT, gone.public_ids, now)
    erased_list.add(erased_list.DONE, gone.public_ids, now)
    # Once nothing points at them any more: a file too many is found at night, one too few is a loss.
    kept_files.remove(gone.keys)
    return gone.erased


def again(now: datetime, *folders: Path) -> tuple[int, list[str]]:
    """Erase again, once a backup came back, whoever the lists of this house and of ``folders`` name.

    Returns how many, and the keys of their files, which may come back after this.
    """
    erased, keys, ids = 0, list[str](), list[str]()
    with transaction() as session:
        named = select(Person).where(Person.public_id.in_(erased_list.read(*folders)))
        for person in session.scalars(named.order_by(Person.id)).all():
            if person.erased_at is not None:  # with the account into which it was made one
                continue
            gone = _erase(session, person, None, now)
            erased, keys, ids = erased + 1, [*keys, *gone.keys], [*ids, *gone.public_ids]
    # Those of another folder are of this house's list too from now on.
    erased_list.add(erased_list.DONE, sorted(set(ids) - erased_list.read()), now)
    return erased, keys


@dataclass(frozen=True)
class _Gone:
    """What went, whose accounts, and the files to delete once it is kept."""

    erased: Erased
    public_ids: Sequence[str]
    keys: Sequence[str]


def _erase(session: Session, person: Person, by: Person | None, now: datetime) -> _Gone:
    counted_on = _counted_on(session, person.id)
    accounts = [person, *session.scalars(select(Person).where(Person.merged_into_id == person.id)).all()]
    rows, pieces, sheets = 0, 0, 0
    keys: list[str] = []
    for one in accounts:
        went = upkeep_evidence.erase(session, one.id, by, now)
        pieces, sheets, keys = pieces + went.pieces, sheets + went.sheets, [*keys, *went.keys]
        upkeep_access.close_everywhere(session, one, now)
        _forget_who(one, blurred_birth(one.birth_date, counted_on), now)
        session.flush()
        rows += erasing_rows.take_away(session, one.id)
    ids = [one.id for one in accounts]
    # What a merge keeps to be undone would bring names back.
    session.execute(update(Merge).where(Merge.kept_id.in_(ids)).values(moved={}, changed=[]))
    waiting = (DataRequest.person_id.in_(ids), DataRequest.answered_at.is_(None))
    said = {"answered_at": now, "answered_by_id": by.id if by else None, "answer": _("Fait.")}
    session.execute(update(DataRequest).where(*waiting).values(**said))
    journal.note(session, "person.erase", "person", person.id, by=by, now=now, rows=rows, files=len(keys))
    session.expire_all()
    return _Gone(Erased(rows, pieces, sheets, len(keys)), [one.public_id for one in accounts], keys)


def _forget_who(person: Person, birth: date | None, now: datetime) -> None:
    person.first_name, person.last_name, person.birth_date = "", "", birth
    person.handle, person.email, person.phone = f"efface-{person.id}", None, None
    person.secret_hash = person.short_hash = person.request_key = person.told_by = None
    person.letters_to = person.letters_refused_at = person.photos_allowed = None
    person.left_at, person.erased_at = person.left_at or now, now


def _counted_on(session: Session, person_id: int) -> set[date]:
    """The days on which the age of somebody counts: each pathway's beginning and end, each session, each booking."""
    days: set[date] = set()
    spans = select(Enrolment.enrolled_on, Enrolment.first_attended_on, Enrolment.ended_on)
    for row in session.execute(spans.where(Enrolment.person_id == person_id)):
        days.update(day for day in row if day is not None)
    sessions = select(TrainingSession.starts_at).join(Attendance, Attendance.session_id == TrainingSession.id)
    days.update(map(clock.local_day, session.scalars(sessions.where(Attendance.person_id == person_id))))
    booked = select(Booking.starts_at).where(Booking.holder_id == person_id)
    days.update(map(clock.local_day, session.scalars(booked)))
    return {read for day in days for read in read_on(day)}
