"""The versions of a pathway: the list, a version, what a draft changes; preparing, publishing, taking back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_versions, queries_moving, queries_versions
from pathways.blueprint import bp
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.words_versions import STATUSES, by_part, changes


class ConfirmForm(BaseForm):
    """A form of one button, whose refusals are said on top of it."""


@bp.get("/parcours")
@allowed("pathway.versions")
def pathways() -> ResponseReturnValue:
    """Every pathway of the house, what is published and what is being prepared."""
    return render_template("versions/pathways.html", lines=queries_versions.pathway_lines(db.session()))


@bp.get("/parcours/<code>")
@allowed("pathway.versions")
def versions(code: str) -> ResponseReturnValue:
    """The versions of a pathway, and who follows each."""
    session = db.session()
    pathway = _pathway(code)
    lines = queries_versions.version_lines(session, pathway)
    return render_template(
        "versions/versions.html",
        pathway=pathway,
        lines=lines,
        statuses=STATUSES,
        published=next((line for line in lines if line.version.status == "published"), None),
        draft=next((line for line in lines if line.version.status == "draft"), None),
        moves=queries_moving.moves_of(session, pathway.id),
    )


@bp.get("/parcours/<code>/versions/<int:number>")
@allowed("pathway.versions")
def version(code: str, number: int) -> ResponseReturnValue:
    """One version as it stands, and what it changed from the one before."""
    session = db.session()
    found, before = queries_versions.version_and_before(session, code, number)
    if found is None:
        abort(404)
    if found.status == "draft":
        return redirect(url_for(".draft", code=code))
    badges = queries_versions.safety_badges(session)
    names = queries_versions.names_of(session, [found, *([before] if before else [])], badges)
    return render_template(
        "versions/version.html",
        version=found,
        before=before,
        changes=by_part(changes(before, found, names)) if before else [],
        names=names,
        badges=", ".join(names.badges.get(one, one) for one in found.target_badges),
        statuses=STATUSES,
    )


@bp.get("/parcours/<code>/brouillon")
@allowed("pathway.versions")
def draft(code: str) -> ResponseReturnValue:
    """A version being prepared: its parts to write in, what it changes, what is still to be mended."""
    session = db.session()
    found, published = queries_versions.draft_and_published(session, code)
    if found is None:
        return redirect(url_for(".versions", code=_pathway(code).code))
    badges = queries_versions.safety_badges(session)
    names = queries_versions.names_of(session, [one for one in (found, published) if one], badges)
    return render_template(
        "versions/draft.html",
        version=found,
        published=published,
        changes=by_part(changes(published, found, names)),
        faults=queries_versions.faults_of(found, badges, names),
        badges=", ".join(names.badges.get(one, one) for one in found.target_badges),
    )


@bp.post("/parcours/<code>/versions/<int:number>/preparer")
@allowed("pathway.versions")
def prepare(code: str, number: int) -> ResponseReturnValue:
    """Copy a version into a draft."""
    try:
        actions_versions.prepare(_version(code, number), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("La nouvelle version se prépare. Personne ne la voit encore."))
    return redirect(url_for(".draft", code=code), 303)


@bp.route("/parcours/<code>/brouillon/ecarter", methods=["GET", "POST"])
@allowed("pathway.versions")
def discard(code: str) -> ResponseReturnValue:
    """Throw the draft away, asked once."""
    found, _published = queries_versions.draft_and_published(db.session(), code)
    if found is None:
        return redirect(url_for(".versions", code=_pathway(code).code))
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            actions_versions.discard(found, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Le brouillon est écarté. La version publiée n’a pas changé."))
            return redirect(url_for(".versions", code=code), 303)
    page = render_template("versions/discard.html", version=found, form=form, form_errors=form.errors)
    return page, 422 if form.errors else 200


@bp.route("/parcours/<code>/brouillon/publier", methods=["GET", "POST"])
@allowed("pathway.versions")
def publish(code: str) -> ResponseReturnValue:
    """What the draft changes, shown once more before it is published."""
    found, published = queries_versions.draft_and_published(db.session(), code)
    if found is None:
        return redirect(url_for(".versions", code=_pathway(code).code))
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            actions_versions.publish(found, request.form.get("seen", ""), me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
            found, published = queries_versions.draft_and_published(db.session(), code)
            if found is None:
                abort(404)
        else:
            flash(_("La version %(number)s est publiée.", number=found.number))
            return redirect(url_for(".versions", code=code), 303)
    return _publish_page(found, published, form), 422 if form.errors else 200


def _publish_page(draft: PathwayVersion, published: PathwayVersion | None, form: ConfirmForm) -> str:
    """What a draft changes, part by part, and what must be mended first, then the form."""
    session = db.session()
    badges = queries_versions.safety_badges(session)
    names = queries_versions.names_of(session, [one for one in (draft, published) if one], badges)
    told = changes(published, draft, names)
    return render_template(
        "versions/publish.html",
        version=draft,
        published=published,
        changes=by_part(told),
        faults=queries_versions.faults_of(draft, badges, names),
        seen=queries_versions.stamp_of(told),
        form=form,
        form_errors=form.errors,
    )


@bp.post("/parcours/<code>/versions/<int:number>/depublier")
@allowed("pathway.versions")
def unpublish(code: str, number: int) -> ResponseReturnValue:
    """A version that nobody lives yet is a draft again."""
    try:
        actions_versions.unpublish(_version(code, number), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("La version est de nouveau un brouillon. Celle d’avant est publiée."))
    return redirect(url_for(".versions", code=code), 303)


def _pathway(code: str) -> Pathway:
    return queries_versions.pathway_by_code(db.session(), code) or abort(404)


def _version(code: str, number: int) -> PathwayVersion:
    return queries_versions.version_by_number(db.session(), code, number) or abort(404)
