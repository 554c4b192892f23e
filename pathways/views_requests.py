"""What a young person asks: to be trained for a badge, to be seen for a competency; and takes back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french
from fablab.pages import allowed, local_address
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_requests, queries_awards, queries_grid, queries_requests
from pathways.blueprint import bp
from pathways.forms_requests import SeenForm
from pathways.models_pathways import Competency


@bp.post("/mes-badges/<code>/demander")
@allowed("pathway.own")
def ask_training(code: str) -> ResponseReturnValue:
    """«Je demande à être formé», in one tap, from a machine or a badge."""
    session = db.session()
    badge = queries_awards.badge_by_code(session, code)
    if badge is None:
        abort(404)
    machine = queries_awards.opened_by_code(session, badge.id, request.form.get("machine", ""))
    try:
        actions_requests.ask_training(me(), badge, clock.now(), machine=machine)
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("C’est demandé. L’équipe me répond ici."))
    return redirect(local_address(request.form.get("next")) or url_for(".my_badge", code=code), 303)


@bp.post("/mes-demandes/<public_id>/je-renonce")
@allowed("pathway.own")
def take_training_back(public_id: str) -> ResponseReturnValue:
    """«Je renonce» to be trained."""
    asked = queries_requests.training_by_public_id(db.session(), public_id)
    if asked is None or asked.person_id != me().id:
        abort(404)
    actions_requests.take_training_back(asked, me(), clock.now())
    if asked.status == "planned":
        flash(_("Mon créneau est prévu\u00a0: je renonce depuis l’accueil."))
    else:
        flash(_("C’est noté\u00a0: je renonce."))
    return redirect(local_address(request.form.get("next")) or url_for(".my_badges"), 303)


@bp.route("/mon-parcours/<int:competency_id>/je-pense-y-arriver", methods=["GET", "POST"])
@allowed("pathway.own")
def ask_seen(competency_id: int) -> ResponseReturnValue:
    """«Je pense y arriver»: my level and a sentence."""
    session, form = db.session(), SeenForm()
    competency = db.get_or_404(Competency, competency_id)
    leave = local_address(request.values.get("next")) or url_for(".my_path")
    form.offer([(level.level, in_french(level.young_label)) for level in queries_grid.scale(session)])
    if form.validate_on_submit():
        try:
            actions_requests.ask_to_be_seen(me(), competency, form.level.data, form.words.data, clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("C’est envoyé. Un animateur regarde avec moi."))
            return redirect(leave, 303)
    failed = bool(form.errors or form.form_errors)
    page = render_template("pathways/ask_seen.html", form=form, competency=competency, leave=leave, form_errors=failed)
    return page, 422 if failed else 200


@bp.post("/mon-parcours/demandes/<public_id>/reprendre")
@allowed("pathway.own")
def take_seen_back(public_id: str) -> ResponseReturnValue:
    """Take «je pense y arriver» back."""
    asked = queries_requests.seen_by_public_id(db.session(), public_id)
    if asked is None or asked.person_id != me().id:
        abort(404)
    actions_requests.take_seen_back(asked, me(), clock.now())
    flash(_("C’est repris."))
    return redirect(local_address(request.form.get("next")) or url_for(".my_path"), 303)
