"""Badges for the team: those ready to be handed over, taking one back, and the right to validate."""

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refusal, Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries, queries_awards, queries_restoring, queries_rights
from pathways.blueprint import bp
from pathways.forms import RevokeForm, RightForm
from pathways.models_badges import ValidatorRight


@bp.get("/badges-prets")
@allowed("badge.award")
def badges_ready() -> ResponseReturnValue:
    """Who is ready for which safety badge, and what was handed over lately."""
    return _show_ready()


@bp.post("/badges-prets/<code>")
@allowed("badge.award")
def hand_over(code: str) -> ResponseReturnValue:
    """Hand a badge to one or many people at once."""
    session = db.session()
    badge = queries_awards.badge_by_code(session, code)
    if badge is None:
        abort(404)
    people = queries_awards.people_by_public_ids(session, request.form.getlist("people"))
    try:
        awards = actions.hand_over(badge, people, me(), clock.now())
    except Refused as refused:
        return _show_ready(refused.refusals, code, request.form.getlist("people")), 422
    given = ngettext(
        "%(num)s badge remis\u00a0: %(name)s.", "%(num)s badges remis\u00a0: %(name)s.", len(awards), name=badge.name
    )
    undo = ",".join(award.public_id for award in awards)
    say_with_way_back(given, url_for(".undo_hand_over"), awards=undo)
    return redirect(url_for("home.front") if request.form.get("from") == "today" else url_for(".badges_ready"))


@bp.post("/badges-remis/annuler")
@allowed("badge.award")
def undo_hand_over() -> ResponseReturnValue:
    """Handed to the wrong people: as if they had never been held, the same day, by who gave them."""
    wanted = request.form.get("awards", "").split(",")[:200]
    awards = queries_awards.awards_by_public_ids(db.session(), wanted)
    if not awards:
        abort(404)
    try:
        actions.undo_hand_over(awards, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(ngettext("%(num)s badge annulé.", "%(num)s badges annulés.", len(awards)))
    return redirect(url_for(".badges_ready"))


@bp.route("/badges/<public_id>/retirer", methods=["GET", "POST"])
@allowed("badge.revoke")
def revoke_badge(public_id: str) -> ResponseReturnValue:
    """Take a safety badge back, with a reason that its holder will read."""
    award = queries_awards.award_by_public_id(db.session(), public_id)
    if award is None or award.badge.kind != "safety":
        abort(404)
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            actions.revoke(award, form.why, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Badge retiré\u00a0: %(name)s.", name=award.badge_name))
            return redirect(url_for(".badges_ready"))
    status = 422 if form.errors else 200
    falling = queries_awards.bookings_resting_on(db.session(), award.badge.code, [award.person_id], clock.now())
    page = render_template(
        "pathways/revoke.html",
        award=award,
        form=form,
        falling=falling.get(award.person_id, []),
        form_errors=bool(form.errors),
    )
    return page, status


@bp.route("/droits-de-valider", methods=["GET", "POST"])
@allowed("validation.right")
def rights() -> ResponseReturnValue:
    """Who may validate for which badge, from when to when; giving a right."""
    session = db.session()
    form = RightForm()
    team = {person.id: person for person in queries_rights.team(session)}
    badges = {badge.id: badge for badge in queries_awards.safety_badges_listed(session)}
    form.offer(
        [(person.id, person.full_name) for person in team.values()], [(one.id, one.name) for one in badges.values()]
    )
    if form.validate_on_submit():
        person, badge = team[form.person.data], badges[form.badge.data]
        try:
            actions.give_right(person, badge, form.since.data, form.until.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("%(person)s peut valider\u00a0: %(badge)s.", person=person.short_name, badge=badge.name))
            return redirect(url_for(".rights"))
    elif request.method == "GET":
        form.since.data = clock.local_day(clock.now())
    return _rights_page(form), 422 if form.errors else 200


def _rights_page(form: RightForm) -> str:
    """The rights that hold or will, those ended today with their way back, then the form."""
    session, now = db.session(), clock.now()
    lines = queries_rights.rights_listed(session, clock.local_day(now))
    return render_template(
        "pathways/rights.html",
        form=form,
        lines=lines,
        ended=queries_restoring.rights_ended_on(session, [line.id for line in lines], now),
        form_errors=bool(form.errors),
    )


@bp.post("/droits-de-valider/<int:right_id>/fin")
@allowed("validation.right")
def end_right(right_id: int) -> ResponseReturnValue:
    """End a right: today is its last day. One that has not begun never will."""
    right, now = db.get_or_404(ValidatorRight, right_id), clock.now()
    today = clock.local_day(now)
    ended = actions.end_right(right, today, me(), now)
    if ended.until is not None and ended.until < today:
        flash(_("Ce droit était déjà terminé."))
    elif ended.since > today:
        say_with_way_back(_("Ce droit ne commencera pas."), url_for(".return_right", right_id=right_id))
    else:
        say_with_way_back(_("Droit terminé ce soir."), url_for(".return_right", right_id=right_id))
    return redirect(url_for(".rights"))


@bp.post("/droits-de-valider/<int:right_id>/rendre")
@allowed("validation.right")
def return_right(right_id: int) -> ResponseReturnValue:
    """A right ended by mistake runs on as before, the same day."""
    right = db.get_or_404(ValidatorRight, right_id)
    try:
        actions.return_right(right, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Droit rendu."))
    return redirect(url_for(".rights"))


def _show_ready(refused: tuple[Refusal, ...] = (), code: str | None = None, ticked: Sequence[str] = ()) -> str:
    """The page; after a refusal, with the people who were ticked for the badge of that code."""
    session, now = db.session(), clock.now()
    ready = queries.ready_to_hand_over(session, now)
    badges: dict[int, list[queries.Ready]] = {}
    for one in ready:
        badges.setdefault(one.badge.id, []).append(one)
    return render_template(
        "pathways/badges_ready.html",
        badges=list(badges.values()),
        mine=queries.rights_of(session, current_user.id, now),
        holders=queries_rights.holders(session, clock.local_day(now)),
        families=queries_awards.badge_families(session),
        given=queries_awards.awards_given_since(session, _month_before(clock.local_day(now))),
        today=clock.day_bounds(clock.local_day(now))[0],
        now=now,
        refused=refused,
        refused_code=code,
        ticked=ticked,
        form_errors=bool(refused),
    )


def _month_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 31)
