"""Moving people to another version: who, what counts for what, where each would stand; the moves made, undone."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _, lazy
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused
from pathways import actions_moving, queries_moving, queries_versions
from pathways.blueprint import bp
from pathways.forms_drafts import CheckboxesField
from pathways.models_moves import VersionMove
from pathways.models_pathways import PathwayVersion
from pathways.queries_moving import Crew
from pathways.rules_moving import fates, mapping_refusals, proposed
from pathways.values_versions import Known

Mapping = dict[str, tuple[str, ...]]


class MoveForm(BaseForm):
    """Who is moved, and what counts for what; made by ``_form``."""

    groups = CheckboxesField(lazy("Qui change de version"))

    def mapping(self, before: list[Known]) -> Mapping:
        """What counts for what, as it is ticked."""
        found = {one.code: tuple(self[f"to_{one.code}"].data or ()) for one in before if f"to_{one.code}" in self}
        return {code: targets for code, targets in found.items() if targets}


@bp.route("/parcours/<code>/versions/<int:number>/deplacer", methods=["GET", "POST"])
@allowed("pathway.versions")
def move_people(code: str, number: int) -> ResponseReturnValue:
    """Move people from a version to the published one: first shown person by person, then done at once."""
    before, after = _versions(code, number)
    crews = queries_moving.crews_of(db.session(), before.id)
    known, coming = queries_moving.known_of(before), queries_moving.known_of(after)
    form = _form(crews, known, coming)
    mapping = form.mapping(known) if form.is_submitted() else proposed(known, coming)
    stands: list[queries_moving.Stand] | None = None
    if form.validate_on_submit():
        form.show(mapping_refusals(known, coming, mapping, _guarded(mapping)))
        stands = _shown(form, crews, after, mapping)
        wanted = stands is not None and request.form.get("act") == "move"
        if wanted and (made := _made(form, before, after, mapping)):
            flash(_("C’est fait. Les personnes sont prévenues."))
            return redirect(url_for(".version_move", public_id=made.public_id), 303)
    titles = {one.code: one.title for one in (*known, *coming)}
    page = render_template(
        "versions/move.html",
        before=before,
        after=after,
        crews=crews,
        known=known,
        form=form,
        form_errors=form.errors,
        fates=fates(known, coming, mapping),
        titles=titles,
        stands=stands or [],
        seen=queries_moving.stamp_of(stands, mapping) if stands else "",
    )
    return page, 422 if form.errors else 200


@bp.get("/changements-de-version/<public_id>")
@allowed("pathway.versions")
def version_move(public_id: str) -> ResponseReturnValue:
    """A move: who, with which mapping, and its way back."""
    found = _move(public_id)
    people = queries_moving.moved_people(db.session(), found.id)
    codes = [*found.mapping, *(target for targets in found.mapping.values() for target in targets)]
    titles = queries_moving.titles_of(db.session(), codes)
    counts = [
        (titles.get(code, code), ", ".join(titles.get(one, one) for one in targets))
        for code, targets in found.mapping.items()
    ]
    return render_template("versions/moved.html", move=found, people=people, counts=counts)


@bp.post("/changements-de-version/<public_id>/annuler")
@allowed("pathway.versions")
def move_people_back(public_id: str) -> ResponseReturnValue:
    """Undo a move."""
    try:
        actions_moving.move_back(_move(public_id), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("C’est annulé\u00a0: tout est comme avant. Les personnes sont prévenues."))
    return redirect(url_for(".version_move", public_id=public_id), 303)


def _shown(
    form: MoveForm, crews: list[Crew], after: PathwayVersion, mapping: Mapping
) -> list[queries_moving.Stand] | None:
    """Where each of the people chosen would stand; None when the form says something wrong."""
    chosen = [crew for crew in crews if crew.code in (form.groups.data or ())]
    if not chosen:
        form.groups.errors = [_("Choisir au moins un groupe ou une personne.")]
    if form.errors:
        return None
    return queries_moving.stands_of(db.session(), [one for crew in chosen for one in crew.enrolments], after, mapping)


def _made(form: MoveForm, before: PathwayVersion, after: PathwayVersion, mapping: Mapping) -> VersionMove | None:
    """The move, made as it was shown; refused, the form says why."""
    try:
        return actions_moving.move(
            before, after, form.groups.data, mapping, request.form.get("seen", ""), me(), clock.now()
        )
    except Refused as refused:
        form.show(refused.refusals)
        return None


def _versions(code: str, number: int) -> tuple[PathwayVersion, PathwayVersion]:
    before = queries_versions.version_by_number(db.session(), code, number) or abort(404)
    _draft, published = queries_versions.draft_and_published(db.session(), code)
    if before.status != "retired" or published is None:
        abort(404)
    return before, published


def _guarded(mapping: Mapping) -> dict[str, str]:
    return queries_moving.guarded_of(db.session(), {target for targets in mapping.values() for target in targets})


def _move(public_id: str) -> VersionMove:
    return queries_moving.move_by_public_id(db.session(), public_id) or abort(404)


def _form(crews: list[Crew], before: list[Known], after: list[Known]) -> MoveForm:
    """The form, its mapping as it is proposed: a row of ticks for each competency of before."""
    known = {one.code for one in before}
    fresh = [(one.code, one.title) for one in after if one.code not in known]
    fields: dict[str, Any] = {}
    if fresh:
        for one in before:
            fields[f"to_{one.code}"] = CheckboxesField(one.title, choices=[SelectChoice(*each) for each in fresh])
    made: type[MoveForm] = type("MoveForm", (MoveForm,), fields)
    hint = {f"to_{code}": list(targets) for code, targets in proposed(before, after).items()}
    form = made(data={"groups": [crew.code for crew in crews], **hint})
    form.groups.choices = [SelectChoice(crew.code, _crew(crew)) for crew in crews]
    return form


def _crew(crew: Crew) -> str:
    if crew.group is None:
        return _("%(name)s, à son rythme", name=crew.name)
    return _("%(name)s (%(count)s inscrits)", name=crew.name, count=len(crew.enrolments))
