"""An address that the server does not know: its person is called, and nothing more is written there."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import letters
from fablab.carriers import SmtpCarrier, is_no_such_address
from fablab.config import Settings
from fablab.db import transaction
from fablab.outbox import Letter, Message
from fablab.people.models import Person
from tests.conftest import NOW
from tests.letters.given import Box, call_for, letter_of, tell_moved, write_letter


def test_a_refused_address_is_given_up_at_once_and_its_person_is_called(
    nadia: Person, box: tuple[Box, Settings], session: Session
) -> None:
    server, settings = box
    server.answers = {"recipient": "550 5.1.1 No such user"}
    tell_moved(nadia)
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 0
    assert (letter_of().given_up_at, letter_of().tries) == (NOW, 1)
    assert call_for() == "refused"
    session.refresh(nadia)
    assert nadia.letters_refused_at == NOW
    assert [one.notice for one in session.scalars(select(Message).order_by(Message.id))] == [
        "session-moved",
        "address-refused",
    ]
    tell_moved(nadia, "moved:2")
    assert call_for("moved:2") == "refused", "nothing is written any more to an address that is none"
    assert session.scalar(select(Letter.id).filter_by(key="moved:2")) is None


def test_a_refused_address_of_a_letter_that_does_not_matter_puts_its_person_on_the_list_once(
    nadia: Person, box: tuple[Box, Settings], session: Session
) -> None:
    server, settings = box
    server.answers = {"recipient": "550 unknown"}
    write_letter("a", person=nadia)
    write_letter("b", person=nadia)
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 0
    [told] = session.scalars(select(Message))
    assert (told.notice, told.call_for, told.person_id) == ("address-refused", "refused", nadia.id)


def test_an_address_that_works_again_is_believed(nadia: Person, box: tuple[Box, Settings], session: Session) -> None:
    _server, settings = box
    with transaction():
        session.refresh(nadia)
        nadia.letters_refused_at = NOW
    write_letter(person=nadia)
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 1
    session.refresh(nadia)
    assert nadia.letters_refused_at is None


@pytest.mark.parametrize(
    ("code", "said", "wrong"),
    [
        (550, b"no such user", True),
        (550, b"5.1.1 no such user", True),
        (553, b"5.1.3 not an address", True),
        (550, b"5.7.1 relaying denied", False),
        (552, b"5.2.2 mailbox full", False),
        (550, b"5.2.2 mailbox full", False),
        (554, b"5.7.1 we do not like you", False),
        (450, b"4.2.1 later", False),
    ],
)
def test_only_what_speaks_of_the_address_condemns_it(code: int, said: bytes, wrong: bool) -> None:
    assert is_no_such_address(code, said) is wrong
