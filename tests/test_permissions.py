"""The table of roles and verbs: in the docs as in the code; a few lines must never change by accident."""

from pathlib import Path

import pytest
from flask import Flask

from fablab.permissions import VERBS, Role, may, table

DOCS = Path(__file__).parent.parent / "docs" / "permissions.md"


def test_the_docs_hold_the_table_of_the_code() -> None:
    assert DOCS.read_text(encoding="utf-8") == table(), "run: flask --app wsgi permissions > docs/permissions.md"


def test_the_command_prints_the_table(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["permissions"]).output == table()


def test_a_young_person_only_has_verbs_about_themselves() -> None:
    assert {verb for verb in VERBS if may([Role.YOUNG], verb)} == {
        "account.own",
        "booking.own",
        "data.own",
        "gallery.read",  # shows no name and no account: only what others agree to show
        "pathway.own",
        "token.own",
    }


@pytest.mark.parametrize("role", [Role.STRUCTURE, Role.REFERENT])
def test_people_from_outside_do_not_search_or_open_young_people(role: Role) -> None:
    assert not any(may([role], verb) for verb in ("person.search", "person.read", "person.create"))


def test_an_unknown_verb_is_a_bug() -> None:
    with pytest.raises(KeyError):
        may([Role.ADMINISTRATOR], "house.sell")
