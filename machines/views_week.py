"""The team's week of all machines, as a grid and as an equal list, and the day of one machine."""

from datetime import date, timedelta

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bookings import weeks
from bookings.weeks import day_of_week_shown, read_day
from fablab import clock
from fablab.db import db
from fablab.i18n import say_day, say_short_day
from fablab.pages import allowed
from machines import queries_cards, queries_one_week, queries_week
from machines.blueprint import bp


@bp.get("/machines/semaine")
@allowed("machine.read")
def week() -> ResponseReturnValue:
    """Machines as rows, days as columns."""
    now = clock.now()
    monday = clock.week_of(_day("semaine"))
    found = queries_week.week_grid(db.session(), monday, now)
    today = clock.local_day(now)
    return render_template(
        "machines/week.html",
        week=weeks.week_links("machines.week", monday, now, last=found.days[-1]),
        found=found,
        monday=monday.isoformat(),
        heads=[(say_day(day).rsplit(" ", 1)[0], day == today, day.isoformat()) for day in found.days],
        base=url_for("machines.week").removesuffix("semaine"),
        list_url=url_for("machines.week_list", jour=max(monday, min(today, found.days[-1])).isoformat()),
    )


@bp.get("/machines/semaine/liste")
@allowed("machine.read")
def week_list() -> ResponseReturnValue:
    """The same week by hour, a day at a time."""
    now, day = clock.now(), _day("jour")
    found = queries_week.day_list(db.session(), day)
    boxes = [
        {
            "weekday": say_short_day(one).split()[0],
            "number": one.day,
            "url": url_for("machines.week_list", jour=one.isoformat()),
            "chosen": one == day,
        }
        for one in found.days
    ]
    return render_template(
        "machines/week_list.html",
        week=weeks.week_links("machines.week_list", clock.week_of(day), now, last=found.days[-1], name="jour"),
        day=day,
        boxes=boxes,
        found=found,
        grid_url=url_for("machines.week", semaine=clock.week_of(day).isoformat()),
    )


@bp.get("/machines/<code>/semaine")
@allowed("machine.read")
def machine_week(code: str) -> ResponseReturnValue:
    """The week of one machine: its bookings, what is free, what is shut."""
    machine = queries_one_week.machine_named(db.session(), code)
    if machine is None:
        abort(404)
    now = clock.now()
    monday, today = clock.week_of(_day("semaine")), clock.local_day(now)
    found = queries_one_week.week_of_one(db.session(), machine, monday, now)
    return render_template(
        "machines/machine_week.html",
        machine=machine,
        week=weeks.week_links("machines.machine_week", monday, now, last=found.days[-1].day, code=code),
        found=found,
        today=today,
        week_url=url_for("machines.week", semaine=monday.isoformat()),
        day_base=url_for("machines.machine_day", code=code, day="-").removesuffix("-"),
        booking_base=url_for("bookings.show", public_id="-").removesuffix("-"),
        may_book=monday > today - timedelta(days=6),
    )


@bp.get("/machines/<code>/<day>")
@allowed("machine.read")
def machine_day(code: str, day: str) -> ResponseReturnValue:
    """The bookings of one machine on one day."""
    machine, asked = queries_cards.machine_for_team(db.session(), code), read_day(day)
    if machine is None or asked is None:
        abort(404)
    found, today = queries_week.day_list(db.session(), asked, machine.id), clock.local_day(clock.now())
    return render_template(
        "machines/machine_day.html",
        machine=machine,
        day=asked,
        today=today,
        found=found,
        may_book=asked >= today and found.is_open and not found.is_stopped,
        week_url=url_for("machines.week", semaine=clock.week_of(asked).isoformat()),
    )


def _day(name: str) -> date:
    return day_of_week_shown(request.args.get(name, ""), clock.now())
