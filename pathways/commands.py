"""Commands of training: ``flask pathways …``."""

import click
from flask.cli import AppGroup

from pathways import actions

commands = AppGroup("pathways", help="Training.")


@commands.command("rebuild-mastery")
def rebuild_mastery() -> None:
    """Write every current level anew from the validations, and say how many were wrong."""
    changed = actions.rebuild_mastery()
    click.echo(f"{changed} levels were wrong and are mended." if changed else "Every level was right.")
