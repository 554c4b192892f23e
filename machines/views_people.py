"""Whom the team means by what it typed: for booking a machine for somebody, or beginning at once."""

from typing import Any

from fablab.db import db
from fablab.i18n import _
from fablab.people import queries as people
from fablab.people.models import Person
from fablab.people.names import fold
from fablab.permissions import Role


def candidates(form: Any) -> list[Person]:
    """Young people who answer to what was typed: the one with that identifier, the one chosen, or all that fit.

    When nobody does, the form's field says so.
    """
    session, typed = db.session(), form.person.data
    exact = people.by_handle(session, typed.lower())
    if exact is not None and exact.is_active and Role.YOUNG in exact.roles:
        return [exact]
    found = [one for one in people.search(session, typed) if Role.YOUNG in one.roles]
    chosen = [one for one in found if one.public_id == form.chosen.data]
    if not found:
        few = len(fold(typed).replace(" ", "")) < people.SHORTEST_SEARCH
        form.person.errors = [
            _("3 lettres au moins.") if few else _("Personne ne répond à ce nom. Essayer l’identifiant.")
        ]
    return chosen or found[:8]
