"""The rooms of the house: all of them, one with its week, and a booking of one."""

from datetime import timedelta

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import weeks
from bookings.models import Booking
from bookings.values import Slot
from fablab import clock, reasons
from fablab.db import db
from fablab.i18n import _, as_typed, say_euros
from fablab.pages import allowed
from fablab.people.entering import me
from rooms import queries, queries_desk, queries_finding, queries_hours, queries_money, queries_week, rules, words
from rooms.blueprint import bp
from rooms.reading import reader_of
from rooms.values import Reader, Told, last_day, tell, tells_purpose
from rooms.views_changing import booking_or_404, may_do

#: for how many days the next free times are looked for
AHEAD = 14


@bp.get("/salles")
@allowed("room.read")
def index() -> ResponseReturnValue:
    """Every room, by floor."""
    session, today = db.session(), clock.local_day(clock.now())
    every = queries.in_use(session, today)
    # Parts of a hall are neither rooms nor area: they are said with their hall.
    found = [one for one in every if one.whole_id is None]
    floors = sorted({one.floor for one in found})
    by_floor = [(words.floor(number), [one for one in found if one.floor == number]) for number in floors]
    return render_template(
        "rooms/index.html",
        floors=by_floor,
        parts={one.id: [part for part in every if part.whole_id == one.id] for one in found},
        count=len(found),
        area=sum(one.area_m2 for one in found),
        lent=queries_hours.of_month(session, today) if me().may("room.who") else None,
        words=words,
    )


@bp.get("/salles/<code>")
@allowed("room.read")
def room(code: str) -> ResponseReturnValue:
    """A room: what it is, what is in it, its next free times and its week."""
    session, now = db.session(), clock.now()
    today = clock.local_day(now)
    sheet = queries.sheet_of(session, code, today)
    if sheet is None:
        abort(404)
    reader, limits = reader_of(session, me(), today), queries.rules_of(session)
    monday = clock.week_of(weeks.day_of_week_shown(request.args.get("semaine", ""), now))
    days = [monday + timedelta(days=number) for number in range(7)]
    earliest = now if reader.team else now + timedelta(days=limits.min_notice_days)
    first = clock.local_day(earliest)
    ahead = [first + timedelta(days=number) for number in range(AHEAD)]
    coming = queries_week.week_of_one(session, sheet, ahead, now, reader)
    return render_template(
        "rooms/room.html",
        room=sheet,
        hall=queries.sheets(session).get(sheet.whole_id or 0),
        parts=[one for one in queries.in_use(session, today) if one.whole_id == sheet.id],
        words=words,
        week=weeks.week_links("rooms.room", monday, now, last=days[-1], code=code),
        days=queries_week.week_of_one(session, sheet, days, now, reader),
        free=queries_week.next_free(coming, 60, earliest),
        today=today,
        booking_base=url_for("rooms.booking", public_id="-").removesuffix("-"),
    )


@bp.get("/salles/reservations/<public_id>")
@allowed("room.read")
def booking(public_id: str) -> ResponseReturnValue:
    """A booking of a room, for the team, and the organisation that has it: what it is, what may be done with it."""
    session, now = db.session(), clock.now()
    found = booking_or_404(public_id)
    reader = reader_of(session, me(), clock.local_day(now))
    return render_template(
        "rooms/booking.html",
        booking=found,
        slot=Slot(found.starts_at, found.ends_at),
        lines=_lines(found, tell(queries.tenants(session).get(found.structure_id or 0), found.purpose, reader), reader),
        may=may_do(found, now, own=found.structure_id in reader.own),
    )


def _lines(booking: Booking, told: Told, reader: Reader) -> list[tuple[str, object]]:
    """What is known of a booking: label and words."""
    lines: list[tuple[str, object]] = [(_("Structure"), told.who), (_("Personnes"), booking.headcount)]
    if told.purpose:
        lines.append((_("Pour faire"), as_typed(told.purpose)))
    lines += _money_lines(booking, reader)
    facts = queries_finding.facts_of(db.session(), booking)
    day = last_day(Slot(booking.starts_at, booking.ends_at))
    if booking.status == "requested" and facts and (waits := rules.waits_for(facts, day)):
        lines.append((_("Attend"), words.waiting(waits)))
    if booking.status == "confirmed" and facts and rules.convention_due(facts, day):
        lines.append((_("Convention"), _("à signer pour ce jour")))
    if why := reasons.say(booking.reasons, team=reader.team) or booking.reason:
        lines.append((_("Raison"), why))
    passed = booking.written_reasons.values() if reader.team else ()
    return lines + [(_("Règle passée"), said) for said in passed]


def _money_lines(booking: Booking, reader: Reader) -> list[tuple[str, object]]:
    """What a booking costs or is worth; where its deposit stands, for its organisation and whoever notes deposits."""
    lines: list[tuple[str, object]] = []
    use = queries_desk.use_of(db.session(), booking) if booking.charged else None
    minutes = queries_money.minutes_due(booking, use.planned_end if use else None)
    if said := words.amount(queries_money.terms_kept(booking), minutes):
        lines.append((_("Prix"), said))
    if booking.deposit_cents and (booking.structure_id in reader.own or me().may("room.deposit")):
        state = _("à recevoir")
        if (money := queries_money.money_of(db.session(), booking.id)) and money.received_at:
            state = {"given_back": _("rendue"), "kept": _("gardée")}.get(money.outcome or "", _("reçue"))
        lines.append((_("Caution"), f"{say_euros(booking.deposit_cents)}, {state}"))
        tenant = queries.tenants(db.session()).get(booking.structure_id or 0)
        if money and money.kept_why and tells_purpose(tenant, reader):
            lines.append((_("Gardée pour"), as_typed(money.kept_why)))
    return lines
