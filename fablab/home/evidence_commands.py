"""``flask evidence``: the files that people added, beside what names them."""

import click
from flask.cli import AppGroup

from fablab import clock
from fablab.db import db
from fablab.home import evidence_files

commands = AppGroup("evidence", help="Photos and files that prove what people can do.")


@commands.command("check")
def check_command() -> None:
    """Say which files no row names, and which rows have no file (never whose)."""
    found = evidence_files.apart(db.session(), clock.now())
    for key in found.without_row:
        click.echo(f"file without row: {key}")
    for key in found.without_file:
        click.echo(f"row without file: {key}")
    if not (found.without_row or found.without_file):
        click.echo("Every file has its row, every row its file.")


@commands.command("sweep")
def sweep_command() -> None:
    """Delete the files that no row names: what an interrupted sending or an older backup left behind."""
    click.echo(f"{evidence_files.sweep(clock.now())} deleted.")
