"""The call of a session: who is there, in one gesture; and taking one's last call back."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.toasts import say_with_way_back
from pathways import actions, queries_groups, queries_papers
from pathways.blueprint import bp
from pathways.models_groups import PRESENT, TrainingSession
from pathways.values_sessions import ATTENDANCES
from pathways.views_words import STATUS_TITLES, lesson_heading, sentences


@bp.route("/seances/<public_id>/appel", methods=["GET", "POST"])
@allowed("session.lead")
def attendance(public_id: str) -> ResponseReturnValue:
    """Attendance in one gesture: everyone present, exceptions by tap."""
    lesson = queries_groups.session_by_public_id(db.session(), public_id)
    if lesson is None or lesson.status != "planned":
        abort(404)
    roll = _roll(lesson)
    if request.method == "GET":
        return _show_roll(lesson, roll, ())
    refused = _fill(roll)
    if not refused:
        marks = {line.person.id: (line.status, line.late_minutes) for line in roll}
        try:
            actions.take_attendance(lesson, marks, me(), clock.now())
        except Refused as error:
            refused = error.refusals
        else:
            back = url_for(".undo_attendance", public_id=public_id)
            say_with_way_back(_("Appel enregistré."), back)
            return redirect(url_for(".session_page", public_id=public_id))
    return _show_roll(lesson, roll, refused), 422


@bp.post("/seances/<public_id>/appel/annuler")
@allowed("session.lead")
def undo_attendance(public_id: str) -> ResponseReturnValue:
    """Take my last call back, the same day: everybody is noted as before it."""
    lesson = queries_groups.session_by_public_id(db.session(), public_id)
    if lesson is None or lesson.status != "planned":
        abort(404)
    try:
        actions.undo_attendance(lesson, me(), clock.now())
    except Refused as refused:
        flash(sentences(refused))
    else:
        flash(_("Appel annulé\u00a0: comme avant."))
    return redirect(url_for(".session_page", public_id=public_id))


@dataclass
class RollLine:
    """One person of the roll: what is ticked, and the minutes as they were typed."""

    person: Person
    status: str
    minutes: str
    sorry: bool
    blocked: bool = False
    error: bool = False

    @property
    def statuses(self) -> list[str]:
        """What may be ticked: a minor whose parents have not agreed takes no part."""
        return [value for value in ATTENDANCES if not (self.blocked and value in PRESENT)]

    @property
    def late_minutes(self) -> int:
        """The minutes that count: only those of somebody late."""
        return int(self.minutes or 0) if self.status == "late" else 0


def _roll(lesson: TrainingSession) -> list[RollLine]:
    session = db.session()
    noted = queries_groups.attendance_of(session, lesson.id)
    sorry = queries_groups.apologies_of(session, [lesson.id])
    found = []
    people = queries_groups.members_on(session, lesson.group_id, clock.local_day(lesson.starts_at))
    blocked = queries_papers.blocked_at(session, lesson, people)
    for person in people:
        said, mark = (lesson.id, person.id) in sorry, noted.get(person.id)
        status = mark.status if mark else "excused" if said else "absent" if person.id in blocked else "present"
        minutes = str(mark.minutes_late) if mark and mark.minutes_late else ""
        found.append(RollLine(person, status, minutes, said, person.id in blocked))
    return found


def _fill(roll: list[RollLine]) -> tuple[Refusal, ...]:
    """Put what was sent on the lines; refuse what cannot be read, beside what was typed."""
    refused = []
    for line in roll:
        line.status = request.form.get(f"status-{line.person.id}", "")
        line.minutes = request.form.get(f"late-{line.person.id}", "").strip()
        if line.status not in ATTENDANCES:
            refused.append(Refusal("status", _("Dire si %(name)s est là.", name=line.person.short_name)))
        elif line.status == "late" and line.minutes and not _reads(line.minutes):
            line.error = True
            sentence = _("Écrire le retard de %(name)s en minutes, de 1 à 600.", name=line.person.short_name)
            refused.append(Refusal("minutes", sentence))
    return tuple(refused)


def _reads(minutes: str) -> bool:
    return minutes.isascii() and minutes.isdecimal() and len(minutes) < 4 and 1 <= int(minutes) <= 600


def _show_roll(lesson: TrainingSession, roll: list[RollLine], refused: tuple[Refusal, ...]) -> str:
    return render_template(
        "pathways/attendance.html",
        lesson=lesson,
        people=roll,
        sorry=[line.person.short_name for line in roll if line.sorry],
        titles=STATUS_TITLES,
        heading=lesson_heading(lesson),
        refused=refused,
        form_errors=bool(refused),
    )
