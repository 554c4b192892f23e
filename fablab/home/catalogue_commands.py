"""``flask catalogue check`` and ``load``: the files against themselves, then against the house."""

from pathlib import Path

import click
from flask.cli import AppGroup

from fablab import clock
from fablab.catalogue import Catalogue, read
from fablab.catalogue_items import Difference
from fablab.db import db
from fablab.home import catalogue as house_catalogue
from fablab.refusals import Refused

commands = AppGroup("catalogue", help="The house's catalogue: check its files, load them.")


def read_or_stop(path: Path | None) -> Catalogue:
    """The files (the shipped ones without a path), or every fault and exit code 1."""
    catalogue = read(house_catalogue.SOURCES, path)
    if catalogue.faults:
        for fault in catalogue.faults:
            click.echo(str(fault))
        click.echo(f"Faults: {len(catalogue.faults)}. Nothing was changed.", err=True)
        raise SystemExit(1)
    return catalogue


@commands.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def check(path: Path | None) -> None:
    """Print every fault of PATH (a file or a folder; default: the shipped files), or what they add up to."""
    catalogue = read_or_stop(path)
    for line in house_catalogue.summary(catalogue, clock.local_day(clock.now())):
        click.echo(line)


@commands.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--take", "keys", multiple=True, metavar="KEY", help="take this difference (may be repeated)")
@click.option("--take-all", is_flag=True, help="take every difference")
def load(path: Path | None, keys: tuple[str, ...], take_all: bool) -> None:
    """Load PATH: everything the first time; later show what differs, and take what is asked."""
    catalogue = read_or_stop(path)
    now = clock.now()
    if not house_catalogue.is_loaded(db.session()):
        missing = house_catalogue.missing(catalogue)
        if missing:
            raise click.ClickException(f"the first load needs every file; missing: {', '.join(missing)}")
        made = house_catalogue.load_first(catalogue, by=None, now=now)
        if path is not None:
            house_catalogue.keep_files(path)
        click.echo(f"Loaded: {made} items.")
    else:
        _take(catalogue, keys, take_all)
        if path is not None and (keys or take_all):
            house_catalogue.keep_files(path)
    for line in house_catalogue.calendar_notes(catalogue):
        click.echo(line)


def _take(catalogue: Catalogue, keys: tuple[str, ...], take_all: bool) -> None:
    now = clock.now()
    found = house_catalogue.compare(db.session(), catalogue, now)
    known = {difference.key for difference in found}
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise click.ClickException(f"no such difference: {', '.join(unknown)}")
    chosen = known if take_all else set(keys)
    if chosen:
        try:
            house_catalogue.take_differences(catalogue, sorted(chosen), by=None, now=now)
        except Refused as refused:
            raise click.ClickException(" ".join(one.sentence for one in refused.refusals)) from refused
    _say_differences(found, chosen)


def _say_differences(found: list[Difference], taken: set[str]) -> None:
    for difference in found:
        click.echo(f"{'taken  ' if difference.key in taken else 'differs'} {difference}")
    left = len(found) - len([difference for difference in found if difference.key in taken])
    if not found:
        click.echo("The house says what the files say: nothing to take.")
    elif left:
        click.echo(f"{left} differences left as they are; take one with --take KEY, all with --take-all.")
