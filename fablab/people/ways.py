"""The ways of entering: what is asked, on which page, and who it lets in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fablab.forms import BaseForm
from fablab.people import actions_account, devices
from fablab.people.forms import CardForm, EnterForm, TeamEnterForm
from fablab.people.models import Person


@dataclass(frozen=True)
class Way:
    """A form, the template of its page, and what finds the person; it raises Refused."""

    form: type[BaseForm]
    template: str
    enter: Callable[[Any, datetime], Person]


BY_HANDLE = Way(
    EnterForm,
    "people/enter.html",
    lambda form, now: actions_account.enter_with_handle(form.handle.data, form.secret.data, now, device=devices.here()),
)
BY_CARD = Way(
    CardForm,
    "people/enter_card.html",
    lambda form, now: actions_account.enter_with_card(form.code.data, form.secret.data, now, device=devices.here()),
)
BY_PASSWORD = Way(
    TeamEnterForm,
    "people/enter_team.html",
    lambda form, now: actions_account.enter_with_password(
        form.email.data, form.secret.data, now, device=devices.here()
    ),
)
