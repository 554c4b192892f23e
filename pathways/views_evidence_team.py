"""The evidence of a young person for the team: read, added from the tablet, taken away; that of a whole session."""

from collections import Counter

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french
from fablab.pages import allowed, takes
from fablab.people import actions_rights
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.people.views_young import young_or_404
from fablab.refusals import Refused
from pathways import actions_evidence, queries_evidence, queries_grid, queries_groups, queries_sheets, sent_pieces
from pathways.blueprint import bp
from pathways.forms_evidence import PieceForm, ShowsForm
from pathways.models_evidence import Evidence
from pathways.models_pathways import Competency
from pathways.views_evidence import answer


@bp.get("/jeunes/<public_id>/preuves")
@allowed("session.read")
def evidence(public_id: str) -> ResponseReturnValue:
    """Everything that proves what somebody can do."""
    person = young_or_404(public_id)
    if actions_rights.note_opening(person, me(), clock.now()):
        person = young_or_404(public_id)  # what was read before the writing is stale
    session = db.session()
    return render_template(
        "pathways/evidence.html",
        person=person,
        sheets=[(sheet, queries_sheets.photos_of(sheet)) for sheet in queries_sheets.sheets_of(session, person.id)],
        pieces=[piece for piece in queries_evidence.pieces_of(session, person.id) if piece.kind != "sheet"],
    )


@bp.route("/jeunes/<public_id>/preuves/ajouter", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("validation.write")
def add_piece(public_id: str) -> ResponseReturnValue:
    """Add a piece for somebody: a photo taken with the tablet, a file, a link, what was seen or heard."""
    person = young_or_404(public_id)
    form = sent_pieces.form_for(request.args.get("sorte"), by_team=True)
    if form is None:
        abort(404)
    asked = request.args.get("competence", type=int)
    offered = _offered(db.session(), person, asked)
    form.offer([(one.id, in_french(one.title)) for one in offered])
    if not form.is_submitted() and asked:
        form.shows.data = [asked]
    if form.validate_on_submit() and _added(person, form):
        flash(_("Preuve ajoutée pour %(name)s.", name=person.short_name))
        return redirect(_back(public_id))
    page = render_template("pathways/add_piece.html", form=form, person=person, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.route("/jeunes/<public_id>/preuves/<piece_id>", methods=["GET", "POST"])
@allowed("session.read")
def piece(public_id: str, piece_id: str) -> ResponseReturnValue:
    """One piece, what it shows and what rests on it; saying anew what it shows."""
    person, one = _piece(public_id, piece_id)
    session = db.session()
    known = {shown.competency_id for shown in one.shows}
    offered = _offered(session, person, *known)
    form = ShowsForm(data={"shows": sorted(known)})
    form.offer([(each.id, in_french(each.title)) for each in offered])
    if form.validate_on_submit():
        actions_evidence.say_shows(one, form.shows.data, me(), clock.now())
        flash(_("C’est noté."))
        return redirect(url_for(".piece", public_id=public_id, piece_id=piece_id))
    resting = queries_evidence.resting_on(session, one.id)
    page = render_template("pathways/piece.html", piece=one, form=form, resting=resting, person=person)
    return page, 422 if form.errors else 200


@bp.post("/jeunes/<public_id>/preuves/<piece_id>/retirer")
@allowed("validation.write")
def remove_piece(public_id: str, piece_id: str) -> ResponseReturnValue:
    """Take a piece away with its files; validations that rest on it stay, and say that it was taken away."""
    _person, one = _piece(public_id, piece_id)
    actions_evidence.remove(one, me(), clock.now())
    flash(_("La preuve est effacée."))
    return redirect(url_for(".evidence", public_id=public_id))


@bp.get("/jeunes/<public_id>/preuves/<piece_id>/fichier")
@allowed("session.read")
def piece_file(public_id: str, piece_id: str) -> ResponseReturnValue:
    """The file of a piece: a photo is shown, anything else is downloaded."""
    _person, one = _piece(public_id, piece_id)
    return answer(one, sent_pieces.what_of(one))


@bp.get("/jeunes/<public_id>/preuves/<piece_id>/petite")
@allowed("session.read")
def piece_small_photo(public_id: str, piece_id: str) -> ResponseReturnValue:
    """The small photo of a piece."""
    _person, one = _piece(public_id, piece_id)
    return answer(one, "small")


@bp.get("/jeunes/<public_id>/fiches/<sheet_id>")
@allowed("session.read")
def their_sheet(public_id: str, sheet_id: str) -> ResponseReturnValue:
    """The sheet of a young person's project."""
    person = young_or_404(public_id)
    sheet = queries_sheets.sheet_by_public_id(db.session(), sheet_id, person.id)
    if sheet is None or not sheet.title:
        abort(404)
    return render_template(
        "pathways/their_sheet.html", person=person, sheet=sheet, photos=queries_sheets.photos_of(sheet)
    )


@bp.get("/seances/<public_id>/preuves")
@allowed("validation.write")
def session_evidence(public_id: str) -> ResponseReturnValue:
    """Who of a session has which pieces for the competencies of its stage, and adding one."""
    session = db.session()
    lesson = queries_groups.session_by_public_id(session, public_id)
    if lesson is None or lesson.status != "planned":
        abort(404)
    stages = queries_grid.stages_of(session, lesson.group.version_id)
    asked = request.args.get("etape", type=int) or (lesson.stage.position if lesson.stage else 1)
    stage = next((one for one in stages if one.position == asked), None)
    if stage is None:
        abort(404)
    people = queries_groups.members_on(session, lesson.group_id, clock.local_day(lesson.starts_at))
    columns = queries_grid.columns_of(session, stage, ())
    found = queries_evidence.showing(session, [one.id for one in people], [one.competency_id for one in columns])
    counts = Counter({cell: len(pieces) for cell, pieces in found.items()})
    return render_template(
        "pathways/session_evidence.html", lesson=lesson, stage=stage, people=people, columns=columns, counts=counts
    )


def _offered(session: Session, person: Person, *also: int | None) -> list[Competency]:
    """The competencies of somebody's pathways, and those of which the page speaks."""
    offered = queries_evidence.offered(session, person.id)
    known = {one.id for one in offered}
    more = queries_evidence.competencies(session, {one for one in also if one} - known)
    return [*offered, *more]


def _added(person: Person, form: PieceForm) -> bool:
    try:
        made = sent_pieces.piece_of(form)
        actions_evidence.add(person, me(), made, form.shows.data or (), key=form.key.data, now=clock.now())
    except Refused as refused:
        form.show(refused.refusals)
        return False
    return True


def _piece(public_id: str, piece_id: str) -> tuple[Person, Evidence]:
    person = young_or_404(public_id)
    found = queries_evidence.piece(db.session(), piece_id, person.id)
    if found is None:
        abort(404)
    return person, found


def _back(public_id: str) -> str:
    """Where somebody came from: the session whose evidence is gathered, or the person's own page."""
    lesson = request.args.get("seance")
    if lesson and len(lesson) == 22 and lesson.replace("-", "").replace("_", "").isalnum():
        return url_for(".session_evidence", public_id=lesson, etape=request.args.get("etape", type=int))
    return url_for(".evidence", public_id=public_id)
