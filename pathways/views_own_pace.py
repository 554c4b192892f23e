"""Pathways at one's own pace, for the team: who follows them, enrolling somebody, where one of them stands."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import queries as people_queries
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, queries_enrolling, queries_own_pace, queries_own_pace_list, queries_papers
from pathways.blueprint import bp
from pathways.forms import AdmitForm
from pathways.forms_own_pace import FindForm
from pathways.models_pathways import PathwayVersion
from pathways.progress import hours_words
from pathways.rules_own_pace import last_day
from pathways.values_papers import PaperLine
from pathways.views_words import nobody_found
from pathways.words_papers import NAMES, say_missing, say_papers


@bp.route("/a-leur-rythme/<code>", methods=["GET", "POST"])
@allowed("session.read")
def own_pace(code: str) -> ResponseReturnValue:
    """A pathway at one's own pace: who follows it, who ends soon; finding somebody to enrol."""
    session, today = db.session(), clock.local_day(clock.now())
    version = queries_own_pace_list.own_pace_version(session, code)
    if version is None:
        abort(404)
    form = FindForm()
    people = list(people_queries.search(session, form.who.data)) if form.validate_on_submit() else []
    if request.method == "POST" and not people and not form.errors:
        form.who.errors = [nobody_found(form.who.data)]
    lines = queries_own_pace_list.stands_of(session, queries_own_pace_list.running(session, code), today)
    page = render_template(
        "pathways/own_pace.html",
        version=version,
        lines=[(one, one.days_left(today), say_missing(one.missing)) for one in lines],
        form=form,
        found=people,
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.route("/jeunes/<public_id>/parcours/<code>/inscrire", methods=["GET", "POST"])
@allowed("group.manage")
def enrol_own_pace(public_id: str, code: str) -> ResponseReturnValue:
    """Enrol somebody in a pathway at their own pace; the page says every reason against it first."""
    session, now = db.session(), clock.now()
    version = queries_own_pace_list.own_pace_version(session, code)
    person = people_queries.young_person(session, public_id)
    if version is None or person is None:
        abort(404)
    form = AdmitForm()
    to_bring = queries_papers.asked_before(session, version, [person], None, clock.local_day(now))[person.id]
    if form.validate_on_submit():
        try:
            actions.enrol(person, version, me(), now, reason=form.reason.data or None)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            said = _("Inscription faite\u00a0: %(name)s.", name=person.short_name)
            if to_bring:
                said += " " + _("À apporter\u00a0: %(papers)s.", papers=say_papers(to_bring))
            flash(said)
            return redirect(url_for(".own_pace_of", public_id=public_id, code=code))
    return _enrol_page(person, version, to_bring, form), 422 if form.errors else 200


def _enrol_page(person: Person, version: PathwayVersion, to_bring: list[PaperLine], form: AdmitForm) -> str:
    """Until when it would last, every reason against it and the papers that are missing, then the form."""
    now = clock.now()
    return render_template(
        "pathways/enrol_own_pace.html",
        person=person,
        version=version,
        last_day=last_day(clock.local_day(now), version.max_months),
        checks=queries_enrolling.checks(db.session(), [person], version, None, now)[person.id],
        to_bring=to_bring,
        paper_names=NAMES,
        form=form,
        form_errors=bool(form.errors),
    )


@bp.get("/jeunes/<public_id>/parcours/<code>/rythme")
@allowed("session.read")
def own_pace_of(public_id: str, code: str) -> ResponseReturnValue:
    """Where somebody stands at their own pace: until when, hours, choices, papers, comings to the open lab."""
    session, today = db.session(), clock.local_day(clock.now())
    person = people_queries.young_person(session, public_id)
    enrolment = queries_own_pace_list.my_enrolment(session, person.id, code) if person else None
    if person is None or enrolment is None or enrolment.group_id is not None:
        abort(404)
    [stand] = queries_own_pace_list.stands_of(session, [enrolment], today)
    return render_template(
        "pathways/own_pace_of.html",
        person=person,
        enrolment=enrolment,
        stand=stand,
        left=stand.days_left(today),
        words=hours_words(stand.presence.count, stand.presence.needed),
        offers=queries_own_pace.offers_of(session, enrolment),
        missing=say_papers(stand.missing),
        visits=queries_own_pace_list.visits_of(session, person.id),
        today=today,
    )
