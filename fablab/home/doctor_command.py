"""``flask doctor``: prints the findings, what is wrong first."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from fablab import clock
from fablab.home import doctor

MARKS = {"wrong": "WRONG", "warn": "warn ", "ok": "ok   "}


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Say what is wrong with this installation and how to mend it. Exit code 1 when something is wrong."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to unwrap
    findings = doctor.examine(app, clock.now())
    for level, mark in MARKS.items():
        for found in findings:
            if found.level == level:
                click.echo(f"{mark} {found.what}" + (f"\n      → {found.mend}" if found.mend else ""))
    if any(found.level == "wrong" for found in findings):
        raise SystemExit(1)
