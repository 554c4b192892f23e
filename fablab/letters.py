"""The outbox's sender: takes each letter due, hands it over, and never sends one twice knowingly.

A letter that certainly did not leave is tried again. One of which nobody knows waits for a person. One whose sender
was killed leaves again, once, with the same Message-ID: only if it was killed between the server's answer and our
mark does somebody get it twice.
"""

import logging
import time
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, or_, select, update
from sqlalchemy.orm import Session

from fablab import identity, outbox
from fablab.carriers import WHOLE_PATIENCE, Carrier, NobodyKnows, NotAccepted
from fablab.config import Settings
from fablab.db import db, transaction
from fablab.envelopes import envelope
from fablab.notices import MATTERING
from fablab.outbox import Letter
from fablab.people.models import Person

MAX_TRIES = 8
FIRST_DELAY = timedelta(minutes=1)
#: a server that is away is asked again this often at least, for as long as it takes
LONGEST_DELAY_AWAY = timedelta(hours=1)
#: a sender holds a letter for WHOLE_PATIENCE at most: after this, it was killed
KILLED_AFTER = timedelta(seconds=2.5 * WHOLE_PATIENCE)
#: a letter that has not left by then: its reader is told otherwise
LATE_AFTER = timedelta(minutes=30)
#: seconds that one run may take: other jobs wait
RUN_FOR = 40
log = logging.getLogger("fablab.letters")


def send_due(now: datetime, settings: Settings, carrier: Carrier) -> int:
    """Send every letter that is due, one by one; may run twice at once without harm. Says how many left.

    A server that does not answer ends the run: the other letters stay due.
    """
    began, sent = time.monotonic(), 0
    _take_up_killed(now)
    for letter_id in _due(now):
        passed = time.monotonic() - began
        moment = now + timedelta(seconds=int(passed))
        if passed > RUN_FOR:
            break
        if not _hand_over(letter_id, moment):
            continue
        try:
            sent += _send_one(letter_id, moment, settings, carrier)
        except NotAccepted:
            break
    _call_about_late(now)
    return sent


def send_again(letter: Letter, now: datetime) -> bool:
    """A person decided: a letter given up, or of which nobody knows whether it left, becomes due again.

    False when it is not waiting for anybody.
    """
    letter_id = letter.id
    with transaction() as session:
        waiting = (Letter.id == letter_id) & waits_for_a_person(now)
        values = {"handed_at": None, "given_up_at": None, "due_at": now, "tries": 0}
        return session.scalar(update(Letter).where(waiting).values(**values).returning(Letter.id)) is not None


def waits_for_a_person(now: datetime) -> ColumnElement[bool]:
    """The letters given up, and those of which nobody knows whether they left."""
    return Letter.sent_at.is_(None) & or_(Letter.given_up_at.is_not(None), nobody_knows(now))


def nobody_knows(now: datetime) -> ColumnElement[bool]:
    """Handed over without an answer, or left again once already by a sender that was killed too."""
    killed_twice = Letter.repeated_at.is_not(None) & (Letter.handed_at < now - KILLED_AFTER)
    unmarked = Letter.handed_at.is_not(None) & Letter.sent_at.is_(None) & Letter.given_up_at.is_(None)
    return unmarked & or_(Letter.last_error.is_not(None), killed_twice)


def _take_up_killed(now: datetime) -> None:
    """Letters whose sender was killed leave again, once."""
    with transaction() as session:
        unmarked = Letter.handed_at.is_not(None) & Letter.sent_at.is_(None) & Letter.given_up_at.is_(None)
        killed = unmarked & Letter.last_error.is_(None) & (Letter.handed_at < now - KILLED_AFTER)
        again = update(Letter).where(killed, Letter.repeated_at.is_(None))
        session.execute(again.values(handed_at=None, repeated_at=now, due_at=now))
        for key in session.scalars(select(Letter.key).where(killed, Letter.repeated_at.is_not(None))).all():
            outbox.call_instead(session, key, "unknown")


def _due(now: datetime) -> list[int]:
    session = db.session()
    due = select(Letter.id).where(
        Letter.sent_at.is_(None), Letter.handed_at.is_(None), Letter.given_up_at.is_(None), Letter.due_at <= now
    )
    found = list(session.scalars(due.order_by(Letter.due_at, Letter.id).limit(200)))
    session.rollback()
    return found


def _hand_over(letter_id: int, now: datetime) -> bool:
    """True for one caller only, however many workers ask."""
    with transaction() as session:
        free = (Letter.id == letter_id) & Letter.handed_at.is_(None) & Letter.sent_at.is_(None)
        values = {"handed_at": now, "tries": Letter.tries + 1, "last_error": None}
        mine = update(Letter).where(free).values(**values).returning(Letter.id)
        return session.scalar(mine) is not None


def _send_one(letter_id: int, now: datetime, settings: Settings, carrier: Carrier) -> int:
    """Send a letter handed over at ``now``: 1 when it left. Raises NotAccepted when the server is not there."""
    letter = db.session().get_one(Letter, letter_id, populate_existing=True)
    try:
        house = identity.of(db.session())
        message = envelope(letter, house.sender, settings.mail_from, settings.public_url.rstrip("/"))
        if house.reply_to:
            message["Reply-To"] = house.reply_to
    except Exception:
        # One letter that cannot be put into form keeps no other from leaving.
        log.exception("letter %s cannot be put into form", letter_id)
        db.session().expunge(letter)
        _give_up(letter, now, "fault")
        return 0
    db.session().expunge(letter)
    db.session().rollback()  # no reading is left open while the server answers
    try:
        carrier.carry(message)
    except NotAccepted as error:
        _put_back(letter, now, error)
        if error.unreachable:
            raise
        return 0
    except NobodyKnows as error:
        _keep_for_a_person(letter, now, error.code)
        return 0
    except OSError as error:
        # The folder that stands for a server: full, or not ours. Nothing left.
        _put_back(letter, now, NotAccepted(f"folder:{error.__class__.__name__}", unreachable=True))
        raise NotAccepted("folder") from error
    _mark_sent(letter, now)
    return 1


def _mark_sent(letter: Letter, now: datetime) -> None:
    with transaction() as session:
        session.execute(update(Letter).where(Letter.id == letter.id).values(sent_at=now, last_error=None))
        outbox.call_no_more(session, letter.key)
        works = _reader(letter) & Person.letters_refused_at.is_not(None)
        session.execute(update(Person).where(works).values(letters_refused_at=None))


def _keep_for_a_person(letter: Letter, now: datetime, code: str) -> None:
    with transaction() as session:
        session.execute(_mine(letter, now).values(last_error=code))
        outbox.call_instead(session, letter.key, "unknown")


def _put_back(letter: Letter, now: datetime, error: NotAccepted) -> None:
    """A letter that did not leave: due again later, or given up."""
    if error.no_such_address:
        _give_up(letter, now, error.code, why="refused")
    elif letter.tries >= MAX_TRIES and not error.unreachable:
        _give_up(letter, now, error.code)
    else:
        delay = FIRST_DELAY * 4 ** min(letter.tries - 1, MAX_TRIES)
        if error.unreachable:
            delay = min(delay, LONGEST_DELAY_AWAY)
        with transaction() as session:
            session.execute(_mine(letter, now).values(handed_at=None, due_at=now + delay, last_error=error.code))


def _give_up(letter: Letter, now: datetime, code: str, why: str = "late") -> None:
    with transaction() as session:
        session.execute(_mine(letter, now).values(given_up_at=now, last_error=code))
        called = outbox.call_instead(session, letter.key, why)
        if why == "refused":
            _mark_refused(session, letter, now, called)


def _mark_refused(session: Session, letter: Letter, now: datetime, called: bool) -> None:
    """There is no such address: it is shown on the person's page, and they are told where they look."""
    newly = update(Person).where(_reader(letter), Person.letters_refused_at.is_(None))
    found = session.scalar(newly.values(letters_refused_at=now).returning(Person.id))
    if found is None:
        return
    person = session.get_one(Person, found, populate_existing=True)
    key = f"address-refused:{found}:{int(now.timestamp())}"
    outbox.tell(session, person, "address-refused", key=key, now=now, link="/mon-compte/messages")
    if not called:
        session.flush()
        session.execute(update(outbox.Message).where(outbox.Message.key == key).values(call_for="refused"))


def _call_about_late(now: datetime) -> None:
    """Whoever should have had a letter by now, and matters, is told otherwise meanwhile."""
    session = db.session()
    late = (
        select(Letter.key)
        .join(outbox.Message, outbox.Message.key == Letter.key)
        .where(
            Letter.sent_at.is_(None),
            Letter.handed_at.is_(None),
            Letter.written_at < now - LATE_AFTER,
            outbox.Message.call_for.is_(None),
            outbox.standing(),
            outbox.Message.notice.in_(MATTERING),
        )
    )
    keys = session.scalars(late.limit(200)).all()
    session.rollback()
    if keys:
        with transaction() as writing:
            for key in keys:
                outbox.call_instead(writing, key, "late")


def _mine(letter: Letter, handed_at: datetime) -> Update:
    """The letter as this sender took it: one that woke after a successor changes nothing of the successor's."""
    return update(Letter).where(Letter.id == letter.id, Letter.handed_at == handed_at, Letter.sent_at.is_(None))


def _reader(letter: Letter) -> ColumnElement[bool]:
    """The person of a letter, as long as they are written to at its address."""
    here = or_(
        Person.letters_to == letter.to_address, Person.letters_to.is_(None) & (Person.email == letter.to_address)
    )
    return (Person.id == letter.person_id) & here
