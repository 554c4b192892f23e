"""The demonstration house: who is in it, and the order in which its year is told."""

from datetime import date, datetime, time, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from bookings.queries_house import house_of
from fablab import clock, house, kept_files
from fablab.catalogue import read
from fablab.db import db, transaction
from fablab.demo_story import Story, at_work
from fablab.home import catalogue as house_catalogue
from fablab.people import demo as people
from fablab.people.models import Person
from machines.demo import OpenLab
from machines.demo_care import Upkeep
from machines.demo_supplies import Materials
from machines.demo_training import Asking
from pathways.demo import Training
from pathways.demo_exits import AskingAfter
from pathways.demo_outreach import CallingBack
from pathways.models import Group
from rooms.demo import Lending

SUNDAY = 6
#: the team and the cast were there long before any group that takes them in
TEAM_SINCE, CAST_SINCE = timedelta(days=500), timedelta(days=440)
#: the setting that says up to which day the year was told, once it was told whole
TOLD = "demo_told"


@click.command("demo")
@click.option("--people-only", "step", flag_value="people", help="mark the house as a demonstration, make who is in it")
@click.option("--log-ins", "step", flag_value="log-ins", help="print the log-ins")
@click.option("--fill", "step", flag_value="fill", help="tell the year around the day")
@click.option("--again", "step", flag_value="again", help="forget everything and begin anew, around today")
@click.option("--seed", default=1, show_default=True, help="another seed, another year")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="the day around which it is told (today)")
@with_appcontext
def demo_command(step: str | None, seed: int, day: datetime | None) -> None:
    """Make the demonstration house, or one step of it."""
    if step in ("fill", "log-ins") and not inspect(db.engine).has_table("person"):
        raise click.ClickException("There is no house here yet: «make run» makes one.")
    on = day.date() if day else clock.local_day(clock.now())
    # Links in letters are made as if somebody asked for a page at the house's address.
    with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]):
        if step == "again":
            begin_anew(on)
        if step in (None, "again", "people"):
            make_people(on)
        if step in (None, "again", "fill"):
            for line in fill(on, seed):
                click.echo(line)
        if step in (None, "again", "log-ins"):
            print_log_ins(db.session())


def make_people(day: date) -> None:
    """Mark the house as a demonstration and make its cast. Refuses a house where somebody already is."""
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise click.ClickException("There are people in this house already: nothing was made.")
    with transaction() as session:
        house.write(session, "demo", True)
        # A number and an address that reach nobody: numbers in 04 65 71 are kept for stories (Arcep, numbering plan).
        house.write(session, "house.phone", "0465710042")
        house.write(session, "house.email", f"bonjour@{people.DOMAIN}")
    since, enrolled = (
        clock.local_day(at_work(clock.at(day - ago, time(9)), _day_off)) for ago in (TEAM_SINCE, CAST_SINCE)
    )
    team = people.make_team(since)
    cast = people.make_cast(day, enrolled, team)
    with transaction() as session:
        people.link_outsiders(session, cast, team, day)


def begin_anew(day: date) -> None:
    """Empty a demonstration and load the catalogue as of ``day``. Refuses any other house that holds people."""
    if inspect(db.engine).has_table("person"):
        session = db.session()
        if session.scalar(select(Person.id).limit(1)) is not None and not house.is_demo(session):
            raise click.ClickException("This house is not a demonstration: nothing was changed.")
        session.rollback()
        db.session.remove()
        downgrade(revision="base")
        kept_files.remove([key for key, _written in kept_files.everything()])
    upgrade()
    house_catalogue.load_first(read(house_catalogue.SOURCES), by=None, now=clock.at(day, time()))


def fill(day: date, seed: int, *, small: bool = False) -> list[str]:
    """Tell the year around ``day``, up to the evening before it. Gives what there is to say about it.

    ``small`` tells a few groups only. Refuses a house that is no demonstration, or that has groups already.
    """
    session = db.session()
    if not house.is_demo(session):
        raise click.ClickException("This house is not a demonstration: nothing was made.")
    if session.scalar(select(Group.id).limit(1)) is not None:
        raise click.ClickException("The year is told already; «flask demo --again» begins anew.")
    story = Story(seed, _day_off)
    ids = people.ids_by_name(session)
    training = Training(story, day, ids, ids, small)
    said = training.prepare()
    OpenLab(story, day, ids, ids, small).prepare()
    Asking(story, day, ids).prepare()
    CallingBack(story, day, ids).prepare()
    AskingAfter(story, day, ids).prepare()
    Lending(story, day, ids, small).prepare()
    Upkeep(story, day, ids).prepare()
    Materials(story, day, ids).prepare()
    told = story.tell(until=clock.at(day, time()))
    people.read_messages(session, clock.at(day - timedelta(days=6), time()))
    with transaction() as writing:
        house.write(writing, TOLD, day.isoformat())
    return [*said, f"{told} happenings were told up to {day}."]


def _day_off(day: date) -> bool:
    """Whether nobody of the team works that day."""
    return day.weekday() == SUNDAY or house_of(db.session()).public_holiday(day) is not None


def print_log_ins(session: Session) -> None:
    """Who can enter, and how."""
    found = people.log_ins(session)
    rows = [("role", "name", "identifier", "code or password", "")]
    rows += [(one.role, one.name, one.identifier, one.secret, one.about) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        click.echo("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]]).rstrip())
