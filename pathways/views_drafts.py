"""Writing in a draft, page by page: the texts, the public, badges, pieces, stages and what they aim at."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_drafts, queries_versions
from pathways.actions_drafts import Written
from pathways.blueprint import bp
from pathways.forms_drafts import DraftForm
from pathways.forms_versions import (
    BadgesForm,
    CharterForm,
    ChoiceForm,
    PublicForm,
    StageForm,
    TextsForm,
    papers_form,
)
from pathways.models_pathways import PathwayVersion, Stage
from pathways.words_versions import Names, said


@bp.route("/parcours/<code>/brouillon/textes", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_texts(code: str) -> ResponseReturnValue:
    """What is said of the pathway."""
    version = draft_or_404(code)
    return _version_page(version, TextsForm(obj=version), _("Les textes"))


@bp.route("/parcours/<code>/brouillon/public", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_public(code: str) -> ResponseReturnValue:
    """For whom, how many, how often."""
    version = draft_or_404(code)
    return _version_page(version, PublicForm(obj=version), _("Public et rythme"))


@bp.route("/parcours/<code>/brouillon/badges", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_badges(code: str) -> ResponseReturnValue:
    """Which safety badges are taught."""
    version = draft_or_404(code)
    badges = queries_versions.safety_badges(db.session())
    choice = version.badge_choice or {"count": None, "among": []}
    held = {"target_badges": version.target_badges, "choice_count": choice["count"], "choice_among": choice["among"]}
    form = BadgesForm(data=held)
    form.offer([(badge.code, badge.name) for badge in badges])
    return _version_page(version, form, _("Badges de sécurité"))


@bp.route("/parcours/<code>/brouillon/pieces", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_papers(code: str) -> ResponseReturnValue:
    """Which pieces are asked."""
    version = draft_or_404(code)
    return _version_page(version, papers_form(version.papers), _("Pièces demandées"))


@bp.route("/parcours/<code>/brouillon/charte", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_charter(code: str) -> ResponseReturnValue:
    """What whoever follows the pathway agrees to, where it has a charter."""
    version = draft_or_404(code)
    if not version.charter:
        abort(404)
    return _version_page(version, CharterForm(obj=version), _("La charte"))


@bp.route("/parcours/<code>/brouillon/etapes/nouvelle", methods=["GET", "POST"])
@allowed("pathway.versions")
def new_stage(code: str) -> ResponseReturnValue:
    """A further stage."""
    version = draft_or_404(code)
    form = StageForm()
    if form.validate_on_submit():
        try:
            stage = actions_drafts.add_stage(version, form.wanted, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Étape ajoutée. Dire maintenant ce qu’elle vise."))
            return redirect(url_for(".draft_stage", code=code, stage_id=stage.id), 303)
    return show_form(version, form, _("Nouvelle étape"), [], url_for(".draft", code=code))


@bp.route("/parcours/<code>/brouillon/etapes/<int:stage_id>", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_stage(code: str, stage_id: int) -> ResponseReturnValue:
    """A stage, its place among the others, and what it aims at."""
    stage = stage_or_404(code, stage_id)
    form = StageForm(obj=stage)
    held = {name: getattr(stage, name) for name in form.wanted}
    if form.validate_on_submit():
        here = url_for(".draft_stage", code=code, stage_id=stage_id)
        done = write(form, lambda written: actions_drafts.change_stage(stage, written, me(), clock.now()), here)
        if done is not None:
            return done
        stage = stage_or_404(code, stage_id)
        held = {name: getattr(stage, name) for name in held}
    page = render_template(
        "versions/stage.html",
        version=stage.version,
        stage=stage,
        stages=stage.version.stages,
        names=_names(stage.version),
        form=form,
        form_errors=form.errors,
        stamps=form.stamps(held, request.form),
        choice=said("choice", stage.choice, _names_of_choice(stage)) if stage.choice else None,
    )
    return page, 422 if form.errors else 200


@bp.route("/parcours/<code>/brouillon/etapes/<int:stage_id>/choix", methods=["GET", "POST"])
@allowed("pathway.versions")
def draft_choice(code: str, stage_id: int) -> ResponseReturnValue:
    """Competencies of which some are enough for a stage."""
    stage = stage_or_404(code, stage_id)
    choice = stage.choice or {"count": None, "among": [], "level": None}
    form = ChoiceForm(data=choice)
    offered = queries_versions.competencies(db.session())
    form.offer(queries_versions.levels(db.session()), [(one.code, one.title) for one in offered])
    held = {"choice": stage.choice}
    back = url_for(".draft_stage", code=code, stage_id=stage_id)
    if form.validate_on_submit():
        done = write(form, lambda written: actions_drafts.change_stage(stage, written, me(), clock.now()), back)
        if done is not None:
            return done
        stage = stage_or_404(code, stage_id)
        held = {"choice": stage.choice}
    stamps = form.stamps(held, request.form)
    return show_form(stage.version, form, _("Compétences au choix"), stamps, back, above=in_french(stage.name))


@bp.post("/parcours/<code>/brouillon/etapes/<int:stage_id>/place")
@allowed("pathway.versions")
def place_stage(code: str, stage_id: int) -> ResponseReturnValue:
    """A stage goes one place up or down."""
    stage = stage_or_404(code, stage_id)
    stages = list(stage.version.stages)
    place = stages.index(stage)
    up = request.form.get("to") == "up"
    before = stages[max(place - 1, 0)] if up else next(iter(stages[place + 2 :]), None)
    return _act(lambda: actions_drafts.move_stage(stage, before, me(), clock.now()), url_for(".draft", code=code))


@bp.route("/parcours/<code>/brouillon/etapes/<int:stage_id>/retirer", methods=["GET", "POST"])
@allowed("pathway.versions")
def remove_stage(code: str, stage_id: int) -> ResponseReturnValue:
    """Take a stage out of the draft, asked once."""
    stage = stage_or_404(code, stage_id)
    if request.method == "POST":
        return _act(lambda: actions_drafts.remove_stage(stage, me(), clock.now()), url_for(".draft", code=code))
    return render_template("versions/remove_stage.html", version=stage.version, stage=stage)


# --- what they share ----------------------------------------------------------------------------


def draft_or_404(code: str) -> PathwayVersion:
    """The draft of a pathway."""
    found, _published = queries_versions.draft_and_published(db.session(), code)
    return found or abort(404)


def stage_or_404(code: str, stage_id: int) -> Stage:
    """A stage of the draft of a pathway."""
    return queries_versions.draft_stage(db.session(), code, stage_id) or abort(404)


def write(form: DraftForm, act: Callable[[Written], int], back: str) -> ResponseReturnValue | None:
    """Ask the action; None where it refuses, the refusals then stand beside their fields."""
    seen = {name[5:]: mark for name, mark in request.form.items() if name.startswith("seen_")}
    names = Names({}, {}, queries_versions.levels(db.session()))
    try:
        changed = act(Written(form.wanted, seen, lambda name, value: said(name, value, names)))
    except Refused as refused:
        form.show(refused.refusals)
        return None
    flash(_("Le brouillon est changé.") if changed else _("Rien n’a changé."))
    return redirect(back, 303)


def show_form(
    version: PathwayVersion,
    form: DraftForm,
    title: str,
    stamps: list[tuple[str, str]],
    back: str,
    *,
    above: str | None = None,
    note: str | None = None,
) -> ResponseReturnValue:
    """A page of one form of the draft."""
    told: dict[str, Any] = {"title": title, "stamps": stamps, "back": back, "above": above, "note": note}
    page = render_template("versions/form.html", version=version, form=form, form_errors=form.errors, **told)
    return page, 422 if form.errors else 200


def _version_page(version: PathwayVersion, form: DraftForm, title: str) -> ResponseReturnValue:
    back = url_for(".draft", code=version.pathway.code)
    names = list(form.wanted)
    held = {name: getattr(version, name) for name in names}
    if form.validate_on_submit():
        act = lambda written: actions_drafts.change_version(version, written, me(), clock.now())  # noqa: E731
        done = write(form, act, back)
        if done is not None:
            return done
        version = draft_or_404(version.pathway.code)
        held = {name: getattr(version, name) for name in names}
    return show_form(version, form, title, form.stamps(held, request.form), back)


def _act(act: Callable[[], None], back: str) -> ResponseReturnValue:
    try:
        act()
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Le brouillon est changé."))
    return redirect(back, 303)


def _names(version: PathwayVersion) -> Names:
    return Names({}, {}, queries_versions.levels(db.session()))


def _names_of_choice(stage: Stage) -> Names:
    return queries_versions.names_of(db.session(), [stage.version], [])
