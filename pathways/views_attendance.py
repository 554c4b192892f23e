"""The call of a session: who is there, in one gesture; a late one shows what differs; taking one's last call back."""

import secrets
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, say_hour, say_length
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_papers, queries_roster
from pathways.blueprint import bp
from pathways.models_groups import PRESENT, Attendance, TrainingSession
from pathways.rules_roll import Mark, mark_refusals
from pathways.rules_sessions import roll_refusals
from pathways.values_sessions import ATTENDANCES
from pathways.views_keys import form_key, speaks_json
from pathways.views_words import STATUS_TITLES, STATUS_WORDS, lesson_heading


@bp.route("/seances/<public_id>/appel", methods=["GET", "POST"])
@allowed("session.lead")
def attendance(public_id: str) -> ResponseReturnValue:
    """Attendance in one gesture: everyone present, exceptions by tap. One sent late writes over nobody's."""
    lesson = _lesson(public_id)
    roll = _roll(lesson)
    if request.method == "GET":
        return _show_roll(lesson, roll, secrets.token_hex(16), ())
    key = form_key() if "key" in request.form else None
    refused = _fill(roll)
    if not refused:
        sent = [line for line in roll if line.sent]
        marks = {line.person.id: (line.status, line.late_minutes) for line in sent}
        read = {line.person.id: line.read for line in sent} if key else None
        try:
            actions.take_attendance(lesson, marks, me(), clock.now(), key=key, read=read)
        except Refused as error:
            refused = error.refusals
        else:
            back = url_for(".undo_attendance", public_id=public_id)
            say_with_way_back(_("Appel enregistré."), back)
            following = url_for(".session_page", public_id=public_id)
            return {"next": following} if speaks_json() else redirect(following)
    return _refuse(public_id, roll, key, refused)


@bp.post("/seances/<public_id>/appel/annuler")
@allowed("session.lead")
def undo_attendance(public_id: str) -> ResponseReturnValue:
    """Take my last call back, the same day: everybody is noted as before it."""
    lesson = _lesson(public_id)
    try:
        actions.undo_attendance(lesson, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Appel annulé\u00a0: comme avant."))
    return redirect(url_for(".session_page", public_id=public_id))


@dataclass
class RollLine:
    """One person of the roll: what is ticked, the minutes as they were typed, what stood when the page was opened.

    ``theirs``: what somebody else noted meanwhile, to choose from.
    """

    person: Person
    status: str
    minutes: str
    sorry: bool
    blocked: bool = False
    read: Mark | None = None
    error: bool = False
    sent: bool = True
    theirs: Attendance | None = None

    @property
    def statuses(self) -> list[str]:
        """What may be ticked: a minor whose parents have not agreed takes no part."""
        return [value for value in ATTENDANCES if not (self.blocked and value in PRESENT)]

    @property
    def late_minutes(self) -> int:
        """The minutes that count: only those of somebody late."""
        return int(self.minutes or 0) if self.status == "late" else 0

    @property
    def read_value(self) -> str:
        """What stood when the page was opened, as its form carries it."""
        return f"{self.read[0]}:{self.read[1]}" if self.read else ""

    @property
    def mine_words(self) -> str:
        """What is ticked here, in words."""
        return _said(self.status, self.late_minutes)

    @property
    def theirs_words(self) -> str:
        """What somebody else noted, in words."""
        noted = self.theirs
        if noted is None:
            return ""
        said = {"what": _said(noted.status, noted.minutes_late), "who": noted.taken_by.short_name}
        return _("%(what)s, noté par %(who)s à %(hour)s", **said, hour=say_hour(noted.taken_at))


def _said(status: str, minutes: int) -> str:
    word = str(STATUS_TITLES[status])
    return f"{word}, {say_length(minutes)}" if minutes else word


def _lesson(public_id: str) -> TrainingSession:
    lesson = queries_roster.lesson_of_group(db.session(), public_id)
    if lesson is None or lesson.status != "planned":
        abort(404)
    return lesson


def _roll(lesson: TrainingSession) -> list[RollLine]:
    session = db.session()
    lines = queries_roster.roll_of(session, lesson)
    blocked = queries_papers.blocked_at(session, lesson, [line.person for line in lines])
    found = []
    for line in lines:
        mark, kept_out = line.noted, line.person.id in blocked
        status = mark.status if mark else "excused" if line.sorry else "absent" if kept_out else "present"
        minutes = str(mark.minutes_late) if mark and mark.minutes_late else ""
        read = (mark.status, mark.minutes_late) if mark else None
        found.append(RollLine(line.person, status, minutes, line.sorry, kept_out, read))
    return found


def _fill(roll: list[RollLine]) -> tuple[Refusal, ...]:
    """Put what was sent on the lines; refuse what cannot be read, beside what was typed."""
    refused: list[Refusal] = []
    known = any(name.startswith("was-") for name in request.form)
    for line in roll:
        id_ = line.person.id
        if known and f"was-{id_}" not in request.form:
            line.sent = False  # somebody entered the group since the page was opened
            continue
        line.read = _read_mark(request.form.get(f"was-{id_}", ""))
        line.status = request.form.get(f"status-{id_}", "")
        line.minutes = request.form.get(f"late-{id_}", "").strip()
        _choose(line)
        found = mark_refusals(line.person.short_name, line.status, line.minutes)
        line.error = any(one.code == "minutes" for one in found)
        refused += found
    return tuple(refused)


def _choose(line: RollLine) -> None:
    """Of two marks shown, the one chosen; without a choice both are shown again."""
    id_ = line.person.id
    choice, theirs = request.form.get(f"choice-{id_}"), _read_mark(request.form.get(f"theirs-{id_}", ""))
    if theirs is None or choice not in ("mine", "theirs"):
        return
    line.read = theirs
    if choice == "theirs":
        line.status, line.minutes = theirs[0], str(theirs[1] or "")


def _read_mark(text: str) -> Mark | None:
    if not text:
        return None
    status, _colon, minutes = text.partition(":")
    if status not in STATUS_WORDS or not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 4):
        abort(400)
    return status, int(minutes)


def _refuse(public_id: str, roll: list[RollLine], key: str | None, refused: tuple[Refusal, ...]) -> ResponseReturnValue:
    crossed = {fact[1] for one in refused if one.code == "newer_save" for fact in one.facts}
    if speaks_json():
        if crossed:
            return {"conflict": True}, 409
        return {"refusals": [refusal.sentence for refusal in refused]}, 422
    lesson = _lesson(public_id)  # read again: the refused act has ended what was read before
    noted = {line.person.id: line.noted for line in queries_roster.roll_of(db.session(), lesson)}
    for line in roll:
        if line.person.id in crossed:
            line.theirs = noted.get(line.person.id)
    page = _show_roll(lesson, roll, key or secrets.token_hex(16), refused)
    return page, 409 if crossed else 422


def _show_roll(lesson: TrainingSession, roll: list[RollLine], key: str, refused: tuple[Refusal, ...]) -> str:
    return render_template(
        "pathways/attendance.html",
        lesson=lesson,
        people=roll,
        sorry=[line.person.short_name for line in roll if line.sorry],
        titles=STATUS_TITLES,
        heading=lesson_heading(lesson),
        crossed=sum(line.theirs is not None for line in roll),
        refused=[one for one in refused if one.code != "newer_save"],
        too_early=roll_refusals(may_lead=True, starts_at=lesson.starts_at, now=clock.now()),
        key=key,
        form_errors=bool(refused),
    )
