"""``flask backup``, ``restore``, ``copy-to``: the house in one file, back again, and to another database."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from fablab import clock
from fablab.home import backup, nightly, restoring
from fablab.home.backup import BadBackup, Manifest
from fablab.home.restoring import NewerData, NotEmpty, StillWorking

STOP_FIRST = "The scheduler of this house is working: stop the services, wait a minute, and begin again."


class BackupGroup(AppGroup):
    """``flask backup PATH`` writes; ``flask backup check PATH`` proves. A first word that is no command is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Say the command that a bare path means."""
        if not args or args[0] not in (*self.commands, "--help"):
            args = ["write", *args]
        return super().parse_args(ctx, args)


backup_commands = BackupGroup("backup", help="Put the house in one file, and prove that the file gives it back.")


@backup_commands.command("write")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def write_command(path: Path | None) -> None:
    """Write the house into PATH, while it runs (default: the folder of the nightly backups, and prove it)."""
    now = clock.now()
    try:
        if path is None:
            path = nightly.make_proved(now)
            _say(path, backup.read_manifest(path))
        else:
            _say(path, backup.make(path.resolve(), now))
    except (BadBackup, OSError) as error:
        raise click.ClickException(f"No backup was made: {error}") from error


@backup_commands.command("check")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_command(path: Path) -> None:
    """Restore PATH into a scratch database and compare every row."""
    try:
        _say(path, restoring.check(path.resolve()))
    except (BadBackup, OSError) as error:
        raise click.ClickException(f"This backup is NOT good: {error}") from error
    click.echo("It was restored into a scratch database: every row came back, every link holds.")


@click.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="take away what this house holds (kept in a backup of its own)")
@with_appcontext
def restore_command(path: Path, replace: bool) -> None:
    """Make this house what the backup PATH says. The services must be stopped."""
    try:
        manifest, kept, notes = restoring.restore(path.resolve(), clock.now(), replace=replace)
    except NewerData as error:
        raise click.ClickException(str(error)) from None
    except NotEmpty:
        raise click.ClickException("This house holds data: nothing was changed. --replace takes them away.") from None
    except StillWorking:
        raise click.ClickException(STOP_FIRST) from None
    except (BadBackup, OSError) as error:
        raise click.ClickException(f"Nothing was restored: {error}") from error
    _say(path, manifest)
    for note in [*notes, f"what was there before is in {kept}"] if kept else notes:
        click.echo(f"Note: {note}.")
    click.echo("The house is restored. Start the services.")


@click.command("copy-to")
@click.argument("database_url")
@with_appcontext
def copy_to_command(database_url: str) -> None:
    """Copy this house into the empty database DATABASE_URL and compare every row. The services must be stopped."""
    target = make_url(database_url)
    if target.get_backend_name() == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    if target.render_as_string(hide_password=False) == current_app.config["SQLALCHEMY_DATABASE_URI"]:
        raise click.ClickException("That is the database of this house.")
    try:
        manifest = restoring.copy_to(target.render_as_string(hide_password=False), clock.now())
    except NotEmpty:
        raise click.ClickException("That database holds data: nothing was changed.") from None
    except StillWorking:
        raise click.ClickException(STOP_FIRST) from None
    except (BadBackup, OSError, SQLAlchemyError) as error:
        raise click.ClickException(f"Nothing was copied: {error}") from error
    rows = sum(rows.count for rows in manifest.tables.values())
    click.echo(f"{rows} rows of {len(manifest.tables)} tables were copied and read back the same.")
    click.echo("Now set DATABASE_URL to that address and start the services.")


def _say(path: Path, manifest: Manifest) -> None:
    rows = sum(rows.count for rows in manifest.tables.values())
    size = path.stat().st_size
    room = f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{size / 1024:.0f} kB"
    click.echo(
        f"{path}: {room}, made {manifest.made_at} from {manifest.engine}, migration {manifest.revision}: "
        f"{rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} files."
    )
