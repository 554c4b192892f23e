"""Validating a whole group: the grid, what was saved, and undoing it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import (
    actions_correcting,
    actions_validating,
    queries_evidence,
    queries_grid,
    queries_groups,
    queries_requests,
    queries_roster,
)
from pathways import grid as grids
from pathways.blueprint import bp
from pathways.grid import Column, Draft, Grid, Malformed, Member, Proof
from pathways.models_groups import PRESENT, Attendance, TrainingSession
from pathways.models_validations import Validation, ValidationBatch
from pathways.queries_kept import KeptStage
from pathways.queries_rights import rights_of
from pathways.values_validating import Cell
from pathways.views_keys import form_key, moment_of, speaks_json
from pathways.views_words import STATUS_WORDS, lesson_heading


@dataclass(frozen=True)
class Sheet:
    """One grid to fill: the session it is about, the stage, people × competencies."""

    lesson: TrainingSession
    stage: KeptStage
    stages: list[KeptStage]
    grid: Grid


@dataclass(frozen=True)
class Filled:
    """What the grid's form holds: the cells that wait, the level chosen above, the evidence and notes."""

    draft: Draft
    choice: int
    proofs: Mapping[int, Proof]

    def cells(self, columns: Sequence[Column]) -> list[Cell]:
        """The cells to save; the evidence that a competency expects is not said."""
        expected = {column.competency_id: column.evidence for column in columns}
        found = []
        for (person_id, competency_id), level in self.draft.items():
            evidence, note = self.proofs[competency_id]
            other = evidence if evidence != expected[competency_id] else None
            found.append(Cell(person_id, competency_id, level, note or None, other))
        return found


@bp.get("/valider")
@allowed("validation.write")
def to_validate() -> ResponseReturnValue:
    """The sessions that I lead, up to those of today, to open their grid."""
    lessons = queries_groups.sessions_to_validate(db.session(), current_user.id, clock.now())
    return render_template("pathways/to_validate.html", lessons=lessons)


@bp.route("/seances/<public_id>/valider", methods=["GET", "POST"])
@allowed("validation.write")
def validate(public_id: str) -> ResponseReturnValue:
    """The grid of a session. Its «Tous» come back filled; only «Enregistrer» saves."""
    sheet = _sheet(db.session(), public_id)
    if request.method == "GET":
        return _show(sheet, Filled({}, grids.TARGET, sheet.grid.proofs({}, ())), secrets.token_hex(16))
    try:
        filled = _filled(sheet.grid)
        scope = request.form.get("fill")
        if scope is not None:
            draft = sheet.grid.fill(filled.draft, scope, filled.choice)
            return _show(sheet, replace(filled, draft=draft), form_key())
    except Malformed:
        abort(400)
    return _save(sheet, filled)


@bp.post("/validations/<int:batch_id>/defaire")
@allowed("validation.write")
def undo_batch(batch_id: int) -> ResponseReturnValue:
    """Take back what I saved at once, the same day."""
    batch = db.get_or_404(ValidationBatch, batch_id)
    lesson = batch.session
    try:
        undone = actions_correcting.undo_batch(batch, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Défait\u00a0: ces validations ne comptent plus."))
        for award in undone.leaning:
            words = {"badge": award.badge_name, "name": award.person.short_name}
            flash(_("Le badge %(badge)s de %(name)s reposait dessus\u00a0: à retirer s’il le faut.", **words))
    if lesson is None:
        return redirect(url_for(".to_validate"))
    return redirect(url_for(".validate", public_id=lesson.public_id, etape=request.form.get("etape", type=int)))


def _filled(grid: Grid) -> Filled:
    """What was sent. Raises Malformed."""
    choice = grids.read_choice(request.form.get("level"))
    kinds = {kind.code for kind in queries_grid.evidence_kinds(db.session())}
    return Filled(grid.read(request.form.getlist("cell"), choice), choice, grid.proofs(request.form, kinds))


def _save(sheet: Sheet, filled: Filled) -> ResponseReturnValue:
    left = {cell for cell in filled.draft if request.form.get(f"choice-{cell[0]}-{cell[1]}") == "theirs"}
    chosen = replace(filled, draft={cell: level for cell, level in filled.draft.items() if cell not in left})
    following = _address(sheet.lesson, sheet.stage)
    if filled.draft and not chosen.draft:
        flash(_("Rien de plus à enregistrer."))
        return _go_on(following)
    try:
        saved = actions_validating.validate_batch(
            sheet.lesson.id,
            me(),
            chosen.cells(sheet.grid.columns),
            key=form_key(),
            now=clock.now(),
            seen_at=moment_of("seen_at"),
            compared_at=moment_of("compared_at") if "compared_at" in request.form else None,
        )
    except Refused as refused:
        return _refuse(sheet, chosen, refused.refusals)
    said = ngettext("%(num)s validation enregistrée.", "%(num)s validations enregistrées.", saved.written)
    if saved.reached:
        said += " " + ngettext(
            "%(num)s niveau était déjà atteint.", "%(num)s niveaux étaient déjà atteints.", len(saved.reached)
        )
    undo = url_for(".undo_batch", batch_id=saved.batch.id)
    say_with_way_back(said, undo, _("Défaire"), etape=sheet.stage.position)
    return _go_on(following)


def _go_on(address: str) -> ResponseReturnValue:
    return {"next": address} if speaks_json() else redirect(address)


def _refuse(sheet: Sheet, filled: Filled, refusals: tuple[Refusal, ...]) -> ResponseReturnValue:
    lines = {str(fact[1]) for one in refusals if one.code == "newer_save" for fact in one.facts}
    if speaks_json():
        if lines:
            return {"conflict": True}, 409
        return {"refusals": [refusal.sentence for refusal in refusals]}, 422
    if lines:
        crossed = _crossed(sheet.grid, filled, queries_grid.lines_by_ids(db.session(), [int(one) for one in lines]))
        return _show(sheet, filled, form_key(), crossed=crossed), 409
    return _show(sheet, filled, form_key(), refusals), 422


@dataclass(frozen=True)
class Crossed:
    """A cell that somebody else saved with another level since the grid was opened: theirs and mine."""

    key: str
    name: str
    title: str
    mine: int
    theirs: int
    who: str
    at: datetime


def _crossed(grid: Grid, filled: Filled, lines: Sequence[Validation]) -> list[Crossed]:
    names = {member.person_id: member.name for member in grid.members}
    titles = {column.competency_id: column.title for column in grid.columns}
    return [
        Crossed(
            f"{line.person_id}-{line.competency_id}",
            names.get(line.person_id, ""),
            titles.get(line.competency_id, ""),
            filled.draft.get((line.person_id, line.competency_id), 0),
            line.level,
            line.author.short_name,
            line.at,
        )
        for line in lines
    ]


def _show(
    sheet: Sheet, filled: Filled, key: str, refused: tuple[Refusal, ...] = (), crossed: Sequence[Crossed] = ()
) -> str:
    session, now, lesson = db.session(), clock.now(), sheet.lesson
    present = sum(member.present for member in sheet.grid.members)
    seen_at = moment_of("seen_at") if request.method == "POST" else now
    return render_template(
        "pathways/validate.html",
        lesson=lesson,
        to_come=lesson.starts_at > now,
        stage=sheet.stage,
        grid=sheet.grid,
        rows=sheet.grid.rows(filled.draft),
        level=filled.choice,
        proofs=filled.proofs,
        proofs_chosen=sheet.grid.chosen(filled.proofs),
        proof_words=_proof_words(sheet.grid.chosen(filled.proofs)),
        kinds=queries_grid.evidence_kinds(session),
        shown_by=_shown_by(session, sheet.grid),
        piece_from=queries_evidence.levels_asked(session).piece_from_level,
        key=key,
        seen_at=int(seen_at.timestamp()),
        compared_at=int(now.timestamp()) if crossed else None,
        crossed=crossed,
        refused=refused,
        form_errors=bool(refused or crossed),
        as_list=request.args.get("vue") == "liste",
        scale=queries_grid.scale(session),
        heading=lesson_heading(lesson),
        css_class=lesson.group.version.css_class,
        people_count=ngettext("%(num)s présent", "%(num)s présents", present),
        waiting=_waiting(len(filled.draft)),
        stage_links=[
            {"label": in_french(one.name), "url": _address(lesson, one), "current": one is sheet.stage}
            for one in sheet.stages
        ],
        batches=queries_grid.batches_of(session, lesson.id, current_user.id, clock.local_day(now)),
    )


def _shown_by(session: Session, grid: Grid) -> dict[int, list[str]]:
    """By competency, whose pieces show it."""
    names = {member.person_id: member.name for member in grid.members if member.present}
    found = queries_evidence.showing(session, list(names), [column.competency_id for column in grid.columns])
    shown: dict[int, list[str]] = {}
    for person_id, competency_id in found:
        shown.setdefault(competency_id, []).append(names[person_id])
    return shown


def _waiting(count: int) -> str:
    if not count:
        return _("Rien à enregistrer")
    return ngettext("%(num)s validation à enregistrer", "%(num)s validations à enregistrer", count)


def _proof_words(chosen: int) -> str:
    if not chosen:
        return _("Preuve prévue")
    return ngettext(
        "Preuve\u00a0: choisie pour %(num)s compétence", "Preuve\u00a0: choisie pour %(num)s compétences", chosen
    )


def _sheet(session: Session, public_id: str) -> Sheet:
    lesson = queries_roster.lesson_of_group(session, public_id)
    if lesson is None or lesson.status != "planned":
        abort(404)
    stages = list(queries_grid.stages_of(session, lesson.group.version_id))
    asked = request.args.get("etape", type=int)
    stage = next((one for one in stages if one.position == asked), None)
    # By its code: a session lived before its group was moved to another version is about a stage of the one before.
    lived = lesson.stage.code if lesson.stage else None
    stage = stage or next((one for one in stages if one.code == lived), stages[0] if stages else None)
    if stage is None:
        abort(404)
    columns = queries_grid.columns_of(session, stage, rights_of(session, current_user.id, clock.now()))
    taken = lesson.attendance_at is not None
    lines = [line for line in queries_roster.roll_of(session, lesson) if line.person.id != current_user.id]
    members = [_member(line.person, line.noted, taken) for line in lines]
    people, aimed = [member.person_id for member in members], [column.competency_id for column in columns]
    held = queries_grid.levels_held(session, people, aimed)
    proposed = queries_requests.proposed(session, people, aimed)
    return Sheet(lesson, stage, stages, Grid(columns, members, held, proposed))


def _member(person: Person, noted: Attendance | None, taken: bool) -> Member:
    """Once attendance is taken, who was not seen there is out; before, everybody enrolled may be validated."""
    if not taken or (noted and noted.status in PRESENT):
        return Member(person.id, person.short_name)
    return Member(person.id, person.short_name, False, str(STATUS_WORDS[noted.status if noted else "absent"]))


def _address(lesson: TrainingSession, stage: KeptStage) -> str:
    view = "liste" if request.args.get("vue") == "liste" else None
    return url_for(".validate", public_id=lesson.public_id, etape=stage.position, vue=view)
