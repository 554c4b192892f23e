"""«Ma fiche projet» and the gallery of the house."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french
from fablab.pages import allowed, takes
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_sheets, queries_evidence, queries_sheets, sent_pieces
from pathways.actions_sheets import SheetWords
from pathways.blueprint import bp
from pathways.forms_evidence import HideForm, SheetForm, SheetPhotoForm
from pathways.models_evidence import ProjectSheet
from pathways.rules_evidence import gallery_refusals
from pathways.values_evidence import PHOTOS_OF_A_SHEET
from pathways.views_evidence import answer


@bp.route("/mes-fiches/nouvelle", methods=["GET", "POST"])
@allowed("pathway.own")
def new_sheet() -> ResponseReturnValue:
    """Begin a sheet; its photos come next."""
    form = SheetForm(data={"key": sent_pieces.new_key()})
    form.offer(_offered())
    if form.validate_on_submit():
        try:
            sheet = actions_sheets.write(me(), _words(form), form.shows.data or (), key=form.key.data, now=clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Ma fiche est enregistrée."))
            return redirect(url_for(".my_sheet", public_id=sheet.public_id))
    page = render_template("pathways/sheet_form.html", form=form, sheet=None, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.get("/mes-fiches/<public_id>")
@allowed("pathway.own")
def my_sheet(public_id: str) -> ResponseReturnValue:
    """My sheet, to read and to print; its photos; showing it in the gallery."""
    sheet = _mine(public_id)
    today = clock.local_day(clock.now())
    photos = queries_sheets.photos_of(sheet)
    return render_template(
        "pathways/my_sheet.html",
        sheet=sheet,
        photos=photos,
        room=PHOTOS_OF_A_SHEET - len(photos),
        against=gallery_refusals(queries_sheets.facts_of(sheet, today), today),
    )


@bp.route("/mes-fiches/<public_id>/modifier", methods=["GET", "POST"])
@allowed("pathway.own")
def change_sheet(public_id: str) -> ResponseReturnValue:
    """Other words on my sheet."""
    sheet = _mine(public_id)
    shows = [one.competency_id for piece in sheet.pieces if piece.kind == "sheet" for one in piece.shows]
    said = {"title": sheet.title, "steps": sheet.steps, "materials": sheet.materials, "minutes": sheet.minutes}
    form = SheetForm(data={**said, "shows": shows, "key": sheet.request_key})
    form.offer(_offered())
    if form.validate_on_submit():
        actions_sheets.change(sheet, _words(form), form.shows.data or (), me(), clock.now())
        flash(_("Ma fiche est enregistrée."))
        return redirect(url_for(".my_sheet", public_id=public_id))
    page = render_template("pathways/sheet_form.html", form=form, sheet=sheet, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.route("/mes-fiches/<public_id>/photo", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("pathway.own")
def add_sheet_photo(public_id: str) -> ResponseReturnValue:
    """One more photo on my sheet."""
    sheet = _mine(public_id)
    form = SheetPhotoForm(data={"key": sent_pieces.new_key()})
    if form.validate_on_submit():
        try:
            actions_sheets.add_photo(sheet, sent_pieces.photo_of(form), me(), key=form.key.data, now=clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("La photo est sur ma fiche."))
            return redirect(url_for(".my_sheet", public_id=public_id))
    page = render_template("pathways/sheet_photo.html", form=form, sheet=sheet, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.post("/mes-fiches/<public_id>/retirer")
@allowed("pathway.own")
def remove_sheet(public_id: str) -> ResponseReturnValue:
    """Take my sheet away with its photos."""
    try:
        actions_sheets.remove(_mine(public_id), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
        return redirect(url_for(".my_sheet", public_id=public_id))
    flash(_("Ma fiche est effacée."))
    return redirect(url_for(".my_evidence"))


@bp.post("/mes-fiches/<public_id>/galerie")
@allowed("pathway.own")
def show_sheet(public_id: str) -> ResponseReturnValue:
    """I agree that my sheet stands in the gallery."""
    try:
        actions_sheets.show(_mine(public_id), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Ma fiche est dans la galerie, sans mon nom."))
    return redirect(url_for(".my_sheet", public_id=public_id))


@bp.post("/mes-fiches/<public_id>/galerie/retirer")
@allowed("pathway.own")
def take_sheet_back(public_id: str) -> ResponseReturnValue:
    """My sheet is in the gallery no more."""
    actions_sheets.take_back(_mine(public_id), me(), clock.now())
    flash(_("Ma fiche n’est plus dans la galerie."))
    return redirect(url_for(".my_sheet", public_id=public_id))


@bp.get("/galerie")
@allowed("gallery.read")
def gallery() -> ResponseReturnValue:
    """What was made in the house, by those who agree to show it; no name."""
    session = db.session()
    sheets = queries_sheets.gallery(session, clock.local_day(clock.now()))
    hides = current_user.may("gallery.hide")
    return render_template(
        "pathways/gallery.html",
        sheets=[(sheet, queries_sheets.photos_of(sheet)) for sheet in sheets],
        hidden=queries_sheets.hidden(session) if hides else [],
    )


@bp.get("/galerie/<public_id>")
@allowed("gallery.read")
def gallery_sheet(public_id: str) -> ResponseReturnValue:
    """One sheet of the gallery."""
    sheet = _shown(public_id)
    return render_template("pathways/gallery_sheet.html", sheet=sheet, photos=queries_sheets.photos_of(sheet))


@bp.get("/galerie/<public_id>/photos/<int:number>/<size>")
@allowed("gallery.read")
def gallery_photo(public_id: str, number: int, size: str) -> ResponseReturnValue:
    """A photo of a sheet that stands in the gallery now, counted from 1: «grande» or «petite»."""
    photos = queries_sheets.photos_of(_shown(public_id))
    if not 1 <= number <= len(photos) or size not in ("grande", "petite"):
        abort(404)
    return answer(photos[number - 1], "large" if size == "grande" else "small")


@bp.route("/galerie/<public_id>/masquer", methods=["GET", "POST"])
@allowed("gallery.hide")
def hide_sheet(public_id: str) -> ResponseReturnValue:
    """Take a sheet out of the gallery; its owner reads why."""
    sheet = _shown(public_id)
    form = HideForm()
    if form.validate_on_submit():
        actions_sheets.hide(sheet, form.reason.data, me(), clock.now())
        flash(_("La fiche n’est plus dans la galerie. Le jeune est prévenu."))
        return redirect(url_for(".gallery"))
    page = render_template("pathways/hide_sheet.html", form=form, sheet=sheet, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.post("/galerie/<public_id>/remettre")
@allowed("gallery.hide")
def unhide_sheet(public_id: str) -> ResponseReturnValue:
    """Let a sheet that the team took out stand in the gallery again."""
    sheet = queries_sheets.sheet_by_public_id(db.session(), public_id)
    if sheet is None or sheet.hidden_at is None:
        abort(404)
    actions_sheets.unhide(sheet, me(), clock.now())
    flash(_("La fiche est de nouveau dans la galerie."))
    return redirect(url_for(".gallery"))


def _offered() -> list[tuple[int, str]]:
    return [(one.id, in_french(one.i_can)) for one in queries_evidence.offered(db.session(), me().id)]


def _words(form: SheetForm) -> SheetWords:
    return SheetWords(form.title.data, form.steps.data or "", form.materials.data or "", form.minutes.data)


def _mine(public_id: str) -> ProjectSheet:
    sheet = queries_sheets.sheet_by_public_id(db.session(), public_id, me().id)
    if sheet is None or not sheet.title:
        abort(404)
    return sheet


def _shown(public_id: str) -> ProjectSheet:
    sheet = queries_sheets.shown_sheet(db.session(), public_id, clock.local_day(clock.now()))
    if sheet is None:
        abort(404)
    return sheet
