"""Which rows a merge moves from one account to the other, and how each change is kept to be undone exactly."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from fablab.db import Model

#: what is held about a person: it follows them. A new table about people says here, or in STAYS, what becomes of it
MOVES = (
    "apology.person_id", "attendance.person_id", "authorisation.person_id", "award.person_id", "booking.holder_id",
    "carried_level.person_id",
    "data_request.person_id", "enrolment.person_id", "evidence.owner_id", "file_opening.person_id",
    "follow_up.person_id", "letter.person_id", "machine_care_line.written_by_id",
    "machine_ticket.reported_by_id", "message.person_id",
    "open_lab_visit.person_id",
    "person_answer.person_id", "person_contact.person_id", "project_sheet.owner_id", "referral.person_id",
    "return_wish.person_id",
    "session_helper.person_id",
    "traineeship.person_id", "training_request.person_id", "training_seat.person_id", "validation.person_id",
    "validation_request.person_id", "waiting.person_id",
)  # fmt: skip
#: how the account itself is entered, what the team does, and who did what: an act keeps its author
STAYS = (
    "api_token.person_id",
    "adult_visit.counted_by_id",
    "authorisation.seen_by_id", "award.author_id", "award.ended_by_id", "attendance.taken_by_id",
    "booking.agreed_by_id", "booking.created_by_id", "calendar_feed.made_by_id", "calendar_feed.person_id",
    "card.made_by_id", "card.person_id", "closure.made_by_id", "data_request.answered_by_id",
    "desk_day.closed_by_id", "desk_day.opened_by_id", "desk_note.seen_by_id", "desk_note.written_by_id",
    "enrolment_paper.recorded_by_id", "enrolment_paper.taken_back_by_id",
    "exit_check.by_id", "exit_check.taken_back_by_id",
    "evidence.added_by_id", "evidence.removed_by_id", "message.called_by_id",
    "outreach.by_id", "outreach.taken_back_by_id", "project_sheet.hidden_by_id",
    "machine_doc.added_by_id", "machine_doc.removed_by_id",
    "machine_care.planned_by_id", "machine_care.stopped_by_id", "machine_care_line.taken_back_by_id",
    "structure_condition.noted_by_id", "structure_condition.taken_back_by_id",
    "access_key.cancelled_by_id", "access_key.given_by_id", "access_key.lost_by_id", "access_key.returned_by_id",
    "booking_money.ended_by_id", "booking_money.invoiced_by_id", "booking_money.received_by_id",
    "statement.made_by_id", "structure_quota.ended_by_id", "structure_quota.given_by_id",
    "structure_paper.answered_by_id", "structure_paper.sent_by_id",
    "supply_move.moved_by_id", "supply_move.taken_back_by_id",
    "machine_ticket.closed_by_id",
    "file_ending.kept_by_id", "file_ending.person_id",
    "file_opening.reader_id", "follow_up.referent_id", "journal_entry.actor_id", "kiosk.enrolled_by_id",
    "machine_use.ended_by_id", "machine_use.started_by_id",
    "open_lab_visit.arrival_by_id", "open_lab_visit.leaving_by_id", "session_helper.named_by_id",
    "open_session.person_id", "person.created_by_id", "person.merged_into_id", "person_answer.recorded_by_id",
    "person_apart.one_id", "person_apart.other_id", "person_apart.said_by_id", "person_contact.recorded_by_id",
    "person_merge.by_id", "person_merge.gone_id", "person_merge.kept_id", "person_merge.undone_by_id",
    "person_word.person_id", "reader.enrolled_by_id", "recovery_code.person_id", "referral.recorded_by_id",
    "role_grant.granted_by_id", "role_grant.person_id", "roll_call.author_id", "room_use.counted_by_id",
    "second_factor.person_id", "session_lead.person_id", "session_note.author_id", "shift.person_id",
    "shift.withdrawn_by_id", "shown_once.reader_id",
    "shift_pattern.person_id", "structure_contact.person_id", "traineeship.recorded_by_id",
    "training_request.answered_by_id", "training_slot.facilitator_id", "validation_request.answered_by_id",
    "training_group.created_by_id", "validation.author_id", "validation_batch.author_id",
    "validator_right.given_by_id", "validator_right.person_id", "version_move.moved_by_id", "version_move.undone_by_id",
    "visitor_count.counted_by_id",
)  # fmt: skip
#: told again from the rows moved
TOLD_ANEW = ("mastery.person_id",)
_CHUNK = 500


class Changes:
    """The changes of one merge, written at once and kept with what stood before."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.moved: dict[str, list[int]] = {}
        self.changed: list[dict[str, Any]] = []

    def move(self, where: str, ids: list[int], to: int) -> None:
        """Give these rows to another person."""
        self.moved[where] = ids
        give(self._session, where, ids, to)

    def write(self, name: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Change some columns of a row; those that say it already are left alone."""
        table = Model.metadata.tables[name]
        before = self._session.execute(select(table).where(table.c.id == row_id)).mappings().one()
        new = {column: value for column, value in values.items() if before[column] != value}
        if new:
            self._session.execute(update(table).where(table.c.id == row_id).values(**new))
            self.note(name, row_id, dict(before), new)

    def note(self, name: str, row_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Keep what stood before in columns that were changed elsewhere."""
        for column, value in after.items():
            kept = {"before": packed(before[column]), "after": packed(value)}
            self.changed.append({"table": name, "id": row_id, "column": column, **kept})


def give(session: Session, where: str, ids: list[int], to: int, *, held_by: int | None = None) -> None:
    """Write whose these rows are; with ``held_by`` only of those that are still theirs."""
    table, column = column_of(where)
    for start in range(0, len(ids), _CHUNK):
        rows = update(table).where(table.c.id.in_(ids[start : start + _CHUNK]))
        if held_by is not None:
            rows = rows.where(table.c[column] == held_by)
        session.execute(rows.values({column: to}))


def doubled(
    session: Session, where: str, same: str, kept_id: int, gone_id: int, *, only: str | None = None
) -> set[int]:
    """Ids of rows of ``gone_id`` whose column ``same`` the other holds too; ``only``: a column that is empty."""
    table, column = column_of(where)
    mine, other = table.alias(), table.alias()
    found = select(other.c.id).join(mine, mine.c[same] == other.c[same])
    found = found.where(mine.c[column] == kept_id, other.c[column] == gone_id)
    if only:
        found = found.where(mine.c[only].is_(None), other.c[only].is_(None))
    return set(session.scalars(found))


def ids_of(session: Session, where: str, person_id: int) -> list[int]:
    """The ids of the rows of a person, in order."""
    table, column = column_of(where)
    return list(session.scalars(select(table.c.id).where(table.c[column] == person_id).order_by(table.c.id)))


def column_of(where: str) -> tuple[Table, str]:
    """A table and the name of a column, from "booking.holder_id"."""
    name, _dot, column = where.partition(".")
    return Model.metadata.tables[name], column


def put_back(session: Session, changed: Iterable[Mapping[str, Any]]) -> None:
    """Write what stood before these changes, row by row, the last one first.

    A row in which somebody has changed one of the columns since keeps what it says; of a person, only that column.
    """
    rows: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for change in changed:
        rows.setdefault((change["table"], change["id"]), []).append(change)
    for (name, row_id), changes in reversed(rows.items()):
        table = Model.metadata.tables[name]
        held = session.execute(select(table).where(table.c.id == row_id)).mappings().one()
        same = [change for change in changes if packed(held[change["column"]]) == change["after"]]
        if same and (same == changes or name == "person"):
            before = {change["column"]: unpacked(change["before"]) for change in same}
            session.execute(update(table).where(table.c.id == row_id).values(**before))


def packed(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def unpacked(value: Any) -> Any:
    """A value as the database holds it."""
    if isinstance(value, dict) and set(value) == {"moment"}:
        return datetime.fromisoformat(value["moment"])
    if isinstance(value, dict) and set(value) == {"day"}:
        return date.fromisoformat(value["day"])
    return value
