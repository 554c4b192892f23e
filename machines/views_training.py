"""Training slots: planned from requests, how they went, and what a learner can say."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, joined, say_hour, say_length, say_when
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.toasts import say_refused
from machines import actions_training, queries_proposals, queries_training
from machines.blueprint import bp
from machines.forms_training import CancelTrainingForm, PlanForm
from machines.models import Machine
from machines.models_training import TrainingSlot
from machines.queries_proposals import Proposal
from machines.values_training import RESULTS, SlotWish, minutes_for
from pathways import queries_awards, queries_requests, queries_rights
from pathways.models import Badge
from pathways.queries_requests import Asked
from pathways.queries_standings import badge_standings


@dataclass(frozen=True)
class Planning:
    """What the page of planning is made of."""

    badge: Badge
    asked: list[Asked]
    chosen: list[str]
    machines: Sequence[Machine]
    teachers: Sequence[Person]
    proposals: list[Proposal]
    minutes: int

    @property
    def length(self) -> str:
        """How long, in words."""
        return say_length(self.minutes)


@bp.route("/formations/nouvelle", methods=["GET", "POST"])
@allowed("session.lead")
def plan_training() -> ResponseReturnValue:
    """Answer requests for one badge with a slot: times that are good for all come first."""
    now = clock.now()
    planning = _planning(now)
    form = PlanForm()
    form.offer(
        [(one.request.public_id, one.request.person.short_name) for one in planning.asked],
        [(one.value, _said(one)) for one in planning.proposals],
        [(one.id, one.simple_name) for one in planning.machines],
        [(one.id, one.short_name) for one in planning.teachers],
    )
    if request.method == "GET":
        form.people.data, form.minutes.data = planning.chosen, planning.minutes
        form.key.data = secrets.token_hex(16)
        form.choice.data = planning.proposals[0].value if planning.proposals else "other"
    elif form.validate():
        machine_id, teacher_id, slot = form.wish
        wish = SlotWish(machine_id, teacher_id, slot, tuple(form.people.data), f"{form.key.data}:{machine_id}")
        try:
            made = actions_training.plan_slot(wish, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Créneau prévu\u00a0: les jeunes sont prévenus."))
            return redirect(url_for(".training", public_id=made.public_id), 303)
    failed = bool(form.errors or form.form_errors)
    page = render_template("machines/plan_training.html", planning=planning, form=form, form_errors=failed)
    return page, 422 if failed else 200


@bp.get("/formations/<public_id>")
@allowed("session.lead")
def training(public_id: str) -> ResponseReturnValue:
    """A training slot: who learns, and how it went."""
    return _show(_slot(public_id), CancelTrainingForm(formdata=None))


@bp.post("/formations/<public_id>/resultats")
@allowed("validation.write")
def record_training(public_id: str) -> ResponseReturnValue:
    """Validated, to see again, absent: for each learner, from this page."""
    slot = _slot(public_id)
    results = {
        seat.person_id: request.form[f"result-{seat.id}"]
        for seat in slot.seats
        if request.form.get(f"result-{seat.id}") in RESULTS
    }
    form = CancelTrainingForm(formdata=None)
    try:
        waiting = actions_training.record(slot, results, me(), clock.now())
    except Refused as refused:
        form.show(refused.refusals)
        return _show(slot, form), 422
    said = _("C’est enregistré.")
    if waiting:
        said += " " + _(
            "Badge remis quand une deuxième personne aura confirmé\u00a0: %(names)s.", names=", ".join(waiting)
        )
    flash(said)
    return redirect(url_for(".training", public_id=public_id), 303)


@bp.post("/formations/<public_id>/annuler")
@allowed("session.lead")
def cancel_training(public_id: str) -> ResponseReturnValue:
    """Cancel a slot to come, with a reason; the requests wait again."""
    slot, form = _slot(public_id), CancelTrainingForm()
    if form.validate():
        try:
            actions_training.cancel_slot(slot, form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Créneau annulé\u00a0: les demandes attendent de nouveau."))
            return redirect(url_for("pathways.trainings"), 303)
    return _show(slot, form), 422


@bp.post("/formations/<public_id>/je-ne-peux-pas-venir")
@allowed("pathway.own")
def leave_training(public_id: str) -> ResponseReturnValue:
    """«Je ne peux pas venir»: my request waits for another slot."""
    return _leave(public_id, gives_up=False)


@bp.post("/formations/<public_id>/je-renonce")
@allowed("pathway.own")
def give_up_training(public_id: str) -> ResponseReturnValue:
    """«Je renonce»: I want it no more."""
    return _leave(public_id, gives_up=True)


def _leave(public_id: str, *, gives_up: bool) -> ResponseReturnValue:
    slot, person = _slot(public_id), me()
    if person.id not in {seat.person_id for seat in slot.seats}:
        abort(404)
    try:
        if gives_up:
            actions_training.give_up_slot(slot, person, clock.now())
        else:
            actions_training.leave_slot(slot, person, clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(
            _("C’est noté\u00a0: je renonce.")
            if gives_up
            else _("L’équipe est prévenue. Ma demande attend un autre créneau.")
        )
    return redirect(url_for("home.front"), 303)


def _slot(public_id: str) -> TrainingSlot:
    slot = queries_training.slot_by_public_id(db.session(), public_id)
    if slot is None:
        abort(404)
    return slot


def _planning(now: datetime) -> Planning:
    session = db.session()
    badge = queries_awards.badge_by_code(session, request.args.get("badge", ""))
    if badge is None or badge.kind != "safety":
        abort(404)
    lines = queries_requests.trainings_by_badge(session, now).get(badge, [])
    asked = [one for one in lines if one.request.status in ("waiting", "answered")]
    places = badge.training_places or 1
    only = request.args.get("demande")
    chosen = [one for one in asked if one.request.public_id == only] or asked[:places]
    if request.method == "POST":
        chosen = [one for one in asked if one.request.public_id in request.form.getlist("people")]
    wanted = {one.request.resource_id for one in chosen}
    found = queries_training.machines_of(session, badge.id, clock.local_day(now))
    # The machine that was asked for comes first, then its sisters.
    machines = sorted(found, key=lambda one: one.id not in wanted)
    people = [one.request.person_id for one in chosen]
    minutes = _minutes(badge, people, machines)
    proposals = queries_proposals.proposals(session, badge.id, machines, people, minutes, now)
    teachers = queries_rights.team(session)
    ids = [one.request.public_id for one in chosen]
    return Planning(badge, asked, ids, machines, teachers, proposals, minutes)


def _minutes(badge: Badge, people: Sequence[int], machines: Sequence[Machine]) -> int:
    """As long as the longest of what these people need."""
    standings = badge_standings(db.session(), people, [badge.code]) if people else {}
    step = machines[0].step_minutes if machines else 30
    shortest = machines[0].min_minutes if machines else 30
    return max(
        (
            minutes_for(
                renews=badge.code in standings[person],
                renewal=badge.renewal_minutes,
                first=badge.training_minutes,
                step=step,
                shortest=shortest,
            )
            for person in people
        ),
        default=60,
    )


def _said(one: Proposal) -> str:
    when = _("%(when)s à %(end)s", when=say_when(one.slot.start), end=say_hour(one.slot.end))
    return joined((when, in_french(one.machine.simple_name), one.teacher.first_name))


def _show(slot: TrainingSlot, form: CancelTrainingForm) -> str:
    now = clock.now()
    return render_template(
        "machines/training.html",
        slot=slot,
        booking=slot.booking,
        form=form,
        begun=slot.booking.starts_at <= now,
        open_still=slot.booking.status in ("confirmed", "done"),
        form_errors=bool(form.errors or form.form_errors),
    )
