"""Two accounts of one young person become one, and two again for a while. Everything in one transaction.

Rows change person and keep all else: author, text, day. What could not stand twice is closed on the account that goes,
never deleted. Each change is kept with what stood before (merging_rows), so that undoing gives back exactly that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.models import Booking, Claim
from bookings.upkeep_again import ask_again
from fablab import clock, journal
from fablab.db import known_id, transaction
from fablab.home import merging_papers, merging_plan, merging_rows
from fablab.home.merging_plan import BEST, Twice
from fablab.home.merging_rows import MOVES, Changes
from fablab.i18n import _
from fablab.people import upkeep_access
from fablab.people.models import Person, RoleGrant
from fablab.people.models_merging import Apart, Merge
from fablab.people.rules_merging import UNDO_FOR, merge_refusals, undo_refusals
from fablab.refusals import Refused, refuse
from pathways import upkeep_mastery
from pathways.models import Award, Validation

#: what a change of person may do to a booking still to come
_WATCHED = ("status", "supervision", "attention", "suspended", "held_before", "reason", "reasons", "ended_at")


def merge(kept: Person, gone: Person, from_gone: Sequence[str], by: Person, now: datetime) -> Merge:
    """Make ``gone`` one with ``kept``; of the fields in ``from_gone`` the value of the one that goes is kept.

    Its sessions close and its identifier enters no more. Rules are asked again of every booking to come.
    Sent twice, it is done once. Raises Refused: same, team, merged.
    """
    kept_id, gone_id = known_id(kept), known_id(gone)
    with transaction() as session:
        engine.lock_house(session)
        kept, gone = _locked(session, kept_id, gone_id)
        if made := _same_merge(session, kept, gone):
            return made
        _require_mergeable(session, kept, gone)
        # Before the rows: the database lets a validation change person only where a merge says so.
        made = Merge(kept_id=kept.id, gone_id=gone.id, at=now, by_id=by.id, moved={}, changed=[])
        session.add(made)
        session.flush()
        changes = Changes(session)
        twice = merging_plan.twice(session, kept, gone)
        aside = _aside(session, twice, kept, gone)
        merging_papers.carry(session, changes, twice.enrolments)
        merging_papers.close_twice(changes, aside["open_lab_visit.person_id"], aside["session_helper.person_id"], now)
        _close_twice(changes, twice, now)
        _withdraw_twice(changes, aside, now)
        for where in MOVES:
            ids = [one for one in merging_rows.ids_of(session, where, gone.id) if one not in aside.get(where, ())]
            changes.move(where, ids, kept.id)
        changes.write("person", kept.id, _chosen(kept, gone, from_gone))
        upkeep_access.close_everywhere(session, gone, now)
        session.flush()
        changes.write("person", gone.id, {"left_at": gone.left_at or now, "merged_into_id": kept.id})
        session.expire_all()
        _tell_levels(session, changes.moved["validation.person_id"], (kept_id, gone_id))
        _ask_bookings(session, [kept_id], now, changes)
        made.moved, made.changed = changes.moved, changes.changed
        moved = sum(len(ids) for ids in changes.moved.values())
        about = [("person", gone_id)]
        journal.note(session, "person.merge", "person", kept_id, by=by, now=now, about=about, moved=moved)
    return made


def undo(made: Merge, by: Person, now: datetime) -> Merge:
    """Give each account back what it held. What was added meanwhile stays with the one kept, and so does what was
    changed meanwhile in a fact that the merge had changed. Raises Refused: undone, too_late, later."""
    merge_id = known_id(made)
    with transaction() as session:
        engine.lock_house(session)
        made = session.get_one(Merge, merge_id)
        kept, _gone = _locked(session, made.kept_id, made.gone_id)
        session.refresh(made, with_for_update={"of": Merge})
        since = select(Merge.id).where(Merge.kept_id == made.kept_id, Merge.undone_at.is_(None), Merge.id > made.id)
        later = kept.merged_into_id is not None or session.scalar(since.limit(1)) is not None
        undone, erased = made.undone_at is not None, kept.erased_at is not None
        if refusals := undo_refusals(made.at, now, undone=undone, later=later, erased=erased):
            raise Refused(refusals)
        for where, ids in made.moved.items():
            merging_rows.give(session, where, ids, made.gone_id, held_by=made.kept_id)
        _part_awards(session, made)
        bookings = [change for change in made.changed if change["table"] in ("booking", "claim")]
        merging_rows.put_back(session, [change for change in made.changed if change not in bookings])
        _book_again(session, bookings)
        session.expire_all()
        _tell_levels(session, made.moved["validation.person_id"], (made.kept_id, made.gone_id))
        _ask_bookings(session, [made.kept_id, made.gone_id], now, Changes(session))
        made.undone_at, made.undone_by_id = now, by.id
        about = [("person", made.gone_id)]
        journal.note(session, "person.part", "person", made.kept_id, by=by, now=now, about=about)
    return made


def say_apart(one: Person, other: Person, by: Person, now: datetime) -> None:
    """Two accounts that look alike are two people: they are not shown again. Raises Refused: same."""
    low, high = sorted((known_id(one), known_id(other)))
    if low == high:
        raise refuse("same", _("C’est deux fois le même compte."))
    with transaction() as session:
        said = upkeep_access.insert_into(session, Apart).values(
            one_id=low, other_id=high, said_at=now, said_by_id=by.id
        )
        if session.scalar(said.on_conflict_do_nothing().returning(Apart.one_id)) is not None:
            journal.note(session, "person.apart", "person", low, by=by, now=now, about=[("person", high)])


def forget_old(now: datetime) -> int:
    """Empty what is kept to undo merges that can be undone no more; how many."""
    with transaction() as session:
        old = [one for one in session.scalars(select(Merge).where(Merge.at <= now - UNDO_FOR)) if one.moved]
        for one in old:
            one.moved, one.changed = {}, []
    return len(old)


def _locked(session: Session, kept_id: int, gone_id: int) -> tuple[Person, Person]:
    """Both people, read anew and locked in the order of their ids."""
    both = select(Person).where(Person.id.in_((kept_id, gone_id))).order_by(Person.id).with_for_update()
    found = {one.id: one for one in session.scalars(both, execution_options={"populate_existing": True})}
    return found[kept_id], found[gone_id]


def _same_merge(session: Session, kept: Person, gone: Person) -> Merge | None:
    stands = (Merge.kept_id == kept.id, Merge.gone_id == gone.id, Merge.undone_at.is_(None))
    return session.scalars(select(Merge).where(*stands)).one_or_none()


def _require_mergeable(session: Session, kept: Person, gone: Person) -> None:
    ever: dict[int, list[str]] = {kept.id: [], gone.id: []}
    for person_id, role in session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.person_id.in_((kept.id, gone.id)))
    ):
        ever[person_id].append(role)
    merged = kept.merged_into_id is not None or gone.merged_into_id is not None
    if refusals := merge_refusals(kept.id == gone.id, ever.values(), merged):
        raise Refused(refusals)


def _aside(session: Session, twice: Twice, kept: Person, gone: Person) -> dict[str, set[int]]:
    """The rows that stay with the account that goes, because the kept one has its own of the same thing."""
    openings, _column = merging_rows.column_of("file_opening.person_id")
    mine, other = openings.alias(), openings.alias()
    same_day = (mine.c.reader_id == other.c.reader_id) & (mine.c.day == other.c.day)
    read = select(other.c.id).join(mine, same_day).where(mine.c.person_id == kept.id, other.c.person_id == gone.id)

    def doubled(where: str, same: str, only: str | None) -> set[int]:
        return merging_rows.doubled(session, where, same, kept.id, gone.id, only=only)

    return {
        "enrolment.person_id": {double.id for _mine, double in twice.enrolments},
        "attendance.person_id": {double.id for _mine, double in twice.attendances},
        "apology.person_id": {double.id for _mine, double in twice.apologies},
        "file_opening.person_id": set(session.scalars(read)),
        "training_request.person_id": doubled("training_request.person_id", "badge_id", "closed_at"),
        "validation_request.person_id": doubled("validation_request.person_id", "competency_id", "closed_at"),
        "return_wish.person_id": doubled("return_wish.person_id", "resource_id", None),
        "training_seat.person_id": doubled("training_seat.person_id", "slot_id", None),
        "session_helper.person_id": doubled("session_helper.person_id", "session_id", "ended_at"),
        "open_lab_visit.person_id": merging_papers.there_twice(session, kept, gone),
    }


def _withdraw_twice(changes: Changes, aside: Mapping[str, set[int]], now: datetime) -> None:
    """What both asked for, or both were expected at, stays once: that of the account that goes is withdrawn."""
    for name, values in (
        ("training_request", {"status": "withdrawn", "closed_at": now}),
        ("validation_request", {"outcome": "withdrawn", "closed_at": now}),
        ("training_seat", {"state": "withdrawn", "said_at": now}),
    ):
        for row_id in sorted(aside[f"{name}.person_id"]):
            changes.write(name, row_id, values)


def _close_twice(changes: Changes, twice: Twice, now: datetime) -> None:
    """Of what both hold open, that of the kept account stays open, with the earlier beginning and the better mark."""
    today = clock.local_day(now)
    for mine, other in twice.enrolments:
        closed = {"status": "referred", "ended_on": today, "first_attended_on": None}
        begun = [one.first_attended_on for one in (mine, other) if one.first_attended_on]
        first = min((mine, other), key=lambda one: (one.enrolled_on, one.id))
        changes.write("enrolment", other.id, closed)
        changes.write(
            "enrolment",
            mine.id,
            {
                "enrolled_on": first.enrolled_on,
                "situation_at_entry": first.situation_at_entry or mine.situation_at_entry,
                "first_attended_on": min(begun, default=None),
                "group_id": mine.group_id or other.group_id,
                "status": "under_way" if "under_way" in (mine.status, other.status) else mine.status,
            },
        )
    for seen, double in twice.attendances:
        best = min((seen, double), key=lambda one: BEST.index(one.status))
        changes.write("attendance", seen.id, {"status": best.status, "minutes_late": best.minutes_late})
        changes.write("attendance", double.id, {"status": "absent", "minutes_late": 0})
    for _sorry, double_sorry in twice.apologies:
        changes.write("apology", double_sorry.id, {"withdrawn_at": now})
    for name, pairs in (
        ("person_contact", twice.contacts),
        ("referral", twice.referrals),
        ("traineeship", twice.traineeships),
    ):
        for _mine, ended in pairs:
            changes.write(name, ended.id, {"until": today})
    for _link, ended_link in twice.follow_ups:
        changes.write("follow_up", ended_link.id, {"until": today, "ended_at": now})


def _chosen(kept: Person, gone: Person, from_gone: Sequence[str]) -> Mapping[str, object]:
    """What the kept account says of the person: its own, what was chosen of the other, and what it did not know.

    One «no» to photos, said to either, stands.
    """
    said: dict[str, object] = {}
    for name in merging_plan.FIELDS:
        mine, other = getattr(kept, name), getattr(gone, name)
        said[name] = other if mine is None or (name in from_gone and other is not None) else mine
    answers = (kept.photos_allowed, gone.photos_allowed)
    said["photos_allowed"] = False if False in answers else answers[0] if answers[0] is not None else answers[1]
    return said


def _tell_levels(session: Session, validation_ids: list[int], people: Sequence[int]) -> None:
    """Write the levels of both accounts anew from the validations that each holds now."""
    if validation_ids:
        moved = set(session.scalars(select(Validation.competency_id).where(Validation.id.in_(validation_ids))))
        upkeep_mastery.project_mastery(session, {(person, one) for person in people for one in moved})


def _ask_bookings(session: Session, people: Sequence[int], now: datetime, changes: Changes) -> None:
    """Ask the rules again of what these people booked; what that changes is kept, claims let go included."""
    coming = engine.coming_of(session, people, now)
    ids = [one.id for one in coming]
    before = _as_booked(session, ids)
    ask_again(session, coming, now)
    session.flush()
    for key, values in _as_booked(session, ids).items():
        changed = {name: value for name, value in values.items() if before[key][name] != value}
        if changed:
            changes.note(*key, before[key], changed)


def _as_booked(session: Session, ids: Sequence[int]) -> dict[tuple[str, int], Mapping[str, object]]:
    bookings = select(Booking.id, *(getattr(Booking, name) for name in _WATCHED)).where(Booking.id.in_(ids))
    claims = select(Claim.id, Claim.holds).where(Claim.booking_id.in_(ids))
    found: dict[tuple[str, int], Mapping[str, object]] = {}
    for name, rows in (("booking", bookings), ("claim", claims)):
        found |= {(name, row["id"]): dict(row) for row in session.execute(rows).mappings()}
    return found


def _book_again(session: Session, changes: Sequence[Mapping[str, object]]) -> None:
    """Give back the bookings that the merge ended; where the time is taken meanwhile they stay ended."""
    if not changes:
        return
    try:
        with session.begin_nested():
            merging_rows.put_back(session, changes)
    except IntegrityError as error:
        if "claim_taken" not in str(error.orig):
            raise


def _part_awards(session: Session, made: Merge) -> None:
    """An award given meanwhile no longer renews one that goes back: that one may be renewed by its own holder."""
    back = made.moved["award.person_id"]
    if back:
        session.execute(
            update(Award).where(Award.person_id == made.kept_id, Award.renews_id.in_(back)).values(renews_id=None)
        )
