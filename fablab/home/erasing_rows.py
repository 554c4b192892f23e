"""What becomes of every row about a person who is erased: gone, emptied of its words, or kept to be counted.

A test walks every column that points at a person: a new table about people says here what becomes of it.
"""

from typing import Any

from sqlalchemy import delete, null, select, update
from sqlalchemy.orm import Session

from fablab.db import Model
from fablab.home.merging_rows import column_of

#: rows that say who somebody is, how they enter, whom to call, what was written to them: deleted
GONE = (
    "api_token.person_id", "authorisation.person_id", "calendar_feed.person_id", "card.person_id",
    "file_ending.person_id",
    "file_opening.person_id",
    "follow_up.person_id", "letter.person_id", "message.person_id", "open_session.person_id",
    "person_apart.one_id", "person_apart.other_id", "person_contact.person_id", "person_word.person_id",
    "recovery_code.person_id", "return_wish.person_id", "second_factor.person_id", "traineeship.person_id",
    "waiting.person_id",
)  # fmt: skip
#: rows that are counted: emptied of what somebody typed in them
EMPTIED: dict[str, dict[str, Any]] = {
    "booking.holder_id": {"purpose": None, "excused": None, "override_reason": None, "passed_with": None},
    "data_request.person_id": {"text": None},
    "training_request.person_id": {"answer": None},
    "validation_request.person_id": {"words": "", "answer": None},
}
#: files, words and photos: pathways/upkeep_evidence.py takes them away
EVIDENCE = ("evidence.owner_id", "project_sheet.owner_id")
#: what is counted, and holds ids, days, levels and codes alone
KEPT = (
    "apology.person_id", "attendance.person_id", "award.person_id", "carried_level.person_id", "enrolment.person_id",
    "machine_care_line.written_by_id", "machine_ticket.reported_by_id", "mastery.person_id",
    "open_lab_visit.person_id", "person.merged_into_id", "person_answer.person_id", "person_merge.gone_id",
    "person_merge.kept_id", "referral.person_id", "role_grant.person_id", "session_helper.person_id",
    "training_seat.person_id", "validation.person_id",
)  # fmt: skip


def take_away(session: Session, person_id: int) -> int:
    """Delete and empty the rows of somebody; how many are gone."""
    gone = 0
    tokens, answers = (Model.metadata.tables[name] for name in ("api_token", "api_answer"))
    mine = select(tokens.c.id).where(tokens.c.person_id == person_id)
    session.execute(delete(answers).where(answers.c.token_id.in_(mine)))
    for where in GONE:
        table, column = column_of(where)
        gone += session.execute(delete(table).where(table.c[column] == person_id)).rowcount  # type: ignore[attr-defined]  # a DELETE says how many
    for where, words in EMPTIED.items():
        table, column = column_of(where)
        values = {name: null() if word is None else word for name, word in words.items()}
        session.execute(update(table).where(table.c[column] == person_id).values(**values))
    said_once = Model.metadata.tables["person_answer"]
    session.execute(delete(said_once).where(said_once.c.person_id == person_id, said_once.c.kind == "commune"))
    # These keep the empty words that say «ended with a reason» and «corrected with a reason».
    for name, columns in (("award", {"ended_reason": ""}), ("validation", {"note": null(), "reason": ""})):
        table, column = column_of(f"{name}.person_id")
        for one, word in columns.items():
            said = (table.c[column] == person_id, table.c[one].is_not(None))
            session.execute(update(table).where(*said).values({one: word}))
    return gone
