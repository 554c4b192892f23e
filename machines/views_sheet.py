"""The page of a machine for a young person, and the labels whose square leads there."""

from collections.abc import Sequence
from datetime import datetime

import segno
from flask import abort, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bookings.values import Slot
from fablab import clock, identity, pdf
from fablab.db import db
from fablab.i18n import _, language, say_capital, say_date
from fablab.pages import allowed
from fablab.people.entering import me
from machines import queries_cards, queries_docs, queries_helpers, queries_repair, words
from machines.blueprint import bp
from machines.models import Machine
from machines.words_sheet import does
from pathways.queries_helpers import follows_own_pace
from pathways.queries_standings import badge_standings
from pathways.values import last_day
from pathways.values_badges import BadgeState, Standing, award_state


@bp.get("/reserver/<code>/fiche")
@allowed("booking.own")
def sheet(code: str) -> ResponseReturnValue:
    """What the machine does, what it takes, my badge for it, who may train me, when it is free."""
    session, now, person = db.session(), clock.now(), me()
    machine = _in_use(code)
    standing = badge_standings(session, [person.id], [machine.badge.code])[person.id].get(machine.badge.code)
    helpers = queries_helpers.ahead(session, person.id, now).helpers.get(machine.badge_id)
    slots = queries_cards.next_slots(session, machine, person, now)
    return render_template(
        "machines/sheet.html",
        machine=machine,
        does=does(machine.pictogram),
        docs=queries_docs.docs_of(session, machine.id),
        trouble=queries_repair.troubles(session, [machine.id], now).get(machine.id),
        badge_state=_badge_state(standing, now),
        badge_until=_until(standing),
        whom=words.whom_to_ask(helpers, now),
        own_pace=follows_own_pace(session, person.id, clock.local_day(now)),
        slots=[(_hours_url(machine, slot), say_capital(words.near_when(slot.start, now))) for slot in slots],
    )


@bp.get("/m/<code>")
@allowed("account.own")
def scanned(code: str) -> ResponseReturnValue:
    """The square of a label: the page of the machine that is made for whoever looks."""
    machine, person = _in_use(code), me()
    if person.may("machine.read"):
        return redirect(url_for(".machine", code=machine.code))
    return redirect(url_for(".sheet", code=machine.code)) if person.may("booking.own") else redirect("/")


@bp.get("/machines/etiquettes.pdf")
@allowed("machine.read")
def labels() -> ResponseReturnValue:
    """A label for every machine, to print and cut."""
    return _labels_of(queries_cards.machines_in_use(db.session(), clock.local_day(clock.now())), "etiquettes")


@bp.get("/machines/<code>/etiquette.pdf")
@allowed("machine.read")
def label(code: str) -> ResponseReturnValue:
    """The label of one machine."""
    machine = _in_use(code)
    return _labels_of([machine], f"etiquette-{machine.code}")


def _in_use(code: str) -> Machine:
    return queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now())) or abort(404)


def _badge_state(standing: Standing | None, now: datetime) -> str:
    """valid, soon, asleep, over or missing: my badge for this machine."""
    if standing is None:
        return "missing"
    states = {BadgeState.VALID: "valid", BadgeState.EXPIRES_SOON: "soon", BadgeState.LAPSED: "asleep"}
    return states.get(award_state(standing, now), "over")


def _until(standing: Standing | None) -> str:
    day = last_day(standing.until) if standing else None
    return say_date(day) if day else ""


def _hours_url(machine: Machine, slot: Slot) -> str:
    return url_for(".hours", code=machine.code, jour=clock.local_day(slot.start).isoformat())


def _square(machine: Machine) -> str:
    """A drawing to photograph, as an SVG: it leads to the machine's page."""
    address = f"{current_app.config['PUBLIC_URL']}{url_for('.scanned', code=machine.code)}"
    return str(segno.make(address, error="m", micro=False).svg_inline(border=2))


def _labels_of(machines: Sequence[Machine], name: str) -> Response:
    """The labels as a PDF; nothing in them is about people."""
    drawn = [
        {
            "name": machine.simple_name,
            "code": machine.code,
            "does": does(machine.pictogram),
            "badge": _("Badge : %(name)s", name=machine.badge.name),
            "protections": ", ".join(machine.protections),
            "never": ", ".join(machine.materials_forbidden),
            "square": _square(machine),
        }
        for machine in machines
    ]
    said = {
        "title": _("Étiquettes des machines"),
        "house": identity.ours().name,
        "scan": _("Je photographie : règles, réservation, problème."),
        "wear": _("Je mets"),
        "never": _("Jamais"),
        "square": _("Carré à photographier pour ouvrir la page de la machine"),
        "language": language(),
    }
    response = make_response(pdf.make("labels", labels=drawn, words=said))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
