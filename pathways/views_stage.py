"""One stage of a path as a page: for the young person who lives it, and for the team."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, say_length
from fablab.pages import allowed
from fablab.people import queries as people_queries
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions_proofs, queries_requests, queries_stage
from pathways.blueprint import bp
from pathways.queries_stage import StagePage
from pathways.views_words import STATUS_WORDS
from pathways.words_stage import why_no_badge


@bp.get("/mon-parcours/<code>/<int:position>")
@allowed("pathway.own")
def my_stage(code: str, position: int) -> ResponseReturnValue:
    """A stage of my path: what it aims at, what I show, its sessions, what is validated and what is missing."""
    session, now = db.session(), clock.now()
    page = _found(me().id, code, position)
    return render_template(
        "pathways/my_stage.html",
        page=page,
        seen=queries_requests.my_seen(session, me().id),
        stage_links=_links(page, ".my_stage", code=code),
        say_length=say_length,
        words=STATUS_WORDS,
        now=now,
    )


@bp.get("/jeunes/<public_id>/parcours/<code>/etape/<int:position>")
@allowed("session.read")
def stage(public_id: str, code: str, position: int) -> ResponseReturnValue:
    """The same stage of somebody, for the team."""
    person = _person(public_id)
    page = _found(person.id, code, position)
    waiting = queries_requests.waits_for_second(db.session(), person.id, page.gap.missing)
    return render_template(
        "pathways/stage.html",
        page=page,
        person=person,
        why_no_badge=why_no_badge(page, waiting),
        stage_links=_links(page, ".stage", public_id=public_id, code=code),
        say_length=say_length,
        words=STATUS_WORDS,
    )


@bp.post("/jeunes/<public_id>/parcours/<code>/etape/<int:position>/cocher")
@allowed("validation.write")
def tick_proof(public_id: str, code: str, position: int) -> ResponseReturnValue:
    """Tick a proof that the stage expects; the toast takes it back."""
    person, proof = _person(public_id), request.form.get("proof", "")
    back = url_for(".untick_proof", public_id=public_id, code=code, position=position)
    try:
        actions_proofs.tick(person, code, position, proof, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        say_with_way_back(
            _("Coché pour %(name)s\u00a0: %(proof)s.", name=person.short_name, proof=proof), back, proof=proof
        )
    return redirect(url_for(".stage", public_id=public_id, code=code, position=position))


@bp.post("/jeunes/<public_id>/parcours/<code>/etape/<int:position>/decocher")
@allowed("validation.write")
def untick_proof(public_id: str, code: str, position: int) -> ResponseReturnValue:
    """Take a tick back."""
    proof = request.form.get("proof", "")
    try:
        actions_proofs.untick(_person(public_id), code, position, proof, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Décoché\u00a0: %(proof)s.", proof=proof))
    return redirect(url_for(".stage", public_id=public_id, code=code, position=position))


def _person(public_id: str) -> Person:
    person = people_queries.by_public_id(db.session(), public_id)
    if person is None:
        abort(404)
    return person


def _links(page: StagePage, endpoint: str, **where: Any) -> list[dict[str, object]]:
    """The four stages, to go from one to another."""
    here = page.stage.position
    return [
        {"label": in_french(name), "url": url_for(endpoint, position=number, **where), "current": number == here}
        for number, name in enumerate(page.names, 1)
    ]


def _found(person_id: int, code: str, position: int) -> StagePage:
    page = queries_stage.stage_page(db.session(), person_id, code, position, clock.now())
    if page is None:
        abort(404)
    return page
