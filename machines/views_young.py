"""A young person books a machine: cards, then hours; or why not yet, and what is possible meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import actions, queries_returns
from bookings.queries import upcoming_for
from bookings.values import Ask, Slot
from bookings.weeks import read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, naming, ngettext, say_day, say_hour
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.models import Person
from fablab.people.rules import age_on
from fablab.refusals import Refusal, Refused
from machines import queries, queries_cards, queries_helpers, queries_room, queries_shifts, queries_slots, words
from machines.blueprint import bp
from machines.forms import SlotForm
from machines.models import Machine
from machines.queries_cards import Card
from machines.rules_past_closing import SHUT
from machines.views_past_closing import way_past_closing
from machines.views_slots import form_key, page_of, taken_page
from pathways import queries_requests
from pathways.values_badges import Gap


@dataclass(frozen=True)
class Tile:
    """A card of the first page, ready to print."""

    name: str
    family: str
    url: str
    free: str
    why: str = ""
    button: str = ""
    how: str = ""
    back_on: str = ""
    broken: bool = False
    machine: Machine | None = None
    badge_id: int | None = None
    badge_code: str = ""


@bp.get("/reserver")
@allowed("booking.own")
def choose() -> ResponseReturnValue:
    """The machines in three groups: I can, with a facilitator, not yet and why."""
    now, person = clock.now(), me()
    cards = queries_cards.cards_for(db.session(), person, now)
    names = queries_room.names_on_shift(
        db.session(), [card.slot for card in cards if card.slot and card.level == "beside"]
    )
    ahead = queries_helpers.ahead(db.session(), person.id, now)
    return render_template(
        "machines/choose.html",
        possible=[_tile(card, now) for card in cards if card.group == "possible"],
        with_facilitator=[_beside(card, person, names, now) for card in cards if card.group == "with_facilitator"],
        asked=ahead.asked,
        not_yet=[
            _not_yet(card, ahead.lesson, words.whom_to_ask(_helpers_for(card.machine, card.gap, ahead.helpers), now))
            for card in cards
            if card.group == "not_yet"
        ],
        notices=_quota_notices(cards),
        wished=queries_returns.wished(db.session(), person.id) if any(card.breakdown for card in cards) else set(),
    )


@bp.get("/reserver/<code>")
@allowed("booking.own")
def hours(code: str) -> ResponseReturnValue:
    """The days and hours of a machine, or why not yet."""
    now, person, machine = clock.now(), me(), _machine(code)
    asked = request.args.get("jour", "")
    day = read_day(asked)
    minutes = request.args.get("duree", type=int) or queries_cards.usual_minutes(machine)
    if minutes not in queries_slots.lengths_of(machine):
        minutes = queries_cards.usual_minutes(machine)
    found = queries_slots.choices(db.session(), machine, person.id, minutes, day, now)
    if refusals := queries_slots.about_me(found):
        return _show_not_yet(machine, person, refusals, now)
    mine = upcoming_for(db.session(), person.id, now)
    page = page_of(machine, found, now, mine, note=_no_such_day(asked, found))
    more = {"runs_on": way_past_closing(machine, person, now), **_when_out(machine, person, now)}
    return render_template("machines/hours.html", page=page, form=SlotForm(formdata=None), key=form_key(), **more)


@bp.post("/reserver/<code>")
@allowed("booking.own")
def book(code: str) -> ResponseReturnValue:
    """Book the hour chosen; refused, say everything and keep what was chosen."""
    now, person, form = clock.now(), me(), SlotForm()
    machine_id = queries.id_of(db.session(), code, clock.local_day(now))
    if machine_id is None or not form.validate():
        return _again(_machine(code), person, form, (), now)
    ask = Ask(machine_id, form.slot, holder_id=person.id, key=_key_of(form))
    try:
        booking = actions.book(ask, person, now)
    except Refused as refused:
        return _again(_machine(code), person, form, refused.refusals, now)
    return redirect(url_for("machines.booking", public_id=booking.public_id), 303)


def _machine(code: str) -> Machine:
    machine = queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now()))
    if machine is None:
        abort(404)
    return machine


def _key_of(form: SlotForm) -> str:
    # One page may book two different hours (back, another hour): only the same wish sent twice is one booking.
    return f"{form.key.data[:40]}:{int(form.slot.start.timestamp())}"


def _again(
    machine: Machine, person: Person, form: SlotForm, refusals: Sequence[Refusal], now: datetime
) -> ResponseReturnValue:
    """Why what was chosen is not possible, and what is: 409 when it is taken, else 422."""
    chosen = form.slot if not form.errors else None
    if chosen and (taken := taken_page(machine, chosen, refusals)):
        return render_template("machines/taken.html", page=taken, form=form, key=form_key(), form_errors=True), 409
    minutes = form.minutes.data if form.minutes.data in queries_slots.lengths_of(machine) else None
    day = clock.local_day(chosen.start) if chosen else None
    minutes = minutes or queries_cards.usual_minutes(machine)
    found = queries_slots.choices(db.session(), machine, person.id, minutes, day, now)
    form.show(refusals)
    page = page_of(machine, found, now, upcoming_for(db.session(), person.id, now), chosen=chosen)
    runs_on = way_past_closing(machine, person, now, refusals, chosen)
    answer = render_template(
        "machines/hours.html",
        page=page,
        form=form,
        key=form_key(),
        form_errors=True,
        runs_on=runs_on,
        closed=any(one.code in SHUT for one in refusals),
    )
    return answer, 409 if any(one.code == "taken" for one in refusals) else 422


def _show_not_yet(machine: Machine, person: Person, refusals: Sequence[Refusal], now: datetime) -> ResponseReturnValue:
    cards = queries_cards.cards_for(db.session(), person, now)
    gap = queries_cards.gap_in(refusals)
    if gap and not gap.size:
        # Everything was shown already: what counts is what to do now, not a list of what is known.
        gap = None
    ahead = queries_helpers.ahead(db.session(), person.id, now)
    lesson = ahead.lesson
    meanwhile = [_tile(card, now) for card in cards if card.group == "possible" and card.slot][:2]
    return render_template(
        "machines/not_yet.html",
        machine=machine,
        refusals=refusals,
        gap=gap,
        items=_of_badge(gap) if gap else _in_the_way(refusals, machine.badge.name),
        beside=_in_the_way(refusals[1:], machine.badge.name) if gap else [],
        next_lesson=lesson,
        next_when=words.full_slot(Slot(lesson.start, lesson.end)) if lesson else "",
        leads=words.any_of(queries_shifts.leads_of(db.session(), lesson.public_id)) if lesson else "",
        whom=words.whom_to_ask(_helpers_for(machine, gap, ahead.helpers), now),
        meanwhile=meanwhile,
        badge_code=_badge_to_ask(refusals, machine),
        asked=queries_requests.my_trainings(db.session(), person.id).get(machine.badge_id),
        renews=any(one.code in ("badge_expires", "badge_lapsed") for one in refusals),
        too_young=any(one.code == "age_too_young" for one in refusals),
        **_when_out(machine, person, now),
    )


def _badge_to_ask(refusals: Sequence[Refusal], machine: Machine) -> str | None:
    """The badge to ask a training for, when a badge is what is missing; what comes before it is learnt along."""
    about_badge = {"badge_missing", "badge_expires", "badge_lapsed"}
    return machine.badge.code if about_badge & {one.code for one in refusals} else None


def _of_badge(gap: Gap) -> list[dict[str, object]]:
    """What is missing of a badge and what is done, for the list with lamps."""
    how = _("Je le montre à un animateur, en séance.")
    items: list[dict[str, object]] = [
        {"text": in_french(need.i_can), "detail": how, "done": False} for need in gap.missing
    ]
    items += [{"text": _("J’ai le badge %(name)s.", name=in_french(one.name)), "done": False} for one in gap.badges]
    items += [{"text": in_french(need.i_can), "done": True} for need in gap.reached]
    held = [one for one in gap.badge.prerequisites if one not in gap.badges]
    return items + [{"text": _("J’ai le badge %(name)s.", name=in_french(one.name)), "done": True} for one in held]


def _in_the_way(refusals: Sequence[Refusal], badge: str) -> list[dict[str, object]]:
    """Reasons as lines: the sentence, and under it what to do."""
    said = (refusal.sentence.partition(". ") for refusal in refusals)
    return [
        {"text": naming(text.rstrip(".") + ".", badge), "detail": detail, "done": False} for text, _dot, detail in said
    ]


def _no_such_day(asked: str, found: queries_slots.Choices) -> str:
    if not asked or (found.chosen and found.chosen.day.isoformat() == asked):
        return ""
    return _("Ce jour n’est pas possible.") + " " + _("Voici les jours ouverts.")


def _tile(card: Card, now: datetime) -> Tile:
    free = _("Complet pour l’instant")
    if card.slot:
        free = _("Libre %(when)s", when=words.near_when(card.slot.start, now))
    return Tile(card.machine.simple_name, card.machine.pictogram, _hours_url(card), free)


def _hours_url(card: Card) -> str:
    day = clock.local_day(card.slot.start).isoformat() if card.slot else None
    return url_for("machines.hours", code=card.machine.code, jour=day)


def _beside(card: Card, person: Person, names: dict[Slot, list[str]], now: datetime) -> Tile:
    tile = _tile(card, now)
    day = clock.local_day(card.slot.start if card.slot else now)
    age = age_on(person.birth_date, day) if person.birth_date else None
    why = _("J’ai %(age)s ans : un animateur reste à côté de moi.", age=age)
    if alone := card.machine.min_age_in_room or card.machine.min_age_autonomous:
        why += " " + _("Ensuite, c’est à partir de %(age)s ans.", age=alone)
    helpers = names.get(card.slot, []) if card.slot else []
    button = _("Je réserve avec %(name)s", name=helpers[0]) if len(helpers) == 1 else _("Je réserve avec un animateur")
    return Tile(tile.name, tile.family, tile.url, tile.free, why=why, button=button)


def _helpers_for(
    machine: Machine, gap: Gap | None, helpers: Mapping[int, queries_helpers.Helpers]
) -> queries_helpers.Helpers | None:
    """Who may hand over the badge that is missing, else that of the machine."""
    return helpers.get(gap.badge.id if gap else machine.badge_id)


def _not_yet(card: Card, next_lesson: queries_helpers.NextLesson | None, whom: str) -> Tile:
    if card.breakdown:
        sheet = url_for("machines.sheet", code=card.machine.code)
        back_on, machine = _say_back(card.breakdown.back_on), card.machine
        return Tile(machine.simple_name, machine.pictogram, sheet, "", back_on=back_on, broken=True, machine=machine)
    url, gap, total = url_for("machines.hours", code=card.machine.code), card.gap, 0
    if gap:
        total = len(gap.missing) + len(gap.reached) + len(gap.badge.prerequisites)
    missing = naming(card.refusals[0].sentence.split(". ")[0].rstrip(".") + ".", card.machine.badge.name)
    if gap and gap.size:
        missing = ngettext(
            "Il me manque %(num)s chose sur %(total)s.",
            "Il me manque %(num)s choses sur %(total)s.",
            gap.size,
            total=max(total, gap.size),
        )
    how = whom
    if next_lesson and gap and gap.size:
        how = _(
            "Ma prochaine séance : %(day)s à %(hour)s.",
            day=say_day(next_lesson.start),
            hour=say_hour(next_lesson.start),
        )
    elif card.refusals[0].code in ("authorisation_missing", "birth_date_missing", "derogation_missing"):
        how = _("Je passe à l’accueil.")
    elif card.refusals[0].code == "age_too_young":
        how = _("Je choisis une autre machine.")
    code = _badge_to_ask(card.refusals, card.machine)
    return Tile(
        card.machine.simple_name,
        card.machine.pictogram,
        url,
        missing,
        how=how,
        badge_id=card.machine.badge_id if code else None,
        badge_code=code or "",
    )


def _say_back(day: date | None) -> str:
    return _("Retour prévu %(day)s.", day=say_day(day)) if day else _("Je ne sais pas encore quand elle revient.")


def _when_out(machine: Machine, person: Person, now: datetime) -> dict[str, object]:
    """Of a machine out of service now: when it should be back, and whether I am told; of another, nothing."""
    breakdown = queries_shifts.breakdown_of(db.session(), machine.id, now)
    if breakdown is None:
        return {}
    told = machine.id in queries_returns.wished(db.session(), person.id)
    return {"out": _say_back(breakdown.expected_back), "wished": told}


def _quota_notices(cards: Sequence[Card]) -> list[Refusal]:
    """What stands in the way of any booking, said once on top."""
    found = {one.code: one for card in cards for one in card.quota}
    return list(found.values())
