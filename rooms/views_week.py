"""The week of all rooms, as a grid and as an equal list."""

from datetime import date, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import weeks
from fablab import clock
from fablab.db import db
from fablab.i18n import say_day, say_short_day
from fablab.pages import allowed
from fablab.people.entering import me
from rooms import queries, queries_week, words
from rooms.blueprint import bp
from rooms.reading import reader_of


@bp.get("/salles/semaine")
@allowed("room.read")
def week() -> ResponseReturnValue:
    """Rooms as rows, days as columns."""
    session, now = db.session(), clock.now()
    monday, today = clock.week_of(_day("semaine")), clock.local_day(now)
    reader = reader_of(session, me(), today)
    found = queries_week.week_of(session, queries.in_use(session, monday), monday, now, reader)
    return render_template(
        "rooms/week.html",
        week=weeks.week_links("rooms.week", monday, now, last=found.days[-1]),
        found=found,
        reader=reader,
        words=words,
        monday=monday.isoformat(),
        heads=[(say_day(day).rsplit(" ", 1)[0], day == today, day.isoformat()) for day in found.days],
        base=url_for("rooms.index") + "/",
        list_url=url_for("rooms.week_list", jour=max(monday, min(today, found.days[-1])).isoformat()),
    )


@bp.get("/salles/semaine/liste")
@allowed("room.read")
def week_list() -> ResponseReturnValue:
    """The same week by hour, a day at a time."""
    session, now, day = db.session(), clock.now(), _day("jour")
    monday = clock.week_of(day)
    days = [monday + timedelta(days=number) for number in range(7)]
    boxes = [
        {
            "weekday": say_short_day(one).split()[0],
            "number": one.day,
            "url": url_for("rooms.week_list", jour=one.isoformat()),
            "chosen": one == day,
        }
        for one in days
    ]
    reader = reader_of(session, me(), clock.local_day(now))
    return render_template(
        "rooms/week_list.html",
        week=weeks.week_links("rooms.week_list", monday, now, last=days[-1], name="jour"),
        day=day,
        boxes=boxes,
        lines=queries_week.day_list(session, queries.in_use(session, day), day, reader),
        reader=reader,
        grid_url=url_for("rooms.week", semaine=monday.isoformat()),
    )


def _day(name: str) -> date:
    return weeks.day_of_week_shown(request.args.get(name, ""), clock.now())
