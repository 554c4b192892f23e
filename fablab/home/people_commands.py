"""``flask administrator``: the first account of a house, from which all the others are made."""

import re

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.outbox import Letter
from fablab.people import actions_staff, names
from fablab.permissions import Role
from fablab.refusals import Refused


@click.command("administrator")
@click.argument("email")
@click.argument("first_name")
@click.argument("last_name")
@with_appcontext
def administrator_command(email: str, first_name: str, last_name: str) -> None:
    """Make the account of an administrator and print the link that chooses its password (good once, for a week)."""
    refuse_unusable(email, first_name, last_name)
    click.echo(f"{make_administrator(email, first_name, last_name)}\nThe same link is in a letter to {email}.")


def refuse_unusable(email: str, first_name: str, last_name: str) -> None:
    """Stop at an address or names that no account can have."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email) or not all(map(names.is_a_name, (first_name, last_name))):
        raise click.ClickException("Say an e-mail address, a first name and a last name.")


def make_administrator(email: str, first_name: str, last_name: str) -> str:
    """Make the account; the link that chooses its password, also written in a letter. Stops when it is refused."""
    asked = actions_staff.NewStaff(first_name, last_name, email, [Role.ADMINISTRATOR])
    try:
        person = actions_staff.make_staff(asked, None, clock.now())
    except Refused as refused:
        raise click.ClickException(" ".join(refusal.sentence for refusal in refused.refusals)) from None
    letter = db.session().scalars(select(Letter).where(Letter.person_id == person.id)).one()
    return next(line for line in letter.body.splitlines() if line.startswith("http"))
