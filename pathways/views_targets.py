"""What a stage of a draft aims at: competencies of the house or new ones, their level, their words in this version."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, joined
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_drafts, queries_versions
from pathways.actions_drafts import Worded
from pathways.blueprint import bp
from pathways.forms_versions import AddTargetForm, NewCompetencyForm, TargetForm
from pathways.models_pathways import StageTarget
from pathways.views_drafts import show_form, stage_or_404, write


@bp.route("/parcours/<code>/brouillon/etapes/<int:stage_id>/competences", methods=["GET", "POST"])
@allowed("pathway.versions")
def add_target(code: str, stage_id: int) -> ResponseReturnValue:
    """A competency of the house is aimed at in a stage."""
    session, stage = db.session(), stage_or_404(code, stage_id)
    aimed = {target.competency_id for target in stage.targets}
    drafted = [one.competency for other in stage.version.stages for one in other.targets if one.competency.draft]
    every = {one.code: one for one in [*queries_versions.competencies(session), *drafted] if one.id not in aimed}
    form = AddTargetForm()
    form.offer([(one.code, f"{one.code} · {one.title}") for one in every.values()])
    form.offer_levels(queries_versions.levels(session))
    back = url_for(".draft_stage", code=code, stage_id=stage_id)
    if form.validate_on_submit():
        try:
            actions_drafts.add_target(stage, every[form.competency.data], form.level.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Compétence ajoutée."))
            return redirect(back, 303)
    title = _("Viser une compétence")
    return show_form(stage.version, form, title, [], back, above=in_french(stage.name))


@bp.route("/parcours/<code>/brouillon/etapes/<int:stage_id>/competences/nouvelle", methods=["GET", "POST"])
@allowed("pathway.versions")
def new_competency(code: str, stage_id: int) -> ResponseReturnValue:
    """A competency that the house does not have, aimed at in a stage."""
    session, stage = db.session(), stage_or_404(code, stage_id)
    _draft, published = queries_versions.draft_and_published(session, code)
    earlier = [target for one in published.stages for target in one.targets] if published else []
    form = NewCompetencyForm()
    form.offer(
        [(kind.code, kind.label) for kind in queries_versions.evidence_kinds(session)],
        list({one.competency.code: (one.competency.code, one.title) for one in earlier}.values()),
    )
    form.offer_levels(queries_versions.levels(session))
    back = url_for(".draft_stage", code=code, stage_id=stage_id)
    if form.validate_on_submit():
        values = {name: value for name, value in form.wanted.items() if name != "level"}
        values["replaces"] = values["replaces"] or ""  # made in a draft: says what it replaces, be it nothing
        try:
            actions_drafts.make_competency(stage, values, form.level.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Compétence ajoutée. Personne ne la voit avant la publication."))
            return redirect(back, 303)
    return show_form(stage.version, form, _("Nouvelle compétence"), [], back, above=in_french(stage.name))


@bp.route("/parcours/<code>/brouillon/competences/<int:target_id>", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_target(code: str, target_id: int) -> ResponseReturnValue:
    """The level of a competency in a stage, and its words in this version."""
    session, target = db.session(), _target_or_404(code, target_id)
    form = TargetForm(obj=target)
    form.offer_levels(queries_versions.levels(session))
    held = {name: getattr(Worded(target), name) for name in form.wanted}
    back = url_for(".draft_stage", code=code, stage_id=target.stage_id)
    if form.validate_on_submit():
        done = write(form, lambda written: actions_drafts.change_target(target, written, me(), clock.now()), back)
        if done is not None:
            return done
        target = _target_or_404(code, target_id)
        held = {name: getattr(Worded(target), name) for name in held}
    others = queries_versions.elsewhere(session, target.competency_id, target.stage.version.pathway_id)
    note = None
    if others:
        names = ", ".join(others)
        note = _("Elle sert aussi dans\u00a0: %(names)s. Là-bas, ses mots et son niveau restent.", names=names)
    stamps = form.stamps(held, request.form)
    above = joined((in_french(target.stage.name), target.competency.code), " · ")
    return show_form(target.stage.version, form, in_french(target.title), stamps, back, above=above, note=note)


@bp.route("/parcours/<code>/brouillon/competences/<int:target_id>/retirer", methods=["GET", "POST"])
@allowed("pathway.versions")
def remove_target(code: str, target_id: int) -> ResponseReturnValue:
    """A stage does not aim at a competency any more, asked once."""
    target = _target_or_404(code, target_id)
    if request.method == "GET":
        return render_template("versions/remove_target.html", version=target.stage.version, target=target)
    back = url_for(".draft_stage", code=code, stage_id=target.stage_id)
    try:
        actions_drafts.remove_target(target, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Cette étape ne la vise plus."))
    return redirect(back, 303)


def _target_or_404(code: str, target_id: int) -> StageTarget:
    return queries_versions.draft_target(db.session(), code, target_id) or abort(404)
