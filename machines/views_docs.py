"""A machine's photo and documents: put there by the coordination, read by whoever may see the machine."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, kept_files, sent_files
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed, takes
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_docs, queries_cards, queries_docs, rules_docs
from machines.blueprint import bp
from machines.forms_docs import DocForm, MachinePhotoForm
from machines.models import Machine
from machines.models_docs import MachineDoc
from pathways import sent_pieces
from pathways.upkeep_evidence import Piece


@bp.route("/machines/<code>/documents", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("machine.document")
def docs(code: str) -> ResponseReturnValue:
    """What stands on the page of a machine, what was taken off; adding a link or a PDF."""
    machine, form = _machine(code), DocForm(data={"key": sent_pieces.new_key()})
    if form.validate_on_submit():
        try:
            doc = actions_docs.add(machine, _piece_of(form), form.key.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("C’est sur la page."), url_for("machines.remove_doc", public_id=doc.public_id))
            return redirect(url_for("machines.docs", code=code), 303)
    failed, found = bool(form.errors), queries_docs.docs_of(db.session(), machine.id)
    page = render_template("machines/docs.html", machine=machine, docs=found, form=form, form_errors=failed)
    return page, 422 if failed else 200


@bp.route("/machines/<code>/photo", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("machine.document")
def machine_photo(code: str) -> ResponseReturnValue:
    """Another photo of a machine."""
    machine, form = _machine(code), MachinePhotoForm(data={"key": sent_pieces.new_key()})
    if form.validate_on_submit():
        try:
            doc = actions_docs.add(machine, sent_pieces.photo_of(form), form.key.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("La photo est sur la page."), url_for("machines.remove_doc", public_id=doc.public_id))
            return redirect(url_for("machines.docs", code=code), 303)
    failed = bool(form.errors)
    page = render_template("machines/doc_photo.html", machine=machine, form=form, form_errors=failed)
    return page, 422 if failed else 200


@bp.post("/machines/documents/<public_id>/retirer")
@allowed("machine.document")
def remove_doc(public_id: str) -> ResponseReturnValue:
    """Take one off the page."""
    return _do(public_id, actions_docs.remove, _("C’est retiré."), "machines.put_doc_back")


@bp.post("/machines/documents/<public_id>/remettre")
@allowed("machine.document")
def put_doc_back(public_id: str) -> ResponseReturnValue:
    """Put one on the page again."""
    return _do(public_id, actions_docs.put_back, _("C’est remis."), "machines.remove_doc")


@bp.get("/machines/documents/<public_id>/fichier")
@allowed("machine.read")
def doc_file(public_id: str) -> ResponseReturnValue:
    """A PDF of a machine, to download: nothing in it runs on our pages."""
    return _file(_readable(public_id))


@bp.get("/machines/documents/<public_id>/photo")
@allowed("machine.read")
def doc_photo(public_id: str) -> ResponseReturnValue:
    """The photo of a machine."""
    doc = _readable(public_id)
    return _picture(doc) if doc.kind == "photo" else abort(404)


@bp.get("/reserver/<code>/documents/<doc_id>")
@allowed("booking.own")
def my_doc(code: str, doc_id: str) -> ResponseReturnValue:
    """The same PDF for a young person, as long as it stands on the machine's page."""
    papers = queries_docs.docs_of(db.session(), _machine(code).id).papers
    return _file(next((one for one in papers if one.public_id == doc_id), None) or abort(404))


@bp.get("/reserver/<code>/photo")
@allowed("booking.own")
def my_photo(code: str) -> ResponseReturnValue:
    """The same photo for a young person."""
    photo = queries_docs.docs_of(db.session(), _machine(code).id).photo
    return _picture(photo) if photo else abort(404)


def _file(doc: MachineDoc) -> ResponseReturnValue:
    found = doc.kind == "file" and doc.file_key
    return (found and kept_files.answer(found, "file", doc.file_name or "document.pdf")) or abort(404)


def _picture(doc: MachineDoc) -> ResponseReturnValue:
    return (doc.file_key and kept_files.answer(doc.file_key, "large", "photo.jpg")) or abort(404)


def _piece_of(form: DocForm) -> Piece:
    """What the form holds, its file looked at. Raises Refused."""
    if found := rules_docs.choice_refusals(url=bool(form.url.data), file=bool(form.file.data)):
        raise Refused(found)
    if form.url.data:
        return Piece("link", form.title.data, url=form.url.data)
    name = sent_files.name_of(form.file.data.filename or "")
    raw = form.file.data.read(sent_files.HEAVIEST + 1)
    if found := rules_docs.add_refusals("file", "", name, there=0):
        raise Refused(found)
    sent_files.check(raw, name)
    return Piece("file", form.title.data, contents={"file": raw}, file_name=name)


def _do(
    public_id: str, act: Callable[[MachineDoc, Person, datetime], None], done: str, undo: str
) -> ResponseReturnValue:
    doc = queries_docs.by_public_id(db.session(), public_id) or abort(404)
    try:
        act(doc, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        say_with_way_back(done, url_for(undo, public_id=public_id))
    return redirect(url_for("machines.docs", code=doc.machine.code), 303)


def _readable(public_id: str) -> MachineDoc:
    """One that stands on a page; to the coordination, also one taken off."""
    doc = queries_docs.by_public_id(db.session(), public_id)
    if doc is None or (doc.removed_at is not None and not me().may("machine.document")):
        abort(404)
    return doc


def _machine(code: str) -> Machine:
    return queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now())) or abort(404)
