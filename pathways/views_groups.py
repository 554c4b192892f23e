"""Groups: the list, one group, opening one, enrolling somebody, planning a session."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french
from fablab.pages import allowed
from fablab.people import queries as people_queries
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import (
    actions,
    queries_enrolling,
    queries_groups,
    queries_own_pace_list,
    queries_papers,
    queries_restoring,
)
from pathways.blueprint import bp
from pathways.forms import EXCEPTION_WORDS, LEAVING_WORDS, EnrolForm, GroupForm
from pathways.models_groups import Group
from pathways.views_words import nobody_found
from pathways.words_frames import FRAMES
from pathways.words_papers import NAMES as PAPER_NAMES
from pathways.words_papers import say_papers


@bp.get("/groupes")
@allowed("session.read")
def groups() -> ResponseReturnValue:
    """The groups still open, and those that are over."""
    session = db.session()
    return render_template(
        "pathways/groups.html",
        lines=queries_groups.group_lines(session, clock.now()),
        closed=queries_groups.closed_groups(session),
        own_pace=queries_own_pace_list.own_pace_pathways(session),
    )


@bp.route("/groupes/nouveau", methods=["GET", "POST"])
@allowed("group.manage")
def open_group() -> ResponseReturnValue:
    """Open a group in a published pathway."""
    versions = {version.pathway.code: version for version in queries_groups.versions_to_open(db.session())}
    form = GroupForm()
    form.offer([(code, in_french(version.title)) for code, version in versions.items()])
    if form.validate_on_submit():
        try:
            group = actions.open_group(
                versions[form.pathway.data], form.name.data, form.starts_on.data, me(), clock.now()
            )
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Groupe ouvert\u00a0: %(name)s.", name=group.name))
            return redirect(url_for(".group", public_id=group.public_id))
    page = render_template("pathways/open_group.html", form=form, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@bp.route("/groupes/<public_id>", methods=["GET", "POST"])
@allowed("session.read")
def group(public_id: str) -> ResponseReturnValue:
    """One group: its sessions and its people; finding somebody and enrolling them."""
    found = _group(public_id)
    form = EnrolForm()
    people: list[Person] = []
    if form.validate_on_submit():
        if not me().may("group.manage"):
            abort(403)
        people = list(people_queries.search(db.session(), form.who.data))
        chosen = next((person for person in people if person.public_id == request.form.get("person")), None)
        if not people:
            form.who.errors = [nobody_found(form.who.data)]
        elif chosen is None and request.form.get("act") in ("enrol", "refer"):
            form.who.errors = [_("Choisir une personne de la liste.")]
        elif chosen and (said := _entered(form, chosen, found)):
            flash(said)
            return redirect(url_for(".group", public_id=public_id))
    return _show(found, form, people), 422 if form.errors else 200


def _entered(form: EnrolForm, chosen: Person, group: Group) -> str | None:
    """Enrol somebody, or note that they were referred, as the button says; what was done, None when it was refused."""
    try:
        if request.form.get("act") == "refer":
            actions.refer(chosen, group.version, me(), clock.now(), group=group)
            return _("Orientation notée\u00a0: %(name)s.", name=chosen.short_name)
        actions.enrol(chosen, group.version, me(), clock.now(), group=group, reason=form.reason.data or None)
    except Refused as refused:
        form.show(refused.refusals)
        return None
    said = _("Inscription faite\u00a0: %(name)s.", name=chosen.short_name)
    asked = queries_papers.asked_before(db.session(), group.version, [chosen], group, clock.local_day(clock.now()))
    if asked[chosen.id]:
        said += " " + _("À apporter\u00a0: %(papers)s.", papers=say_papers(asked[chosen.id]))
    return said


def _show(group: Group, form: EnrolForm, people: Sequence[Person]) -> str:
    """The page of a group, with those found by the name that was typed."""
    session, now = db.session(), clock.now()
    day, enrolments = clock.local_day(now), queries_groups.enrolments_of(session, group.id)
    referred = queries_enrolling.referred_to(session, group.id)
    return render_template(
        "pathways/group.html",
        frames=FRAMES,
        group=group,
        lessons=group.sessions,
        enrolments=enrolments,
        missing=queries_papers.missing_of(session, [*enrolments, *referred], day),
        to_bring=queries_papers.asked_before(session, group.version, people, group, day),
        paper_names=PAPER_NAMES,
        left=queries_restoring.left_of_group(session, group.id),
        form=form,
        found=people,
        chosen=request.form.get("person"),
        checks=queries_enrolling.checks(session, people, group.version, group, now),
        referred=referred,
        exceptions=EXCEPTION_WORDS,
        leaving=LEAVING_WORDS,
        form_errors=bool(form.errors),
        now=now,
    )


def _group(public_id: str) -> Group:
    found = queries_groups.group_by_public_id(db.session(), public_id)
    if found is None:
        abort(404)
    return found
