"""Looking after machines: what is planned, what is done, the log; a young person who may writes in it too."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from machines import actions_care, queries_cards, queries_care, queries_repair, queries_year, words_care
from machines.blueprint import bp
from machines.forms_care import CloseForCareForm, DoCareForm, LogForm, PlanCareForm
from machines.models import Machine
from machines.models_care import Care, CareLine
from pathways.queries_helpers import follows_own_pace
from pathways.sent_pieces import new_key


@bp.route("/machines/<code>/entretien", methods=["GET", "POST"])
@allowed("machine.state")
def care_log(code: str) -> ResponseReturnValue:
    """What is planned for a machine, its log, how long it was out; writing in the log."""
    machine, form = _machine(code), LogForm(data={"key": new_key()})
    if form.validate_on_submit() and (line := _written(machine, form)):
        say_with_way_back(_("C’est noté."), url_for("machines.take_back_line", public_id=line.public_id))
        return redirect(url_for("machines.care_log", code=code), 303)
    session, now = db.session(), clock.now()
    lines, today = queries_care.lines_of(session, machine.id), clock.local_day(now)
    page = render_template(
        "machines/care_log.html",
        machine=machine,
        form=form,
        form_errors=bool(form.errors),
        planned=queries_care.planned(session, [machine.id], now),
        lines=lines,
        fresh={line.id for line in lines if clock.local_day(line.written_at) == today},
        out=queries_year.out_this_year(session, machine, now),
        words=words_care,
    )
    return page, 422 if form.errors else 200


@bp.route("/machines/<code>/entretien/prevoir", methods=["GET", "POST"])
@allowed("machine.state")
def plan_care(code: str) -> ResponseReturnValue:
    """Something to do on a machine again and again."""
    machine, form = _machine(code), PlanCareForm()
    if form.validate_on_submit():
        try:
            care = actions_care.plan(machine, form.wish, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            say_with_way_back(_("Entretien prévu."), url_for("machines.stop_care", public_id=care.public_id))
            return redirect(url_for("machines.care_log", code=code), 303)
    failed = bool(form.errors)
    page = render_template("machines/care_plan.html", machine=machine, form=form, form_errors=failed)
    return page, 422 if failed else 200


@bp.route("/machines/entretiens/<public_id>", methods=["GET", "POST"])
@allowed("machine.state")
def care(public_id: str) -> ResponseReturnValue:
    """Something planned: its steps, ticked as they are done; stopping the machine for it."""
    found, form = _care(public_id), DoCareForm(data={"key": new_key()})
    form.offer(found.steps)
    if form.validate_on_submit():
        try:
            ticked, words = form.ticked.data or [], form.words.data or None
            done = actions_care.do(found, ticked, words, form.key.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            back = _reopened(found, len(done.lifted.back)) if done.lifted else ""
            undo = url_for("machines.take_back_line", public_id=done.line.public_id)
            say_with_way_back(f"{_('C’est noté.')} {back}".strip(), undo)
            return _to_log(found)
    return _care_page(found, form, CloseForCareForm(formdata=None, data={"until": clock.local_day(clock.now())}))


@bp.post("/machines/entretiens/<public_id>/commencer")
@allowed("machine.state")
def close_for_care(public_id: str) -> ResponseReturnValue:
    """The machine stops to be looked after: its bookings wait, their people are told."""
    found, form = _care(public_id), CloseForCareForm()
    if form.validate():
        try:
            laid = actions_care.close(found, form.until.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            undo = url_for("machines.reopen_after_care", public_id=public_id)
            say_with_way_back(_closed(len(laid.suspended)), undo)
            return redirect(url_for("machines.care", public_id=public_id), 303)
    ticks = DoCareForm(formdata=None, data={"key": new_key()})
    ticks.offer(found.steps)
    return _care_page(found, ticks, form)


@bp.post("/machines/entretiens/<public_id>/rouvrir")
@allowed("machine.state")
def reopen_after_care(public_id: str) -> ResponseReturnValue:
    """The machine opens again without anything done."""
    found = _care(public_id)
    try:
        lifted = actions_care.reopen(found, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_reopened(found, len(lifted.back)))
    return redirect(url_for("machines.care", public_id=public_id), 303)


@bp.post("/machines/entretiens/<public_id>/arreter")
@allowed("machine.state")
def stop_care(public_id: str) -> ResponseReturnValue:
    """It is planned no more; what was done stays in the log."""
    found = _care(public_id)
    try:
        actions_care.stop(found, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Cet entretien n’est plus prévu."))
    return _to_log(found)


@bp.post("/machines/carnet/<public_id>/reprendre")
@allowed("machine.state")
def take_back_line(public_id: str) -> ResponseReturnValue:
    """A line of the log was a mistake."""
    line = queries_care.line_by_public_id(db.session(), public_id) or abort(404)
    try:
        actions_care.take_back(line, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Ligne reprise."))
    return redirect(url_for("machines.care_log", code=line.machine.code), 303)


@bp.route("/reserver/<code>/carnet", methods=["GET", "POST"])
@allowed("booking.own")
def my_log(code: str) -> ResponseReturnValue:
    """I look after a machine and write in its log; for whoever follows a pathway at their own pace."""
    machine, session, now = _machine(code), db.session(), clock.now()
    if not follows_own_pace(session, me().id, clock.local_day(now)):
        abort(404)
    form = LogForm(data={"key": new_key()})
    if form.validate_on_submit() and _written(machine, form):
        flash(_("C’est noté. Merci."))
        return redirect(url_for("machines.my_log", code=code), 303)
    page = render_template(
        "machines/my_log.html",
        machine=machine,
        form=form,
        form_errors=bool(form.errors),
        planned=queries_care.planned(session, [machine.id], now),
        lines=queries_care.lines_of(session, machine.id, queries_care.A_FEW),
        words=words_care,
    )
    return page, 422 if form.errors else 200


def _written(machine: Machine, form: LogForm) -> CareLine | None:
    """The line that the form wrote; None: the form says why not."""
    try:
        return actions_care.write(machine, form.words.data, form.key.data, me(), clock.now())
    except Refused as refused:
        form.show(refused.refusals)
        return None


def _care_page(found: Care, form: DoCareForm, close_form: CloseForCareForm) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    failed = bool(form.errors or close_form.errors)
    page = render_template(
        "machines/care.html",
        care=found,
        form=form,
        close_form=close_form,
        form_errors=failed,
        planned=queries_care.planned_as(session, found, now),
        closed=found.closed_now(now),
        words=words_care,
    )
    return page, 422 if failed else 200


def _to_log(found: Care) -> ResponseReturnValue:
    return redirect(url_for("machines.care_log", code=found.machine.code), 303)


def _closed(waiting: int) -> str:
    if not waiting:
        return _("En entretien. Aucune réservation n’est touchée.")
    return ngettext(
        "En entretien. %(num)s réservation en attente\u00a0: la personne est prévenue.",
        "En entretien. %(num)s réservations en attente\u00a0: les personnes sont prévenues.",
        waiting,
    )


def _reopened(care: Care, back: int) -> str:
    if still := queries_repair.troubles(db.session(), [care.machine_id], clock.now()).get(care.machine_id):
        if still.state == "broken":
            return _("Plus d’arrêt pour cet entretien. La machine reste en panne.")
        if still.state == "maintenance":
            return _("Plus d’arrêt pour cet entretien. La machine reste arrêtée\u00a0: %(why)s.", why=still.words)
    if not back:
        return _("La machine est rouverte.")
    return ngettext(
        "La machine est rouverte. %(num)s réservation revient\u00a0: la personne est prévenue.",
        "La machine est rouverte. %(num)s réservations reviennent\u00a0: les personnes sont prévenues.",
        back,
    )


def _machine(code: str) -> Machine:
    return queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now())) or abort(404)


def _care(public_id: str) -> Care:
    return queries_care.care_by_public_id(db.session(), public_id) or abort(404)
