"""``flask house open``: an empty database becomes a house, with its catalogue and its first administrator."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import select

from fablab import clock
from fablab.catalogue import Catalogue
from fablab.db import db
from fablab.home import catalogue as house_catalogue
from fablab.home.catalogue_commands import read_or_stop
from fablab.home.people_commands import make_administrator, refuse_unusable
from fablab.people.models import Person

commands = AppGroup("house", help="Open a house of your own.")


@commands.command("open")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("email")
@click.argument("first_name")
@click.argument("last_name")
def open_command(path: Path, email: str, first_name: str, last_name: str) -> None:
    """Make the tables, load the catalogue of the folder PATH, make the first administrator.

    Prints the link with which that person chooses a password: good once, for a week. A house where somebody already
    is, or that holds another catalogue, is left as it is. What was interrupted may be begun again.
    """
    refuse_unusable(email, first_name, last_name)
    # A file that is not there would be completed by the shipped one: never for a house of one's own.
    if missing := [source.name for source in house_catalogue.SOURCES if not list(path.rglob(source.name))]:
        raise click.ClickException(f"A house needs all its files; missing in {path}: {', '.join(missing)}.")
    catalogue = read_or_stop(path)
    upgrade()
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise click.ClickException("There are people in this house already: nothing was changed.")
    _load(catalogue)
    house_catalogue.keep_files(path)
    for line in house_catalogue.calendar_notes(catalogue):
        click.echo(line)
    click.echo(
        f"The house is open. Its first administrator chooses a password here, once, within a week:\n"
        f"{make_administrator(email, first_name, last_name)}"
    )


def _load(catalogue: Catalogue) -> None:
    now = clock.now()
    if not house_catalogue.is_loaded(db.session()):
        click.echo(f"Loaded: {house_catalogue.load_first(catalogue, by=None, now=now)} items.")
    elif house_catalogue.compare(db.session(), catalogue, now):
        raise click.ClickException("This house holds another catalogue already: nothing was changed.")
