"""Pages on which the coordination makes two accounts of one young person one, and two again."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.home import merging_actions, merging_pairs, merging_plan, merging_words
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import handles, queries
from fablab.people.entering import me
from fablab.people.forms_merging import MergeForm, TwoHandlesForm
from fablab.people.models import Person
from fablab.people.rules_merging import UNDO_FOR, undo_refusals
from fablab.refusals import Refused
from machines.queries import rules_of

bp = Blueprint("merging", __name__)


@bp.route("/jeunes/doublons", methods=["GET", "POST"])
@allowed("person.merge")
def index() -> ResponseReturnValue:
    """Accounts that may be one person, merges that can be undone, and two accounts by their identifiers."""
    session, form = db.session(), TwoHandlesForm()
    if form.validate_on_submit():
        kept, gone = _by_handle(form, "kept"), _by_handle(form, "gone")
        if kept and gone and kept.id != gone.id:
            return redirect(url_for(".see", public_id=kept.public_id, other_id=gone.public_id))
        if kept and gone:
            form.gone.errors = [_("C’est deux fois le même compte.")]
    pairs, total = merging_pairs.likely(session)
    merges = merging_pairs.undoable(session, clock.now())
    failed = bool(form.errors)
    page = render_template(
        "merging/index.html",
        form=form,
        form_errors=failed,
        pairs=pairs,
        total=total,
        merges=merges,
        undo_for=UNDO_FOR,
        why=merging_words.why,
    )
    return page, 422 if failed else 200


@bp.route("/jeunes/<public_id>/reunir/<other_id>", methods=["GET", "POST"])
@allowed("person.merge")
def see(public_id: str, other_id: str) -> ResponseReturnValue:
    """The merge before it is done: both accounts, what is chosen, what stands twice."""
    session, now = db.session(), clock.now()
    kept, gone = _two(public_id, other_id)
    plan = merging_plan.plan(session, kept, gone, now)
    form = MergeForm()
    form.ask(merging_words.asked(plan, kept, gone))
    if form.validate_on_submit():
        try:
            made = merging_actions.merge(kept, gone, form.from_gone, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
            kept, gone = _two(public_id, other_id)
        else:
            flash(_("Comptes réunis."))
            return redirect(url_for(".show", public_id=made.public_id))
    failed = bool(form.errors)
    page = render_template(
        "merging/see.html",
        form=form,
        form_errors=failed,
        kept=kept,
        gone=gone,
        lines=merging_words.lines(plan, kept, gone),
        clashes=merging_words.clashes(plan, rules_of(session).max_active_bookings),
        coming=plan.coming,
    )
    return page, 422 if failed else 200


@bp.post("/jeunes/<public_id>/distinct/<other_id>")
@allowed("person.merge")
def apart(public_id: str, other_id: str) -> ResponseReturnValue:
    """Two accounts are two people: they are not shown again."""
    merging_actions.say_apart(*_two(public_id, other_id), me(), clock.now())
    flash(_("Noté\u00a0: deux personnes."))
    return redirect(url_for(".index"))


@bp.route("/fusions/<public_id>", methods=["GET", "POST"])
@allowed("person.merge")
def show(public_id: str) -> ResponseReturnValue:
    """A merge that was done: what it moved, and its undoing."""
    session, now = db.session(), clock.now()
    made = merging_pairs.by_public_id(session, public_id)
    if made is None:
        abort(404)
    form = BaseForm()
    if form.validate_on_submit():
        try:
            merging_actions.undo(made, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
            made = merging_pairs.by_public_id(session, public_id) or abort(404)
        else:
            flash(_("Fusion défaite\u00a0: deux comptes."))
            return redirect(url_for("person.show", public_id=made.kept.public_id))
    failed = bool(form.form_errors)
    page = render_template(
        "merging/show.html",
        form=form,
        form_errors=failed,
        made=made,
        until=made.at + UNDO_FOR,
        undoable=not undo_refusals(
            made.at, now, undone=made.undone_at is not None, later=False, erased=made.kept.erased_at is not None
        ),
        moved=sum(len(ids) for ids in made.moved.values()),
    )
    return page, 422 if failed else 200


def _two(public_id: str, other_id: str) -> tuple[Person, Person]:
    """The two accounts of an address. 404 for one that nobody has, or that was made one with another."""
    return merging_pairs.two(db.session(), public_id, other_id) or abort(404)


def _by_handle(form: TwoHandlesForm, name: str) -> Person | None:
    """The young person of the identifier typed; None, said beside the field, when nobody has it."""
    person = queries.by_handle(db.session(), handles.as_written(form[name].data))
    if person is None or queries.young_person(db.session(), person.public_id) is None:
        form[name].errors = [_("Aucun jeune n’a cet identifiant.")]
        return None
    return person
