"""The commands: ``flask --app wsgi …``."""

import click
from flask import Flask
from flask.cli import with_appcontext

from fablab import permissions
from fablab.home.backup_commands import backup_commands, copy_to_command, restore_command
from fablab.home.catalogue_commands import commands as catalogue_commands
from fablab.home.demo import demo_command
from fablab.home.doctor_command import doctor_command
from fablab.home.evidence_commands import commands as evidence_commands
from fablab.home.house_commands import commands as house_commands
from fablab.home.people_commands import administrator_command
from fablab.home.serve import become_web_server, serve, work
from pathways.commands import commands as training_commands


def register_commands(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(serve_command)
    app.cli.add_command(web_command)
    app.cli.add_command(scheduler_command)
    app.cli.add_command(permissions_command)
    app.cli.add_command(administrator_command)
    app.cli.add_command(catalogue_commands)
    app.cli.add_command(house_commands)
    app.cli.add_command(training_commands)
    app.cli.add_command(evidence_commands)
    app.cli.add_command(backup_commands)
    app.cli.add_command(restore_command)
    app.cli.add_command(copy_to_command)
    app.cli.add_command(doctor_command)
    app.cli.add_command(demo_command)


@click.command("serve")
@click.option(
    "--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True, help="on 127.0.0.1"
)
@with_appcontext
def serve_command(port: int) -> None:
    """Prepare the house and serve it, scheduler included."""
    serve(port)


@click.command("web")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="address and port, or unix:PATH")
@with_appcontext
def web_command(bind: str) -> None:
    """Serve this house and nothing else, for a service file; «flask scheduler» is the other service."""
    become_web_server(bind)


@click.command("scheduler")
@with_appcontext
def scheduler_command() -> None:
    """Run the background jobs until stopped; a second one waits for the first to end."""
    work()


@click.command("permissions")
def permissions_command() -> None:
    """Print the table of roles and verbs, as docs/permissions.md keeps it."""
    click.echo(permissions.table(), nl=False)
