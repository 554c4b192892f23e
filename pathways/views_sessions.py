"""One session: its page, and its list to print."""

from collections.abc import Sequence

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, joined, say_hour, say_length
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.forms import AUTHORISATION_NAMES
from pathways import (
    queries_grid,
    queries_groups,
    queries_helpers,
    queries_papers,
    queries_restoring,
    queries_roster,
)
from pathways.blueprint import bp
from pathways.forms_sessions import NOTE_WORDS, TOLD_WORDS
from pathways.models_groups import PRESENT, TrainingSession
from pathways.models_sessions import SessionNote
from pathways.queries_roster import RosterLine
from pathways.rules_notes import erase_refusals
from pathways.rules_sessions import EARLY
from pathways.values_papers import PARENTAL, PaperLine
from pathways.views_words import STATUS_WORDS, lesson_things, part_things
from pathways.words_papers import say_missing


@bp.get("/seances/<public_id>")
@allowed("session.read")
def session_page(public_id: str) -> ResponseReturnValue:
    """What it aims at, when, where, who leads, who comes, what was written and saved."""
    session, now = db.session(), clock.now()
    lesson = _lesson(public_id)
    today = clock.local_day(now)
    lines = queries_roster.roster(session, lesson)
    lacks = queries_papers.lacks_at(session, lesson, [line.person for line in lines])
    called = lesson.status == "planned" and lesson.attendance_at is not None
    return render_template(
        "pathways/session.html",
        lesson=lesson,
        people=[_line(line, lacks.get(line.person.id, [])) for line in lines],
        lacking=sum(bool(line.missing) for line in lines),
        helpers=queries_helpers.helpers_of(session, lesson.id),
        summary=_summary(lesson),
        to_come=lesson.starts_at > now,
        too_early=now < lesson.starts_at - EARLY,
        over=lesson.ends_at <= now,
        may_add=lesson.status == "planned"
        and lesson.starts_at - EARLY <= now < clock.day_bounds(clock.local_day(lesson.starts_at))[1],
        notes=[_note(note) for note in queries_roster.notes_of(session, lesson.id)],
        may_undo_call=called and queries_restoring.may_undo_call(session, lesson.id, me(), now),
        batches=queries_grid.batches_of(session, lesson.id, current_user.id, today) if lesson.starts_at <= now else [],
    )


@bp.get("/seances/<public_id>/liste")
@allowed("session.read")
def session_list(public_id: str) -> ResponseReturnValue:
    """The list to print: who is expected, which authorisations are missing, where to sign."""
    lesson = _lesson(public_id)
    lines = queries_roster.roster(db.session(), lesson)
    return render_template(
        "pathways/session_list.html",
        lesson=lesson,
        lines=[(line, _missing(line)) for line in lines],
        lacking=[line.person.short_name for line in lines if line.missing],
        things=joined(lesson_things(lesson)),
        leads=", ".join(lead.person.short_name for lead in lesson.leads),
        helpers=", ".join(one.person.full_name for one in queries_helpers.helpers_of(db.session(), lesson.id)),
        printed_at=clock.now(),
    )


def _lesson(public_id: str) -> TrainingSession:
    lesson = queries_groups.session_by_public_id(db.session(), public_id)
    if lesson is None:
        abort(404)
    return lesson


def _missing(line: RosterLine) -> str:
    return ", ".join(str(AUTHORISATION_NAMES[kind]).lower() for kind in line.missing)


def _line(line: RosterLine, lacks: Sequence[PaperLine]) -> dict[str, object]:
    noted = line.noted
    detail, mark = "", None
    if noted and noted.status == "late":
        detail = _("%(length)s de retard", length=say_length(noted.minutes_late)) if noted.minutes_late else ""
        mark = ("here", str(STATUS_WORDS["late"]))
    elif noted:
        mark = ("here" if noted.status == "present" else "absent", str(STATUS_WORDS[noted.status]))
    elif line.sorry:
        mark = ("absent", _("A prévenu"))
    missing = _("Autorisation absente\u00a0: %(kinds)s", kinds=_missing(line)) if line.missing else ""
    papers = say_missing(one for one in lacks if one.code != PARENTAL)
    blocked = any(one.blocks for one in lacks) and not (noted and noted.status in PRESENT)
    said = " · ".join(one for one in (detail, missing, papers) if one)
    return {"name": line.person.short_name, "person": line.person, "detail": said, "chip": mark, "blocked": blocked}


def _note(note: SessionNote) -> dict[str, object]:
    now, by = clock.now(), me()
    days = clock.local_day(note.at), clock.local_day(now)
    refusals = erase_refusals(note.kind, note.author_id, days[0], by.id, days[1], may_lead=by.may("session.lead"))
    return {
        "note": note,
        "title": NOTE_WORDS[note.kind],
        "told": ", ".join(str(TOLD_WORDS[code]) for code in note.told if code in TOLD_WORDS),
        "erasable": not refusals,
    }


def _summary(lesson: TrainingSession) -> list[tuple[str, str]]:
    leads = ", ".join(lead.person.short_name for lead in lesson.leads)
    facts = [(_("Avec"), leads or _("personne pour le moment"))]
    if len(lesson.parts) > 1:
        facts += [
            (
                _("%(start)s à %(end)s", start=say_hour(part.starts_at), end=say_hour(part.ends_at)),
                joined(part_things(part)),
            )
            for part in lesson.parts
        ]
    else:
        facts.append((_("Où"), joined(lesson_things(lesson)) or _("pas encore dit")))
    if lesson.stage:
        facts.append((_("Étape"), in_french(lesson.stage.name)))
        facts.append((_("À la fin"), in_french(lesson.stage.milestone)))
    return facts
