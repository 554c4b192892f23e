"""Calendars followed from outside: one's own, a machine's, a room's; each at a secret address that is read only."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from bookings import actions_feeds, queries_feeds
from bookings.models_feeds import Feed
from bookings.values import Slot
from fablab import calendars, clock, identity
from fablab.db import db
from fablab.i18n import _, speaking
from fablab.pages import allowed, by_address
from fablab.people.entering import me
from fablab.people.secret_pages import secret_page
from fablab.people.secrets import feed_key, feed_nonce
from machines import queries_cards
from machines import queries_feeds as machine_feeds
from machines.models import Machine
from pathways import upkeep_feeds as training_feeds
from rooms import queries as room_queries
from rooms import queries_feeds as room_feeds
from rooms.models import Room

bp = Blueprint("feeds", __name__)

#: how far back and ahead a calendar goes
BEFORE, AFTER = timedelta(days=31), timedelta(days=400)


def _find(key: str) -> Feed | None:
    nonce = feed_nonce(key)
    return queries_feeds.by_nonce(db.session(), nonce, clock.now()) if nonce else None


@bp.get("/calendriers/<key>.ics")
@by_address(_find)
def read(key: str) -> ResponseReturnValue:
    """All of a calendar; 304 when nothing of it has changed since it was last read."""
    feed: Feed = g.opened
    now, house, settings = clock.now(), identity.ours().name, current_app.config["SETTINGS"]
    with speaking(feed.person.language if feed.person else "fr"):
        name, entries = _content(db.session(), feed, house)
    kept, public_url = calendars.kept(entries), current_app.config["PUBLIC_URL"]
    text = calendars.feed(kept, name, house, settings.mail_from, public_url, now)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.set_etag(calendars.mark_of(kept, name, house, settings.mail_from, public_url), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="calendrier.ics"'
    return response.make_conditional(request)


@bp.route("/mon-agenda", methods=["GET", "POST"])
@allowed("account.own")
def mine() -> ResponseReturnValue:
    """The address of my calendar; asking for one, or for another instead."""
    if request.method == "POST":
        actions_feeds.open_mine(me(), clock.now())
        _say_ready()
        return redirect(url_for(".mine"), 303)
    feed = queries_feeds.of_person(db.session(), me().id)
    return _page(feed, me().enters_by_pin, back=(url_for("account.show"), _("Mon compte")), stop=url_for(".stop_mine"))


@bp.post("/mon-agenda/arreter")
@allowed("account.own")
def stop_mine() -> ResponseReturnValue:
    """The address of my calendar opens nothing any more."""
    actions_feeds.stop_mine(me(), clock.now())
    flash(_("L’adresse n’ouvre plus rien."))
    return redirect(url_for(".mine"), 303)


@bp.route("/machines/<code>/calendrier", methods=["GET", "POST"])
@allowed("machine.feed")
def of_machine(code: str) -> ResponseReturnValue:
    """The address of a machine's calendar; asking for one, or for another instead."""
    machine = _machine(code)
    if request.method == "POST":
        actions_feeds.open_for(machine, me(), clock.now())
        _say_ready()
        return redirect(url_for(".of_machine", code=code), 303)
    feed = queries_feeds.of_resource(db.session(), machine.id)
    back = (url_for("machines.machine", code=code), machine.simple_name)
    return _page(feed, False, back=back, stop=url_for(".stop_machine", code=code), machine=machine)


@bp.post("/machines/<code>/calendrier/arreter")
@allowed("machine.feed")
def stop_machine(code: str) -> ResponseReturnValue:
    """The address of a machine's calendar opens nothing any more."""
    actions_feeds.stop_for(_machine(code), me(), clock.now())
    flash(_("L’adresse n’ouvre plus rien."))
    return redirect(url_for(".of_machine", code=code), 303)


@bp.route("/salles/<code>/calendrier", methods=["GET", "POST"])
@allowed("room.feed")
def of_room(code: str) -> ResponseReturnValue:
    """The address of a room's calendar; asking for one, or for another instead."""
    room = _room(code)
    if request.method == "POST":
        actions_feeds.open_for(room, me(), clock.now())
        _say_ready()
        return redirect(url_for(".of_room", code=code), 303)
    feed = queries_feeds.of_resource(db.session(), room.id)
    back = (url_for("rooms.room", code=code), room.name)
    return _page(feed, False, back=back, stop=url_for(".stop_room", code=code), room=room)


@bp.post("/salles/<code>/calendrier/arreter")
@allowed("room.feed")
def stop_room(code: str) -> ResponseReturnValue:
    """The address of a room's calendar opens nothing any more."""
    actions_feeds.stop_for(_room(code), me(), clock.now())
    flash(_("L’adresse n’ouvre plus rien."))
    return redirect(url_for(".of_room", code=code), 303)


def _content(session: Session, feed: Feed, house: str) -> tuple[str, list[calendars.Entry]]:
    """The name of a calendar and what is in it, soonest first."""
    now = clock.now()
    # Whole days: the same entries, and the same mark of them, all day long.
    start, end = clock.day_bounds(clock.local_day(now - BEFORE))[0], clock.day_bounds(clock.local_day(now + AFTER))[0]
    span = Slot(start, end)
    if isinstance(feed.resource, Machine):
        name, entries = feed.resource.simple_name, machine_feeds.taken(session, feed.resource, span)
    elif isinstance(feed.resource, Room):
        name, entries = feed.resource.name, room_feeds.taken(session, feed.resource, span)
    else:
        person_id = feed.person_id or 0
        lessons = training_feeds.sessions_of(session, person_id, start, end, queries_feeds.MOST)
        name, entries = house, machine_feeds.mine(session, person_id, span) + lessons
    return name, sorted(entries, key=lambda one: (one.starts_at, one.uid))


def _page(feed: Feed | None, young: bool, **more: Any) -> Answer:
    address = f"{current_app.config['PUBLIC_URL']}{url_for('.read', key=feed_key(feed.nonce))}" if feed else None
    return secret_page(
        "home/feed.html", feed=feed, address=address, young=young, **{"machine": None, "room": None, **more}
    )


def _say_ready() -> None:
    """A first address, or another instead."""
    flash(_("L’adresse est prête. L’ancienne n’ouvre plus rien.") if request.form.get("again") else _("C’est prêt."))


def _room(code: str) -> Room:
    sheet = room_queries.sheet_of(db.session(), code, clock.local_day(clock.now())) or abort(404)
    return db.session().get_one(Room, sheet.id)


def _machine(code: str) -> Machine:
    return queries_cards.machine_by_code(db.session(), code, clock.local_day(clock.now())) or abort(404)
