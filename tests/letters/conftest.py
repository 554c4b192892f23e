"""A mail server that behaves, and somebody to write to."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from fablab.config import Settings
from fablab.people.models import Person
from tests.letters.given import ADDRESS, Box, free_port
from tests.make import make_young


@pytest.fixture
def box() -> Iterator[tuple[Box, Settings]]:
    handler = Box()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, Settings(smtp_host="127.0.0.1", smtp_port=port, mail_from="la-dynamo@house.test")
    controller.stop()


@pytest.fixture
def nadia(app: Flask) -> Person:
    return make_young("Nadia", letters_to=ADDRESS)
