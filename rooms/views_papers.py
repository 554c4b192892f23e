"""The papers of one organisation: sent by its contacts, looked at by the coordination; and the list of all."""

import secrets
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bookings.values import Slot
from fablab import clock, kept_files
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed, takes
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions_papers, queries, queries_papers, rules_papers, sent_papers, words_papers
from rooms.actions_papers import Sent
from rooms.blueprint import bp
from rooms.forms_papers import AcceptForm, ConditionForm, PaperForm, TurnDownForm
from rooms.models_papers import StructurePaper
from rooms.values import Tenant, last_day
from rooms.values_papers import CONDITIONS


@bp.route("/structures/<public_id>/papiers", methods=["GET", "POST"])
@takes(sent_papers.MOST)
@allowed("structure.papers")
def papers(public_id: str) -> ResponseReturnValue:
    """Where the papers of an organisation stand, and one more sent."""
    tenant, form = _tenant_or_404(public_id), PaperForm(data={"key": secrets.token_urlsafe(16)})
    if form.validate_on_submit():
        try:
            contents, name = sent_papers.file_of(form.file.data)
            sent = Sent(form.kind.data, form.until.data, contents, name, form.key.data, form.first.data)
            actions_papers.send(tenant, sent, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Papier envoyé. La coordination va le contrôler."))
            return _to(tenant)
    failed = bool(form.errors)
    return _page(tenant, form), 422 if failed else 200


@bp.get("/structures/papiers")
@allowed("structure.check")
def renewals() -> ResponseReturnValue:
    """What is to look at, to ask for and to renew, of every organisation; what is settled apart."""
    found = queries_papers.renewals(db.session(), clock.now())
    every = "tout" in request.args
    shown = [one for one in found if every or not one.settled]
    return render_template(
        "rooms/renewals.html", shown=shown, settled=len(found) - len(shown), every=every, words=words_papers
    )


@bp.get("/structures/papiers/<public_id>/fichier")
@allowed("structure.papers")
def paper_file(public_id: str) -> Response:
    """The file of a paper, to keep: for the organisation that it is of, and the coordination."""
    paper = _paper_or_404(public_id)
    answer = kept_files.answer(paper.file_key or "", "file", paper.file_name) if paper.file_key else None
    return answer or abort(404)


@bp.post("/structures/papiers/<public_id>/retirer")
@allowed("structure.papers")
def withdraw_paper(public_id: str) -> ResponseReturnValue:
    """It was the wrong file: taken back before anybody answered."""
    paper = _paper_or_404(public_id)
    tenant = queries.tenants(db.session())[paper.structure_id]
    try:
        actions_papers.withdraw(paper, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Papier retiré."))
    return _to(tenant)


@bp.route("/structures/papiers/<public_id>/accepter", methods=["GET", "POST"])
@allowed("structure.check")
def accept_paper(public_id: str) -> ResponseReturnValue:
    """Somebody looks at a paper: good, up to the day that is read on it."""
    paper = _paper_or_404(public_id)
    form = AcceptForm(data=_days_of(paper))
    if form.validate_on_submit():
        try:
            actions_papers.accept(paper, form.until.data, me(), clock.now(), first=form.first.data)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _answered(paper, _("Papier accepté."))
    return _looking_at(paper, form, TurnDownForm(formdata=None), failed=bool(form.errors))


@bp.post("/structures/papiers/<public_id>/refuser")
@allowed("structure.check")
def refuse_paper(public_id: str) -> ResponseReturnValue:
    """Somebody looks at a paper: it will not do, and why."""
    paper, form = _paper_or_404(public_id), TurnDownForm()
    if form.validate_on_submit():
        try:
            actions_papers.turn_down(paper, form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            return _answered(paper, _("Papier refusé."))
    return _looking_at(paper, AcceptForm(formdata=None, data=_days_of(paper)), form, failed=True)


@bp.post("/structures/papiers/<public_id>/rouvrir")
@allowed("structure.check")
def reopen_paper(public_id: str) -> ResponseReturnValue:
    """The answer was a mistake: the paper is to be looked at again."""
    paper = _paper_or_404(public_id)
    actions_papers.reopen(paper, me(), clock.now())
    flash(_("Le papier est de nouveau à contrôler."))
    return _to(queries.tenants(db.session())[paper.structure_id])


@bp.route("/structures/<public_id>/conditions/<code>", methods=["GET", "POST"])
@allowed("structure.check")
def condition(public_id: str, code: str) -> ResponseReturnValue:
    """A condition is found met: since when, and what shows it."""
    tenant, form = _tenant_or_404(public_id), ConditionForm(data={"met_on": clock.local_day(clock.now())})
    if code not in CONDITIONS:
        abort(404)
    if form.validate_on_submit():
        try:
            actions_papers.meet(tenant, code, form.met_on.data, form.proof.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            undo = url_for(".unmeet_condition", public_id=public_id, code=code)
            say_with_way_back(_("Condition notée."), undo)
            return _to(tenant)
    failed = bool(form.errors)
    page = render_template(
        "rooms/condition.html", tenant=tenant, name=words_papers.CONDITIONS[code], form=form, form_errors=failed
    )
    return page, 422 if failed else 200


@bp.post("/structures/<public_id>/conditions/<code>/reprendre")
@allowed("structure.check")
def unmeet_condition(public_id: str, code: str) -> ResponseReturnValue:
    """It was a mistake: the condition is to be looked at again."""
    tenant = _tenant_or_404(public_id)
    actions_papers.unmeet(tenant, code, me(), clock.now())
    flash(_("La condition est de nouveau à vérifier."))
    return _to(tenant)


@bp.post("/structures/<public_id>/suspendre")
@allowed("structure.check")
def set_dates_aside(public_id: str) -> ResponseReturnValue:
    """Suspend the dates that lie over thirty days after the insurance ended."""
    tenant = _tenant_or_404(public_id)
    try:
        dates = actions_papers.set_aside(tenant, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        words = ngettext("%(num)s date suspendue.", "%(num)s dates suspendues.", len(dates))
        say_with_way_back(words, url_for(".give_dates_back", public_id=public_id), _("Redonner"))
    return _to(tenant)


@bp.post("/structures/<public_id>/redonner")
@allowed("structure.check")
def give_dates_back(public_id: str) -> ResponseReturnValue:
    """Give suspended dates back, where every rule agrees."""
    tenant = _tenant_or_404(public_id)
    given = actions_papers.give_back(tenant, me(), clock.now())
    flash(ngettext("%(num)s date redonnée.", "%(num)s dates redonnées.", len(given.back)))
    if left := len(given.waiting):
        flash(ngettext("%(num)s date attend encore\u00a0: assurance, ou heure prise.",
                       "%(num)s dates attendent encore\u00a0: assurance, ou heure prise.", left))  # fmt: skip
    return _to(tenant)


def _tenant_or_404(public_id: str) -> Tenant:
    """An organisation that the reader looks after or acts for today."""
    session = db.session()
    if me().may("structure.check"):
        known = list(queries.tenants(session).values())
    else:
        known = queries.acted_for(session, me().id, clock.local_day(clock.now()))
    return next((one for one in known if one.public_id == public_id), None) or abort(404)


def _paper_or_404(public_id: str) -> StructurePaper:
    """A paper of an organisation that the reader looks after or acts for today."""
    session = db.session()
    paper = queries_papers.paper_by_public_id(session, public_id) or abort(404)
    _tenant_or_404(queries.tenants(session)[paper.structure_id].public_id)
    return paper


def _page(tenant: Tenant, form: PaperForm) -> str:
    session, now = db.session(), clock.now()
    found = queries_papers.papers_of(session, tenant.id)
    checks, late, suspended = me().may("structure.check"), 0, 0
    if checks:
        standing = queries_papers.dates_of(session, tenant.id, now, suspended=False)
        late = sum(
            rules_papers.may_be_set_aside(tenant, last_day(Slot(one.starts_at, one.ends_at))) for one in standing
        )
        suspended = len(queries_papers.dates_of(session, tenant.id, now, suspended=True))
    terms = queries.rules_of(session).terms(tenant.kind)
    return render_template(
        "rooms/papers.html",
        tenant=tenant,
        standings=queries_papers.standings_of(session, tenant, found, now),
        papers=found,
        asked=[one for one in CONDITIONS if one in terms.conditions],
        met=queries_papers.conditions_of(session, tenant.id),
        checks=checks,
        may_set_aside=bool(late) and not rules_papers.setting_aside_refusals(tenant, clock.local_day(now)),
        late=late,
        suspended=suspended,
        form=form,
        form_errors=bool(form.errors),
        words=words_papers,
    )


def _looking_at(paper: StructurePaper, form: AcceptForm, turning: TurnDownForm, *, failed: bool) -> ResponseReturnValue:
    page = render_template(
        "rooms/paper.html",
        paper=paper,
        tenant=queries.tenants(db.session())[paper.structure_id],
        form=form,
        turning=turning,
        form_errors=failed,
        words=words_papers,
    )
    return page, 422 if failed else 200


def _days_of(paper: StructurePaper) -> dict[str, date | None]:
    return {"first": paper.covers_from, "until": paper.covers_until}


def _answered(paper: StructurePaper, said: str) -> ResponseReturnValue:
    say_with_way_back(said, url_for(".reopen_paper", public_id=paper.public_id))
    return _to(queries.tenants(db.session())[paper.structure_id])


def _to(tenant: Tenant) -> ResponseReturnValue:
    return redirect(url_for("rooms.papers", public_id=tenant.public_id), 303)
