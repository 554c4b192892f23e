"""The requests for rooms that wait: the coordination says yes or no, to several at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bookings.models import Booking
from bookings.values import Slot
from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext, say_when
from fablab.pages import allowed
from fablab.people.entering import me
from rooms import actions, queries, queries_coming, queries_finding, rules, words
from rooms.actions import Answered
from rooms.blueprint import bp
from rooms.forms import AnswerForm
from rooms.reading import reader_of
from rooms.values import Told, last_day, tell


@dataclass(frozen=True)
class Waiting:
    """A request as the coordination reads it."""

    booking: Booking
    slot: Slot
    told: Told
    waits: str
    rivals: int


@bp.route("/salles/demandes", methods=["GET", "POST"])
@allowed("room.answer")
def requests() -> ResponseReturnValue:
    """Every request to come, soonest first; those ticked are accepted or refused, each by itself."""
    now, form = clock.now(), AnswerForm()
    found = queries_coming.requests(db.session(), now)
    form.offer(one.public_id for one in found)
    if form.validate_on_submit():
        chosen = [one for one in found if one.public_id in form.chosen.data]
        yes = form.answer.data == "yes"
        answered = actions.accept(chosen, me(), now) if yes else actions.turn_down(chosen, form.why, me(), now)
        _say(answered, yes=yes)
        return redirect(url_for("rooms.requests"), 303)
    failed = bool(form.errors)
    page = render_template("rooms/requests.html", waiting=_waiting(found), form=form, form_errors=failed)
    return page, 422 if failed else 200


def _waiting(found: Sequence[Booking]) -> list[Waiting]:
    session = db.session()
    reader, tenants = reader_of(session, me(), clock.local_day(clock.now())), queries.tenants(session)
    lines, rivals = [], queries_coming.rivals(session, found)
    for one in found:
        facts, slot = queries_finding.facts_of(session, one), Slot(one.starts_at, one.ends_at)
        waits = words.waiting(rules.waits_for(facts, last_day(slot))) if facts else ""
        told = tell(tenants.get(one.structure_id or 0), one.purpose, reader)
        lines.append(Waiting(one, slot, told, waits, rivals.get(one.id, 0)))
    return lines


def _say(answered: Answered, *, yes: bool) -> None:
    """How many were answered, and why each of the others could not be."""
    if count := len(answered.done):
        if yes:
            flash(ngettext("%(num)s demande acceptée.", "%(num)s demandes acceptées.", count))
        else:
            flash(ngettext("%(num)s demande refusée.", "%(num)s demandes refusées.", count))
    for one, refused in answered.refused:
        why = " ".join(refusal.sentence for refusal in refused.refusals)
        said = {"room": one.resource.name, "when": say_when(one.starts_at), "why": why}
        flash(_("%(room)s, %(when)s\u00a0: pas possible. %(why)s", **said))
