"""The weekly activities of the house: the public agenda, a page for each; counting, planned beside counted."""

from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import weeks
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed, public
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions_counts, queries, queries_activities, values_activities, words, words_activities
from rooms.blueprint import bp
from rooms.forms_activities import CountsForm
from rooms.values_activities import BANDS, Offer


@bp.get("/agenda")
@public
def agenda() -> ResponseReturnValue:
    """The activities of a week, for everybody or for an age band."""
    session, now = db.session(), clock.now()
    monday = clock.week_of(weeks.day_of_week_shown(request.args.get("semaine", ""), now))
    days = [monday + timedelta(days=number) for number in range(7)]
    band = request.args.get("age") if request.args.get("age") in BANDS else None
    held = values_activities.for_band(queries_activities.held_between(session, days[0], days[-1]), band)
    found = [(day, ones) for day, ones in values_activities.by_day(held, days) if ones]
    return render_template(
        "rooms/agenda.html",
        week=weeks.week_links("rooms.agenda", monday, now, last=days[-1]),
        days=found,
        views=_ages(monday, band),
    )


@bp.get("/agenda/<code>")
@public
def activity(code: str) -> ResponseReturnValue:
    """One activity: for whom, when, where, how to come, its next dates."""
    session, now = db.session(), clock.now()
    offer = _offer_or_404(code)
    today = clock.local_day(now)
    return render_template(
        "rooms/activity.html",
        offer=offer,
        words=words_activities,
        floor=words.floor(sheet.floor) if (sheet := queries.sheets(session).get(offer.room_id)) else None,
        step_free=sheet is not None and sheet.step_free,
        dates=queries_activities.next_dates(session, offer, today),
    )


@bp.get("/activites")
@allowed("activity.count")
def counts() -> ResponseReturnValue:
    """A week of activities: how many usually come beside how many were counted, by age band."""
    session, now = db.session(), clock.now()
    monday = clock.week_of(weeks.day_of_week_shown(request.args.get("semaine", ""), now))
    last = monday + timedelta(days=6)
    held = queries_activities.held_between(session, monday, last)
    found = queries_activities.counted(session, monday, last)
    none = dict.fromkeys(BANDS, 0)
    lines = [(one, found.get((one.offer.id, one.day))) for one in held]
    return render_template(
        "rooms/counts.html",
        week=weeks.week_links("rooms.counts", monday, now, last=last),
        bands=words_activities.BANDS,
        columns=[_("Activité"), _("Jour"), (_("Prévu"), "numeric"), (_("Compté"), "numeric")]
        + [(label, "numeric") for label in words_activities.BANDS.values()],
        lines=sorted(lines, key=lambda line: (line[0].slot, line[0].offer.code)),
        usual=queries_activities.sums(one.offer.usual for one in held),
        counted=queries_activities.sums(one or none for _held, one in lines),
        door=queries_activities.sums(one for (id_, _day), one in found.items() if id_ is None),
        today=clock.local_day(now),
    )


@bp.get("/activites/aujourd-hui")
@allowed("activity.count")
def counting() -> ResponseReturnValue:
    """The activities of today and the door: one tap for each person who comes, by age band."""
    session, now = db.session(), clock.now()
    today = clock.local_day(now)
    held = values_activities.by_day(queries_activities.held_between(session, today, today), [today])[0][1]
    found = queries_activities.counted(session, today, today)
    return render_template(
        "rooms/counting.html",
        now=now,
        held=held,
        bands=words_activities.BANDS,
        found=found,
        today=today,
        nobody=(nobody := dict.fromkeys(BANDS, 0)),
        door=found.get((None, today), nobody),
    )


@bp.post("/activites/compter")
@allowed("activity.count")
def count_one() -> ResponseReturnValue:
    """One person more, today."""
    band, code = request.form.get("band", ""), request.form.get("activity", "")
    if band not in BANDS:
        abort(400)
    try:
        line = actions_counts.count_one(_offer_or_404(code) if code else None, band, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        words_ = _("%(band)s\u00a0: une personne de plus.", band=words_activities.BANDS[band])
        say_with_way_back(words_, url_for(".take_back_count", count_id=line.id))
    return redirect(url_for(".counting"), 303)


@bp.post("/activites/comptes/<int:count_id>/effacer")
@allowed("activity.count")
def take_back_count(count_id: int) -> ResponseReturnValue:
    """Somebody counted by mistake."""
    line = queries_activities.count_of(db.session(), count_id) or abort(404)
    try:
        actions_counts.take_back(line, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Effacé."))
    return redirect(url_for(".counting"), 303)


@bp.route("/activites/<code>/comptes/<day>", methods=["GET", "POST"])
@allowed("activity.count")
def set_counts(code: str, day: str) -> ResponseReturnValue:
    """How many came to an activity on one of its days, all at once: typed, or put right."""
    session, offer, on = db.session(), _offer_or_404(code), weeks.read_day(day) or abort(404)
    before = queries_activities.counted(session, on, on).get((offer.id, on), dict.fromkeys(BANDS, 0))
    form = CountsForm(data=CountsForm.data_of(before))
    if form.validate_on_submit():
        try:
            actions_counts.set_counts(offer, on, form.totals, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Compté."))
            return redirect(url_for(".counts", semaine=clock.week_of(on).isoformat()), 303)
    failed = bool(form.errors)
    page = render_template("rooms/set_counts.html", offer=offer, day=on, form=form, form_errors=failed)
    return page, 422 if failed else 200


def _offer_or_404(code: str) -> Offer:
    return queries_activities.offers(db.session()).get(code) or abort(404)


def _ages(monday: date, band: str | None) -> list[dict[str, Any]]:
    """The same week for an age band, as links."""
    week = monday.isoformat()
    every = {"label": _("Tous"), "url": url_for(".agenda", semaine=week), "current": band is None, "icon": None}
    return [every] + [
        {"label": label, "url": url_for(".agenda", semaine=week, age=one), "current": one == band, "icon": None}
        for one, label in words_activities.BANDS.items()
    ]
