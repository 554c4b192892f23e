"""Validating somebody outside any session: a whole badge in one check, or one competency after another."""

import secrets
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.toasts import say_with_way_back
from pathways import actions_validating, queries, queries_awards, queries_grid, queries_requests
from pathways import grid as grids
from pathways.blueprint import bp
from pathways.grid import Column, Draft, Grid, Malformed, Member
from pathways.queries_kept import asked_by
from pathways.queries_rights import rights_of
from pathways.rules_validating import may_validate
from pathways.values_badges import BadgeTerms
from pathways.values_validating import Cell
from pathways.views_keys import form_key

#: the level aimed at when no badge says it
USUAL_TARGET = 2


@dataclass(frozen=True)
class Bench:
    """What the page is made of: the person, the badge chosen (or none) and the competencies as a grid of one row."""

    person: Person
    badge: BadgeTerms | None
    grid: Grid
    families: dict[int, str]


@bp.route("/valider/jeunes/<public_id>", methods=["GET", "POST"])
@allowed("validation.write")
def validate_one(public_id: str) -> ResponseReturnValue:
    """Validate somebody in the open lab. With a badge, what it asks and is missing comes ticked: one check for all."""
    bench = _bench(public_id)
    if request.method == "GET":
        draft = bench.grid.fill({}, "all", grids.TARGET) if bench.badge else {}
        return _show(bench, draft, grids.TARGET)
    try:
        choice = grids.read_choice(request.form.get("level"))
        draft = bench.grid.read(request.form.getlist("cell"), choice)
        note, evidence = request.form.get("note", "").strip(), _evidence()
    except Malformed:
        abort(400)
    cells = [
        Cell(person_id, competency_id, level, note or None, evidence)
        for (person_id, competency_id), level in draft.items()
    ]
    try:
        saved = actions_validating.validate_batch(None, me(), cells, key=form_key(), now=clock.now())
    except Refused as refused:
        return _show(bench, draft, choice, refused.refusals), 422
    said = ngettext("%(num)s validation enregistrée.", "%(num)s validations enregistrées.", saved.written)
    undo = url_for(".undo_batch", batch_id=saved.batch.id)
    say_with_way_back(said, undo, _("Défaire"))
    return redirect(url_for(".validate_one", public_id=public_id), 303)


def _bench(public_id: str) -> Bench:
    session, now = db.session(), clock.now()
    found = queries_awards.people_by_public_ids(session, [public_id])
    if not found or found[0].left_at is not None or not found[0].may("pathway.own"):
        abort(404)
    person = found[0]
    code = request.args.get("badge", "")
    badge = next(iter(queries.safety_badges(session, [code])), None) if code else None
    targets = {need.competency_id: need.level for need in badge.requirements} if badge else {}
    every = [one for one in queries_requests.every_competency(session) if not badge or one.id in targets]
    needed, rights = asked_by(session, [one.id for one in every]), rights_of(session, current_user.id, now)
    columns = [
        Column(
            one.id,
            one.title,
            targets.get(one.id, USUAL_TARGET),
            tuple(one.criteria),
            may_validate(one.id, needed, rights),
            one.evidence_code,
        )
        for one in every
    ]
    ids = [one.id for one in every]
    held = queries_grid.levels_held(session, [person.id], ids)
    proposed = queries_requests.proposed(session, [person.id], ids)
    grid = Grid(columns, [Member(person.id, person.short_name)], held, proposed)
    return Bench(person, badge, grid, {one.id: one.family for one in every})


def _show(bench: Bench, draft: Draft, choice: int, refused: tuple[Refusal, ...] = ()) -> str:
    session = db.session()
    cells = bench.grid.rows(draft)[0].cells
    return render_template(
        "pathways/validate_one.html",
        person=bench.person,
        badge=bench.badge,
        badges=queries.safety_badges(session),
        opens=queries_requests.opened_by_all(session),
        lines=list(zip(bench.grid.columns, cells, strict=True)),
        families=bench.families,
        scale=queries_grid.scale(session),
        kinds=queries_grid.evidence_kinds(session),
        level=choice,
        note=request.form.get("note", ""),
        chosen_kind=request.form.get("evidence", ""),
        key=request.form.get("key") or secrets.token_hex(16),
        refused=refused,
        form_errors=bool(refused),
    )


def _evidence() -> str | None:
    """The kind of evidence chosen for all, None: what each competency expects. Raises Malformed."""
    chosen = request.form.get("evidence") or None
    if chosen and chosen not in {kind.code for kind in queries_grid.evidence_kinds(db.session())}:
        raise Malformed(chosen)
    return chosen
