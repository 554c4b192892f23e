"""One badge on its page: for who holds or wants it; for the team, who holds it, and taking it back from several."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from pathways import actions_revoking, queries, queries_awards, queries_path, queries_requests
from pathways.blueprint import bp
from pathways.forms import ReasonForm
from pathways.models_badges import Badge
from pathways.values import last_day
from pathways.values_badges import BadgeState, award_state
from pathways.views_path import mine_of


@bp.get("/mes-badges/<code>")
@allowed("pathway.own")
def my_badge(code: str) -> ResponseReturnValue:
    """A safety badge: what it asks, at which level, who gave it, when, until when, and asking for it."""
    session, now, person = db.session(), clock.now(), me()
    badge = _safety_badge(code)
    standing = queries.badge_standings(session, [person.id], [code])[person.id].get(code)
    gap = queries.gaps_of(session, [person], now)[person.id][code]
    state = award_state(standing, now) if standing else None
    asked = queries_requests.my_trainings(session, person.id).get(badge.id)
    return render_template(
        "pathways/my_badge.html",
        badge=badge,
        mine=mine_of(standing, gap, queries_awards.badge_families(session).get(code), now) if standing else None,
        standing=standing,
        gap=gap,
        needs=badge.requirements,
        held=queries_path.mastered(session, person.id),
        seen=queries_requests.my_seen(session, person.id),
        levels={level.level: level.young_label for level in queries_requests.levels(session)},
        opens=queries_requests.opened_by(session, badge.id),
        asked=asked,
        may_ask=asked is None and state is not BadgeState.VALID,
        family=queries_awards.badge_families(session).get(code),
        now=now,
    )


@bp.get("/badges/<code>")
@allowed("badge.revoke")
def badge_page(code: str) -> ResponseReturnValue:
    """A safety badge for the team: what it asks, what it opens, who holds it until when."""
    session, now = db.session(), clock.now()
    badge = _safety_badge(code)
    awards = queries_awards.holders_of(session, badge.id, now)
    return render_template(
        "pathways/badge_page.html",
        badge=badge,
        needs=badge.requirements,
        opens=queries_requests.opened_by(session, badge.id),
        awards=awards,
        until={award.id: last_day(award.expires_at) for award in awards},
        labels={level.level: level.label for level in queries_requests.levels(session)},
        family=queries_awards.badge_families(session).get(code),
    )


@bp.route("/badges/<code>/retirer-a-plusieurs", methods=["GET", "POST"])
@allowed("badge.revoke")
def revoke_many(code: str) -> ResponseReturnValue:
    """Who loses the badge and what they had booked, both shown; then taken back, once, with a reason."""
    session, now = db.session(), clock.now()
    badge = _safety_badge(code)
    chosen = queries_awards.awards_by_public_ids(session, request.values.getlist("awards"))
    awards = [award for award in chosen if award.badge_id == badge.id]
    form = ReasonForm()
    if not awards:
        flash(_("Choisir au moins une personne."))
        return redirect(url_for(".badge_page", code=code), 303)
    if request.method == "POST" and form.validate():
        try:
            ended = actions_revoking.revoke_many(awards, form.reason.data, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(ngettext("%(num)s badge retiré.", "%(num)s badges retirés.", len(ended)))
            return redirect(url_for(".badge_page", code=code), 303)
    failed = bool(form.errors or form.form_errors)
    falling = queries_awards.bookings_resting_on(session, code, [award.person_id for award in awards], now)
    page = render_template(
        "pathways/revoke_many.html", badge=badge, awards=awards, falling=falling, form=form, form_errors=failed
    )
    return page, 422 if failed else 200


def _safety_badge(code: str) -> Badge:
    badge = queries_awards.badge_by_code(db.session(), code)
    if badge is None or badge.kind != "safety":
        abort(404)
    return badge
