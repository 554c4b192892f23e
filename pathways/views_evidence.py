"""What a young person does with their evidence: see it, add to it, say what it shows, take it away."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, kept_files
from fablab.db import db
from fablab.i18n import _, in_french
from fablab.pages import allowed, takes
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_evidence, queries_evidence, queries_sheets, sent_pieces
from pathways.blueprint import bp
from pathways.forms_evidence import PieceForm, ShowsForm
from pathways.models_evidence import Evidence


@bp.get("/mes-preuves")
@allowed("pathway.own")
def my_evidence() -> ResponseReturnValue:
    """My sheets and my pieces, the latest first; what the team ticked stands on the page of its stage."""
    session, person = db.session(), me()
    pieces = queries_evidence.pieces_of(session, person.id)
    return render_template(
        "pathways/my_evidence.html",
        sheets=[(sheet, queries_sheets.photos_of(sheet)) for sheet in queries_sheets.sheets_of(session, person.id)],
        pieces=[piece for piece in pieces if piece.kind != "sheet" and piece.stage_id is None],
    )


@bp.route("/mes-preuves/ajouter", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("pathway.own")
def add_my_piece() -> ResponseReturnValue:
    """Add a photo, a file or a link."""
    person = me()
    form = sent_pieces.form_for(request.args.get("sorte"), by_team=False)
    if form is None:
        abort(404)
    form.offer([(one.id, in_french(one.i_can)) for one in queries_evidence.offered(db.session(), person.id)])
    if form.validate_on_submit() and _added(form):
        flash(_("C’est ajouté à mes preuves."))
        return redirect(url_for(".my_evidence"))
    status = 422 if form.errors else 200
    return render_template("pathways/add_piece.html", form=form, person=None, form_errors=bool(form.errors)), status


@bp.route("/mes-preuves/<public_id>", methods=["GET", "POST"])
@allowed("pathway.own")
def my_piece(public_id: str) -> ResponseReturnValue:
    """One piece: what it shows, what rests on it; saying anew what it shows."""
    piece, session = _mine(public_id), db.session()
    offered = queries_evidence.offered(session, me().id)
    known = {one.competency_id for one in piece.shows}
    form = ShowsForm(data={"shows": sorted(known)})
    form.offer([(one.id, in_french(one.i_can)) for one in offered])
    if form.validate_on_submit():
        # What the team said beside my own pathways stays: this form does not offer it.
        kept = known - {one.id for one in offered}
        actions_evidence.say_shows(piece, {*form.shows.data, *kept}, me(), clock.now())
        flash(_("C’est noté."))
        return redirect(url_for(".my_piece", public_id=public_id))
    resting = queries_evidence.resting_on(session, piece.id)
    page = render_template("pathways/piece.html", piece=piece, form=form, resting=resting, person=None)
    return page, 422 if form.errors else 200


@bp.post("/mes-preuves/<public_id>/retirer")
@allowed("pathway.own")
def remove_my_piece(public_id: str) -> ResponseReturnValue:
    """Take one of my pieces away, with its files."""
    piece = _mine(public_id)
    try:
        actions_evidence.remove(piece, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
        return redirect(url_for(".my_piece", public_id=public_id))
    flash(_("La preuve est effacée."))
    return redirect(url_for(".my_evidence"))


@bp.get("/mes-preuves/<public_id>/fichier")
@allowed("pathway.own")
def my_file(public_id: str) -> ResponseReturnValue:
    """The file of one of my pieces: a photo is shown, anything else is downloaded."""
    piece = _mine(public_id)
    return answer(piece, sent_pieces.what_of(piece))


@bp.get("/mes-preuves/<public_id>/petite")
@allowed("pathway.own")
def my_small_photo(public_id: str) -> ResponseReturnValue:
    """The small photo of one of my pieces."""
    return answer(_mine(public_id), "small")


def answer(piece: Evidence, what: str) -> ResponseReturnValue:
    """A file of a piece that the reader may see; 404 when it has none."""
    found = kept_files.answer(piece.file_key, what, piece.file_name or "fichier") if piece.file_key else None
    if found is None:
        abort(404)
    return found


def _added(form: PieceForm) -> bool:
    try:
        piece = sent_pieces.piece_of(form)
        actions_evidence.add(me(), me(), piece, form.shows.data or (), key=form.key.data, now=clock.now())
    except Refused as refused:
        form.show(refused.refusals)
        return False
    return True


def _mine(public_id: str) -> Evidence:
    piece = queries_evidence.piece(db.session(), public_id, me().id)
    if piece is None:
        abort(404)
    return piece
