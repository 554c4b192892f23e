"""Problems of machines: anybody at the machines says one, the team looks at it and says what was done."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock, kept_files
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed, takes
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_repair, queries_cards, queries_repair, queries_week
from machines.blueprint import bp
from machines.forms_repair import CAUSE_WORDS, RepairForm, ReportForm, TeamReportForm
from machines.models import Machine
from machines.models_repair import Ticket
from machines.words import given_back, told
from pathways import sent_pieces
from pathways.upkeep_evidence import Piece

#: the size in an address -> which of the files of a photo
SIZES = {"petite": "small", "grande": "large"}


@bp.route("/machines/<code>/signaler", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("machine.report")
def report(code: str) -> ResponseReturnValue:
    """The desk says what is wrong with a machine; the team also says whether it stops."""
    form_class = TeamReportForm if me().may("machine.state") else ReportForm
    return _report_page(code, form_class, url_for(".machine", code=code))


@bp.route("/reserver/<code>/signaler", methods=["GET", "POST"])
@takes(sent_pieces.MOST)
@allowed("booking.own")
def report_mine(code: str) -> ResponseReturnValue:
    """I say what is wrong with a machine."""
    return _report_page(code, ReportForm, url_for(".hours", code=code))


def _report_page(code: str, form_class: type[ReportForm], after: str) -> ResponseReturnValue:
    machine = queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now()))
    if machine is None:
        abort(404)
    form, stops = form_class(data={"key": sent_pieces.new_key()}), False
    if isinstance(form, TeamReportForm) and "arret" in request.args:
        form.severity.data, stops = "grave", True
    if form.validate_on_submit() and _reported(machine, form):
        return redirect(after, 303)
    failed = bool(form.errors)
    page = render_template(
        "machines/report.html", machine=machine, form=form, stops=stops, after=after, form_errors=failed
    )
    return page, 422 if failed else 200


def _reported(machine: Machine, form: ReportForm) -> bool:
    """Whether the problem is noted; else the form says why not."""
    by, now = me(), clock.now()
    try:
        photo = _photo_of(form)
        if isinstance(form, TeamReportForm) and form.severity.data == "grave":
            reported = actions_repair.report_grave(machine, form.said, photo, form.back_on.data, by, now)
            if reported.laid is None:
                flash(_("C’est signalé."))
            else:
                undo = url_for("machines.undo_out_of_service", code=machine.code)
                say_with_way_back(told(len(reported.laid.suspended), len(reported.laid.marked)), undo)
        else:
            actions_repair.report(machine, form.said, photo, by, now)
            flash(_("C’est signalé. L’équipe va vérifier."))
    except Refused as refused:
        form.show(refused.refusals)
        return False
    return True


def _photo_of(form: ReportForm) -> Piece | None:
    """The photo of a problem, drawn anew; None: none was chosen. Raises Refused."""
    return sent_pieces.photo_of(form) if form.photo.data else None


@bp.route("/machines/problemes/<public_id>", methods=["GET", "POST"])
@allowed("machine.state")
def ticket(public_id: str) -> ResponseReturnValue:
    """A problem: what was said, what its end gives back; saying what was done."""
    found, form, now = _ticket(public_id), RepairForm(), clock.now()
    if form.validate_on_submit():
        try:
            repaired = actions_repair.repair(found, form.done.data, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            undo = url_for("machines.reopen_ticket", public_id=public_id)
            words = given_back(len(repaired.lifted.waiting)) if repaired.lifted else ""
            say_with_way_back(f"{_('Problème réglé.')} {words}".strip(), undo)
            return redirect(url_for("machines.machine", code=found.machine.code), 303)
    session = db.session()
    waiting = [one for one in queries_week.bookings_to_come(session, found.machine_id, now) if one.suspended]
    page = render_template(
        "machines/ticket.html",
        ticket=found,
        form=form,
        form_errors=bool(form.errors),
        cause=CAUSE_WORDS[found.cause],
        others=queries_repair.keep_out(session, found.closure_id) - 1 if found.closure_id else 0,
        waiting=waiting,
        names=queries_week.holders(session, {one.holder_id for one in waiting if one.holder_id is not None}),
    )
    return page, 422 if form.errors else 200


@bp.post("/machines/problemes/<public_id>/rouvrir")
@allowed("machine.state")
def reopen_ticket(public_id: str) -> ResponseReturnValue:
    """It is not settled after all: to be looked at again."""
    try:
        actions_repair.reopen(_ticket(public_id), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Le problème est rouvert\u00a0: à vérifier."))
    return redirect(url_for("machines.ticket", public_id=public_id), 303)


@bp.get("/machines/problemes/<public_id>/photo/<size>")
@allowed("machine.state")
def ticket_photo(public_id: str, size: str) -> ResponseReturnValue:
    """The photo of a problem."""
    found = _ticket(public_id)
    answer = kept_files.answer(found.file_key, SIZES[size], "photo.jpg") if found.file_key and size in SIZES else None
    return answer or abort(404)


def _ticket(public_id: str) -> Ticket:
    return queries_repair.ticket_by_public_id(db.session(), public_id) or abort(404)
