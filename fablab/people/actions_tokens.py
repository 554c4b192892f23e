"""Keys for programs: made, used, taken away. One transaction each."""

import secrets as random_bytes
from datetime import datetime, timedelta

from sqlalchemy import update

from fablab import clock
from fablab.db import transaction
from fablab.i18n import _
from fablab.journal import note, people
from fablab.people import queries_tokens, rules_tokens
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Person
from fablab.people.models_tokens import Token
from fablab.people.values_tokens import SCOPES, Wanted, verb_of
from fablab.refusals import Refused, refuse

#: how the keys of the house begin: whoever finds one in a file knows what it is
PREFIX = "dyn_"
#: the moment of the last use is written that often, no more: reading stays reading
NOTED_EVERY = timedelta(minutes=5)


def offered(person: Person, kind: str) -> list[str]:
    """What somebody may give a key of this kind, by the roles they hold."""
    return [scope for scope in SCOPES if person.may(verb_of(scope, kind))]


def make(wanted: Wanted, by: Person, now: datetime) -> str:
    """Make a key in one's own name; returns it, told this once. Raises Refused with every reason."""
    key = PREFIX + random_bytes.token_urlsafe(32)
    with transaction() as session:
        # One at a time, so that two pages at once do not pass the most that one may have.
        session.get_one(Person, by.id, with_for_update={"of": Person, "key_share": True})
        today, working = clock.local_day(now), queries_tokens.working(session, by.id, now)
        found = rules_tokens.grown_up_refusals(by.age_on(today)) if wanted.kind == "own" else []
        found += rules_tokens.key_refusals(wanted, offered=offered(by, wanted.kind), working=working, today=today)
        if found:
            raise Refused(found)
        token = Token(
            person_id=by.id,
            kind=wanted.kind,
            name=wanted.name,
            scopes=list(wanted.scopes),
            key_digest=key_digest(key),
            made_at=now,
            expires_at=clock.day_bounds(wanted.last_day)[1],
        )
        session.add(token)
        session.flush()
        note(session, "token.make", "api_token", token.id, by=by, now=now, about=people([by.id]), scopes=token.scopes)
    return key


def end(token: Token, by: Person, now: datetime) -> None:
    """Take a key away: it opens nothing from now on; taken away twice, it was once. Raises Refused: not_yours."""
    with transaction() as session:
        kept = session.get_one(Token, token.id, with_for_update={"of": Token}, populate_existing=True)
        if kept.kind == "own" and kept.person_id != by.id:
            raise refuse("not_yours", _("Cette clé est à une autre personne."))
        if kept.ended_at is None:
            kept.ended_at = now
            about = people([kept.person_id])
            note(session, "token.end", "api_token", kept.id, by=by, now=now, about=about)


def note_use(token: Token, now: datetime) -> None:
    """Write down that a key serves, unless that was just written."""
    if token.used_at is not None and now - token.used_at < NOTED_EVERY:
        return
    with transaction() as session:
        session.execute(update(Token).where(Token.id == token.id).values(used_at=now))
